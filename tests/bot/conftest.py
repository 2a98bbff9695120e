"""A var folder with a model trained on a little data; words and letters only, to be quick."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import learning
from bot.commands import evaluate
from bot.evaluation import material
from bot.learning import train_base
from bot.settings import Settings
from nlu import Vocabulary, learn
from tests.once import making
from tests.starts import STARTS

ABOUT = {
    "find_course": "zoek cursus spaans lassen naaien koken les avond volgen",
    "course_price": "prijs kost euro betalen duur korting hoeveel inschrijvingsgeld",
    "distress_crisis": "ik wil dood niet meer leven zelfmoord einde pijn nacht",
    "opt_out": "stop geen berichten meer sturen uitschrijven laat gerust",
    "complaint": "klacht slecht boos niemand antwoordt schandalig ontevreden onvriendelijk",
}


def write_training(folder: Path) -> Path:
    """A little training data of five intents."""
    blocks = [
        f"  - intent: {intent}\n    examples: |\n"
        + "".join(
            f"      - {start} {word} {other}\n"
            for start in STARTS
            for word, other in zip(words.split(), words.split()[1:], strict=False)
        )
        for intent, words in ABOUT.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nl.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")
    return folder


@contextmanager
def learning_from(training: Path) -> Iterator[None]:
    """The program learns from this data: words and letters alone, and no names of places."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (learning, evaluate):
            patch.setattr(module, "TRAINING", training)
        for module in (learn, material):
            patch.setattr(module, "open_encoder", lambda *_, **__: None)
        patch.setattr(material, "vocabulary", lambda: Vocabulary(places=(), subjects=()))
        yield


@pytest.fixture(scope="session")
def trained(run_folder: Path) -> Path:
    """A folder with training data and a var folder with the model of it, made once a run; to be copied."""
    folder = run_folder / "trained"
    with making(folder) as missing:
        if missing:
            with learning_from(write_training(folder / "training")):
                train_base(Settings(var_dir=folder / "var"), lambda *_: None)
    return folder


@pytest.fixture
def training(trained: Path, tmp_path: Path) -> Iterator[Path]:
    """Training data of this test's own."""
    folder = Path(shutil.copytree(trained / "training", tmp_path / "training"))
    with learning_from(folder):
        yield folder


@pytest.fixture
def settings(trained: Path, training: Path, tmp_path: Path) -> Settings:
    """A var folder of this test's own, with a model trained on `training`."""
    return Settings(var_dir=Path(shutil.copytree(trained / "var", tmp_path / "var")))
