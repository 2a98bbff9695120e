"""The engine that understands messages, as the settings choose it; the model can be swapped while running."""

from pathlib import Path

from bot.settings import Settings
from bot.vocabulary import vocabulary
from nlu import Understander, load
from nlu.rasa import RasaUnderstander

TRAINING = Path(__file__).resolve().parent.parent / "nlu" / "training"


class Understanders:
    """Holds the loaded engine. `load` puts a new one in its place; a turn that is running keeps the old."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._current: Understander | RasaUnderstander | None = None

    def load(self) -> None:
        """Load the model of the settings. Raises nlu.ModelError, which names the command that makes one."""
        chosen = self._settings.nlu
        embedded = load(self._settings.model_path, vocabulary(), language_detector=chosen.language_detector)
        self._current = RasaUnderstander(embedded, chosen.rasa_url) if chosen.engine == "rasa" else embedded

    def current(self) -> Understander | RasaUnderstander:
        if self._current is None:
            raise RuntimeError("load() comes first")
        return self._current
