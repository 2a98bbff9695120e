"""The trained classifier: probabilities of every intent and act, and of the languages seen in training.

Three views of a message are weighed: its letters and words (fast, knows our spelling), its meaning (a sentence
embedding, knows other languages), and the training messages that mean nearly the same. They are asked as far as needed:
words and letters decide alone when they are sure; then a glance, the embedding halfway; then all together. Without an
embedder the first stands alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlu.learnt import Floats, Learnt, add, joined, scope_scores, softmax, weigh
from nlu.neighbours import Neighbours

GRAVE = frozenset({"distress_crisis", "opt_out"})
"""What decides over a whole message: as long as it is possible, no first look settles anything."""

_POSSIBLE = 0.02
_REMEMBERED = 2_048


class NoEmbedding(RuntimeError):
    """No embedding of this message: its worker died or is slow. Words and letters then decide alone."""


class Pending(Protocol):
    """A row to come."""

    def result(self) -> Floats:
        """Raises NoEmbedding."""
        ...


class Embeds(Protocol):
    """What turns a message into a vector; see `embedder.Embedder` and `embedding_pool.EmbeddingPool`."""

    def ask(self, text: str, *, glance: bool = False) -> Pending:
        """Have a message embedded, or halfway. Raises NoEmbedding."""
        ...

    def embed(self, text: str) -> Floats:
        """The embedding. Raises NoEmbedding."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the engine makes of a message.

    `probabilities` are calibrated, in the order of `Learnt.labels`; `languages` hold a log-probability each, weighed by
    how much of the message was seen in training at all. `in_scope` is higher the surer it is that the message is about
    any of the intents: only for comparing messages read by one model. None when it was not embedded to the end, because a
    first look was sure or all there is. `settled` is False when an embedding was wanted and there is none.
    """

    probabilities: Floats
    languages: dict[str, float]
    in_scope: float | None
    settled: bool


class Engine:
    """What was learnt, ready to read messages. Threads may share it; a new one can take its place at any moment."""

    def __init__(self, learnt: Learnt, embedder: Embeds | None) -> None:
        self.learnt = learnt
        self._embedder = embedder if learnt.meaning is not None else None
        self._neighbours = Neighbours(learnt.meaning.examples) if learnt.meaning is not None else None
        self._grave = [place for place, label in enumerate(learnt.labels) if label in GRAVE]
        self._known: OrderedDict[str, tuple[Floats, float | None]] = OrderedDict()
        self._knowing = Lock()

    @property
    def uses_embeddings(self) -> bool:
        """False when only words and letters are read, which is less sure in other languages than Dutch."""
        return self._embedder is not None

    def read(self, message: str, folded: Sequence[str], *, deep: bool = True) -> Reading:
        """Read a message: `message` is cleaned and `folded` its words by `text.words`; not `deep`, it is not embedded."""
        return self.begin(message, folded, deep=deep).finish()

    def begin(self, message: str, folded: Sequence[str], *, deep: bool = True) -> Begun:
        """As `read`, while the embedder works: `finish` of what comes back gives the reading."""
        learnt = self.learnt
        columns, values = learnt.ngrams.vector(folded)
        logits = learnt.spelling.logits(columns, values)
        alone = softmax(logits / np.float32(learnt.calibration.spelling))
        languages = self._languages(folded, columns, values)
        # A word never seen may change everything, however familiar the rest is.
        sure = float(alone.max()) >= learnt.calibration.sure and learnt.known_words.issuperset(folded)
        found = Reading(probabilities=alone, languages=languages, in_scope=None, settled=sure)
        begun = Begun(self, message, logits, found)
        if deep and not sure and self._embedder is not None:
            begun.ask()
        return begun

    def remembered(self, message: str) -> tuple[Floats, float | None] | None:
        """What was made of the very same message before: probabilities, and how surely it is in scope."""
        with self._knowing:
            found = self._known.get(message)
            if found is not None:
                self._known.move_to_end(message)
        return found

    def remember(self, message: str, found: tuple[Floats, float | None]) -> None:
        with self._knowing:
            self._known[message] = found
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def ask(self, message: str, *, glance: bool) -> Pending:
        """Have a message embedded. Raises NoEmbedding."""
        if self._embedder is None:
            raise NoEmbedding("there is no embedder")
        return self._embedder.ask(message, glance=glance)

    def at_a_glance(self, logits: Floats, glance: Floats) -> tuple[Floats, bool]:
        """Probabilities by spelling and glance, and whether they settle it."""
        kept, layers = self.learnt.calibration, self.learnt.glance
        if layers is None:
            raise ValueError("no layers for a glance were learnt")
        seen = softmax(add((logits, layers.logits(glance)), kept.glance_shares))
        sure = float(seen.max()) >= kept.glance_sure and float(layers.look(glance)[1]) <= kept.glance_far
        return seen, sure and not (seen[self._grave] > _POSSIBLE).any()

    def in_full(self, logits: Floats, embedding: Floats) -> tuple[Floats, float]:
        """Probabilities by all views, and how surely the message is in scope; the embedding is `joined`."""
        meaning = self.learnt.meaning
        if meaning is None or self._neighbours is None:
            raise ValueError("no layers for a meaning were learnt")
        near, kept = meaning.near_one(embedding, self._neighbours), self.learnt.calibration
        clouds, distance = meaning.look(embedding)
        together = weigh(logits, meaning.logits(embedding), clouds, near, kept.shares)
        return softmax(together), float(scope_scores(together, distance / np.float32(kept.distance)))

    def _languages(
        self, folded: Sequence[str], columns: NDArray[np.int32], values: Floats
    ) -> dict[str, float]:
        if not folded or not len(columns):
            return {}
        seen = sum(1 for word in folded if word in self.learnt.known_words) / len(folded)
        logs = np.log(softmax(self.learnt.tongues.logits(columns, values)) + np.float32(1e-4)) * np.float32(
            seen
        )
        return dict(zip(self.learnt.languages, logs.tolist(), strict=True))


class Begun:
    """A message that is being read: words and letters are, and its embedding may be on its way."""

    def __init__(self, engine: Engine, message: str, logits: Floats, alone: Reading) -> None:
        self.alone = alone
        self._engine = engine
        self._message = message
        self._logits = logits
        self._found: tuple[Floats, float | None] | None = None
        self._asked: Pending | None = None

    def ask(self) -> None:
        """Have it embedded, unless the very same message was read before."""
        self._found = self._engine.remembered(self._message)
        if self._found is None:
            self._asked = self._try(glance=self._engine.learnt.glance is not None)

    def finish(self) -> Reading:
        """The reading; by words and letters alone when no embedding comes."""
        found = self._found
        if found is None and self._asked is not None:
            found = self._look(self._asked)
        if found is None:
            return self.alone
        return replace(self.alone, probabilities=found[0], in_scope=found[1], settled=True)

    def _look(self, asked: Pending) -> tuple[Floats, float | None] | None:
        found: tuple[Floats, float | None] | None = None
        try:
            if self._engine.learnt.glance is not None:
                glance = asked.result()
                seen, settled = self._engine.at_a_glance(self._logits, glance)
                found = seen, None
                if not settled:
                    whole = self._engine.ask(self._message, glance=False).result()
                    found = self._engine.in_full(self._logits, joined(whole, glance))
            else:
                found = self._engine.in_full(self._logits, asked.result())
        except NoEmbedding:
            return found  # half is better than nothing, and not to be remembered
        self._engine.remember(self._message, found)
        return found

    def _try(self, *, glance: bool) -> Pending | None:
        try:
            return self._engine.ask(self._message, glance=glance)
        except NoEmbedding:
            return None
