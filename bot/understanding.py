"""The engine that understands messages, as the settings choose it; a new model is taken up while running."""

import asyncio
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from bot.settings import NluSettings, Settings
from bot.vocabulary import vocabulary
from nlu import ModelError, Understander, load
from nlu.blas import use_one_thread
from nlu.embedding_pool import EmbeddingPool
from nlu.encoders import Encoder, encoder_of
from nlu.engine import Embeds, NoEmbedding
from nlu.memory import give_back
from nlu.rasa import RasaServer, RasaUnderstander
from nlu.understander import open_here

log = logging.getLogger(__name__)
TRAINING = Path(__file__).resolve().parent.parent / "nlu" / "training"
LOOK_EVERY = 5.0  # seconds between looks at the model file
_PROBE = "Waar kan ik Spaans leren? Et combien ça coûte ?"

_Stamp = tuple[str, int, int, int]


class Understanders:
    """Holds the loaded engine. A new model takes its place at once; a turn that is running keeps the old."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._current: Understander | RasaUnderstander | None = None
        self._pool: EmbeddingPool | None = None
        self._pool_is_of: tuple[Path, str] | None = None
        self._embeds: Embeds | None = None
        self._encoder_name: str | None = None
        self._seen: _Stamp | None = None
        chosen = settings.nlu
        self.rasa = (
            RasaServer(chosen.rasa_url, timeout=chosen.rasa_timeout) if chosen.engine == "rasa" else None
        )

    def load(self) -> None:
        """Load the model of the settings. Raises nlu.ModelError, which names the command that makes one."""
        use_one_thread()
        self._seen = _stamp(self._settings.model_path)
        before = self._pool, self._pool_is_of
        embedded_with = self._embeds, self._encoder_name
        try:
            understander = self._load()
            if self._current is not None:
                understander.understand(_PROBE)  # a file that loads may still be unfit
        except BaseException:
            unfit = self._pool
            self._pool, self._pool_is_of = before
            self._embeds, self._encoder_name = embedded_with
            _close(unfit, unless=self._pool)
            raise
        self._current = understander
        _close(before[0], unless=self._pool)
        give_back()

    def current(self) -> Understander | RasaUnderstander:
        if self._current is None:
            raise RuntimeError("load() comes first")
        return self._current

    @property
    def embeds(self) -> bool:
        """Whether meaning is read, and not words and letters only."""
        return self.current().uses_embeddings and (self._pool is None or self._pool.ready > 0)

    @property
    def encoder_name(self) -> str | None:
        """Tells encoders apart whose vectors do not go together; None when nothing is embedded."""
        return self._encoder_name if self._embeds is not None else None

    def vector_of(self, text: str) -> Sequence[float] | None:
        """The meaning of any text, for search: the whole encoder's vector of length one. None when it cannot be had."""
        embeds = self._embeds
        if embeds is None:
            return None
        try:
            return [float(number) for number in embeds.embed(text)]
        except NoEmbedding:
            return None

    def embedding(self) -> str:
        """The state of the sentence encoder, in words."""
        if not self.current().uses_embeddings:
            return "no sentence embeddings"
        if self._pool is None:
            return "sentence embeddings in this process"
        return f"{self._pool.ready} of {self._pool.size} embedding workers ready"

    @property
    def workers(self) -> list[int]:
        """Process ids of the embedding workers."""
        return self._pool.processes if self._pool is not None else []

    def refresh(self) -> bool:
        """Take up the model file when it is another than the one last seen. An unfit one is told and left alone."""
        stamp = _stamp(self._settings.model_path)
        if stamp is None or stamp == self._seen:
            return False
        try:
            self.load()
        except ModelError as error:
            log.warning("the new model cannot be used, the old one stays: %s", error)
        except Exception:  # whatever is in the file, the one that works goes on
            log.warning("the new model cannot be used, the old one stays", exc_info=True)
        else:
            log.info("took up the model %s", self.current().model_version)
            return True
        return False

    async def watch(self) -> None:
        """Refresh every few seconds until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await asyncio.to_thread(self.refresh)

    def close(self) -> None:
        """Stop the embedding workers and let go of the Rasa server."""
        if self._pool is not None:
            self._pool.close()
        if self.rasa is not None:
            self.rasa.close()

    def _load(self) -> Understander | RasaUnderstander:
        chosen = self._settings.nlu
        embedded = load(
            self._settings.model_path, vocabulary(), language_detector=chosen.language_detector,
            encoder=encoder(chosen), open_encoder=self._open_encoder,
        )  # fmt: skip
        if self._pool is not None:
            self._pool.wait()
        return RasaUnderstander(embedded, self.rasa) if self.rasa is not None else embedded

    def _open_encoder(self, encoder: Encoder, beside: Path) -> Embeds:
        """As settings say. Raises EncoderError when there is none."""
        workers = self._settings.nlu.embedding_workers
        self._encoder_name = encoder.fingerprint()
        if not workers:
            self._embeds = open_here(encoder, beside)
            return self._embeds
        wanted = (beside, self._encoder_name)
        if self._pool is None or self._pool_is_of != wanted:
            encoder.check(beside)
            threads = max(1, (os.cpu_count() or 1) // workers)
            self._pool = EmbeddingPool(beside, encoder, workers=workers, threads=threads)
            self._pool_is_of = wanted
        self._embeds = self._pool
        return self._pool


def _close(pool: EmbeddingPool | None, *, unless: EmbeddingPool | None) -> None:
    """Stop a pool that another took the place of."""
    if pool is not None and pool is not unless:
        pool.close()


def encoder(chosen: NluSettings) -> Encoder:
    """The sentence encoder that the settings name."""
    return encoder_of(chosen.embedding_model, chosen.embedding_prefix)


def _stamp(path: Path) -> _Stamp | None:
    """What changes with the file; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_ino, found.st_mtime_ns, found.st_size
