"""A var folder with a model trained on a little data; words and letters only, to be quick."""

from pathlib import Path

import pytest

from bot import learning
from bot.commands import evaluate
from bot.evaluation import material
from bot.learning import train_base
from bot.settings import Settings
from nlu import Vocabulary, learn
from tests.starts import STARTS

ABOUT = {
    "find_course": "zoek cursus spaans lassen naaien koken les avond volgen",
    "course_price": "prijs kost euro betalen duur korting hoeveel inschrijvingsgeld",
    "distress_crisis": "ik wil dood niet meer leven zelfmoord einde pijn nacht",
    "opt_out": "stop geen berichten meer sturen uitschrijven laat gerust",
    "complaint": "klacht slecht boos niemand antwoordt schandalig ontevreden onvriendelijk",
}


@pytest.fixture
def training(tmp_path: Path) -> Path:
    """A little training data of five intents."""
    folder = tmp_path / "training"
    folder.mkdir()
    blocks = [
        f"  - intent: {intent}\n    examples: |\n"
        + "".join(
            f"      - {start} {word} {other}\n"
            for start in STARTS
            for word, other in zip(words.split(), words.split()[1:], strict=False)
        )
        for intent, words in ABOUT.items()
    ]
    (folder / "nl.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")
    return folder


@pytest.fixture
def settings(training: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A var folder of its own, with a model trained on `training`."""
    for module in (learning, evaluate):
        monkeypatch.setattr(module, "TRAINING", training)
    for module in (learn, material):
        monkeypatch.setattr(module, "open_encoder", lambda *_, **__: None)
    monkeypatch.setattr(material, "vocabulary", lambda: Vocabulary(places=(), subjects=()))
    settings = Settings(var_dir=tmp_path / "var")
    train_base(settings, lambda *_: None)
    return settings
