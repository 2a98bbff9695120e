"""Training the model that is used: from nlu/training, or with what staff taught when that makes nothing worse.

The header of a model says what it learnt from: `base`, the fingerprint of nlu/training, and `corrections`, row and
intent of each correction. Every model that was in use is kept (`nlu.model_versions`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.material import material_of
from bot.evaluation.tiers import tier_of
from bot.settings import MODEL, Settings
from bot.taught import Lessons
from bot.understanding import TRAINING, encoder
from nlu import ModelError, TrainReport
from nlu.compare import Check, check, compare
from nlu.encoders import E5, Encoder
from nlu.held_out import read_unseen
from nlu.learn import Progress, train_on
from nlu.learnt import Learnt
from nlu.model_file import read
from nlu.model_versions import FOLDER, Version, keep, roll_back
from nlu.training_data import Example, fingerprint, load_examples

BASE, CORRECTIONS = "base", "corrections"
_LEFT = "left.txt"  # beside the versions: training data that was rolled away from


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of a candidate: the checks, and the report of its training when it was promoted."""

    checks: Sequence[Check]
    report: TrainReport | None

    @property
    def reason(self) -> str:
        """Why it was promoted or not, in a sentence."""
        worse = [
            f"{row.what} ({row.current} → {row.candidate} of {row.of})" for row in self.checks if row.worse
        ]
        if worse:
            return f"The current model stays: the candidate is worse at {', '.join(worse)}."
        if not self.checks:
            return "There was no model to compare with: the new one is in use."
        return "The candidate is worse at nothing that matters: it is in use now."


def is_current(path: Path, chosen: Encoder = E5) -> bool:
    """Whether this program can use the model at `path` with that encoder, and training would bring nothing new.

    That is so when it learnt from nlu/training as it is now, or when somebody rolled back from just that.
    """
    try:
        content = read(path)
        Learnt.from_file(content)
    except ModelError:
        return False
    if content.header.get("encoder") not in (chosen.fingerprint(), ""):  # "": there was none to train with
        return False
    return fingerprint(load_examples(TRAINING)) in (_base(content.header), _left(path))


def train_base(settings: Settings, progress: Progress) -> TrainReport:
    """Train on nlu/training alone and use the result. Raises TrainingDataError."""
    return _train(settings, load_examples(TRAINING), {}, progress)


def is_taught(settings: Settings, lessons: Lessons) -> bool:
    """Whether the model in use learnt exactly these corrections beside nlu/training as it is now."""
    header = _header(settings)
    examples = load_examples(TRAINING)
    return bool(header) and _base(header) == fingerprint(examples) and _taught(header) == lessons.taught


def taught(settings: Settings) -> dict[str, str]:
    """Row and intent of the corrections that the model in use learnt."""
    return _taught(_header(settings))


def try_lessons(settings: Settings, lessons: Lessons, progress: Progress) -> Trial:
    """Compare a candidate that learnt `lessons` with the current model, and promote it unless something gets worse.

    The model in use saw every message it would be asked about, so neither it nor the candidate is measured itself:
    both are trained anew on the same folds, the current one without the corrections that it did not learn.
    """
    base = load_examples(TRAINING)
    examples = [*base, *(lesson.example for lesson in lessons.lessons)]
    header = _header(settings)
    checks: tuple[Check, ...] = ()
    if header:
        checks = _compare(settings, examples, len(base), lessons, _taught(header), progress)
    if any(row.worse for row in checks):
        return Trial(checks=checks, report=None)
    return Trial(checks=checks, report=_train(settings, examples, lessons.taught, progress))


def go_back(settings: Settings, name: str | None) -> Version:
    """Use an earlier model again; the training data left behind is not trained again by itself. Raises ModelError."""
    path = settings.var_dir / MODEL
    chosen = roll_back(path, name)
    mark = fingerprint(load_examples(TRAINING))
    (chosen.path.parent / _LEFT).write_text(mark if mark != _base(chosen.header) else "", encoding="utf-8")
    return chosen


def _compare(
    settings: Settings,
    examples: Sequence[Example],
    base: int,
    lessons: Lessons,
    taught: Mapping[str, str],
    progress: Progress,
) -> tuple[Check, ...]:
    """`base` of the examples are from nlu/training; the others are the lessons, in order."""
    progress("Embedding", 0.0)
    material, _ = material_of(settings, examples)
    corrected = range(base, len(examples))
    new = {
        base + place
        for place, lesson in enumerate(lessons.lessons)
        if taught.get(str(lesson.id)) != lesson.example.intent
    }
    current = read_unseen(
        material, without=new, tell=_part(progress, "Reading as the current model would", 0.0)
    )
    candidate = read_unseen(material, tell=_part(progress, "Reading as the candidate would", 0.25))
    tiers = [
        (tier_of(current[index]) == lesson.tier, tier_of(candidate[index]) == lesson.tier)
        for index, lesson in zip(corrected, lessons.lessons, strict=True)
    ]
    checks = compare(current, candidate, corrected)
    return (*checks, check("tier of corrected messages", tiers)) if tiers else checks


def _train(
    settings: Settings, examples: Sequence[Example], taught: Mapping[str, str], progress: Progress
) -> TrainReport:
    path = settings.var_dir / MODEL
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    keep(path)
    note = {BASE: fingerprint(load_examples(TRAINING)), CORRECTIONS: dict(taught)}
    report = train_on(examples, path, progress=progress, encoder=encoder(settings.nlu), note=note)
    keep(path)
    return report


def _header(settings: Settings) -> dict[str, Any]:
    """Of the model in use; empty when there is none that this program can read."""
    try:
        return read(settings.model_path).header
    except ModelError:
        return {}


def _base(header: Mapping[str, Any]) -> str:
    return str(header.get(BASE) or header.get("fingerprint", ""))


def _taught(header: Mapping[str, Any]) -> dict[str, str]:
    return dict(header.get(CORRECTIONS) or {})


def _left(path: Path) -> str | None:
    marker = path.parent / FOLDER / _LEFT
    return marker.read_text(encoding="utf-8") if marker.exists() else None


def _part(progress: Progress, step: str, start: float) -> Callable[[float], None]:
    """A quarter of the whole, from `start` on."""
    return lambda done: progress(step, start + 0.25 * done)
