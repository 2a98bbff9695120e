"""Training with what staff taught: compared, promoted or not, kept, rolled back. Words and letters only, to be quick."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.learning import Trial, go_back, is_current, is_taught, taught, train_base, try_lessons
from bot.settings import MODEL, Settings
from bot.taught import Lesson, choose
from nlu.model_file import read
from nlu.model_versions import version_of, versions
from nlu.training_data import Example, load_examples
from tests.bot.conftest import learning_from
from tests.starts import STARTS

DANGER = ("ik", "wil", "dood", "niet", "meer", "leven", "zelfmoord", "einde", "pijn", "nacht")


def silent(_: str, __: float) -> None:
    return None


def lessons(training: Path, *taught: tuple[str, str]) -> Any:
    return choose(
        [
            Lesson(id=number, tier="service", example=Example(text=text, intent=intent, language="nl"))
            for number, (text, intent) in enumerate(taught, 1)
        ],
        load_examples(training),
    )


GOOD = [(f"{start} kletsmajoor blablabla", "complaint") for start in STARTS]
BAD = [(f"{start} {words}", "complaint") for start in STARTS for words in DANGER]


@pytest.fixture(scope="module")
def promoted(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Trial]:
    """A var folder after a trial of the good lessons, and the trial; to be copied."""
    folder = tmp_path_factory.mktemp("promoted") / "var"
    shutil.copytree(trained / "var", folder)
    with learning_from(trained / "training"):
        return folder, try_lessons(Settings(var_dir=folder), lessons(trained / "training", *GOOD), silent)


@pytest.fixture
def promoted_settings(promoted: tuple[Path, Trial], training: Path, tmp_path: Path) -> Settings:
    """A var folder of this test's own, after the trial."""
    return Settings(var_dir=Path(shutil.copytree(promoted[0], tmp_path / "promoted")))


def test_what_makes_nothing_worse_is_promoted_and_remembered(
    settings: Settings, promoted_settings: Settings, promoted: tuple[Path, Trial], training: Path
) -> None:
    found = lessons(training, *GOOD)
    before = version_of(settings.var_dir / MODEL)
    assert not is_taught(settings, found)
    trial, settings = promoted[1], promoted_settings
    assert trial.report is not None, trial.reason
    corrected = next(row for row in trial.checks if row.what == "corrected messages")
    assert (corrected.of, corrected.lost) == (10, 0)
    assert corrected.candidate > corrected.current
    assert {"all messages", "in nl", "crisis seen", "opt-out seen", "tier of corrected messages"} <= {
        row.what for row in trial.checks
    }
    assert taught(settings) == found.taught
    assert is_taught(settings, found)
    assert is_current(settings.var_dir / MODEL), "plain training would only unlearn it"
    assert [version.name for version in versions(settings.var_dir / MODEL)] == [trial.report.version, before]


def test_what_makes_something_worse_is_not_used_and_the_reason_is_told(
    settings: Settings, training: Path
) -> None:
    before = (settings.var_dir / MODEL).read_bytes()
    trial = try_lessons(settings, lessons(training, *BAD), silent)
    assert trial.report is None
    assert "crisis seen" in {row.what for row in trial.checks if row.worse}
    assert trial.reason.startswith("The current model stays: the candidate is worse at ")
    assert "crisis seen (" in trial.reason
    assert (settings.var_dir / MODEL).read_bytes() == before


def test_a_correction_taken_back_is_unlearnt(promoted_settings: Settings, training: Path) -> None:
    """Also when the person had their data deleted."""
    fewer = lessons(training, *GOOD[:4])
    assert not is_taught(promoted_settings, fewer)
    try_lessons(promoted_settings, fewer, silent)
    assert taught(promoted_settings) == fewer.taught


def test_rolling_back_lasts_until_there_is_something_new_to_learn(settings: Settings, training: Path) -> None:
    path = settings.var_dir / MODEL
    first = version_of(path)
    more = training / "nl_more.yml"
    more.write_text("nlu:\n  - intent: complaint\n    examples: |\n      - ook dit nog\n", encoding="utf-8")
    assert not is_current(path)
    train_base(settings, silent)
    assert version_of(path) != first
    assert go_back(settings, None).name == first
    assert version_of(path) == first
    assert is_current(path), "what one rolled back from is not trained again by itself"
    more.write_text(
        "nlu:\n  - intent: complaint\n    examples: |\n      - weer wat anders\n", encoding="utf-8"
    )
    assert not is_current(path)


def test_the_header_tells_where_a_model_comes_from(settings: Settings) -> None:
    header = read(settings.var_dir / MODEL).header
    assert header["corrections"] == {}
    assert header["base"] == header["fingerprint"]


def test_the_commands(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("LEERLIJN_VAR_DIR", str(settings.var_dir))
    assert main(["train", "--list"]) == 0
    assert capsys.readouterr().out.startswith("in use")
    assert main(["train", "--roll-back"]) == 1
    assert "no older model" in capsys.readouterr().err
    assert main(["train", "--roll-back", "no-such"]) == 1
    name = version_of(settings.var_dir / MODEL)
    assert main(["train", "--roll-back", name]) == 0
    assert f"Version {name} is in use again" in capsys.readouterr().out
    assert main(["train"]) == 0
    assert "fits the training data" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["train", "--list", "--check"])
