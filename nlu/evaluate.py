"""How well messages are understood: right intents, honest confidence, alarms, slots, and what is taken for what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from nlu import acts
from nlu.text import fold
from nlu.training_data import ACTS
from nlu.values import ASIDES, Hints, Slot, Understanding

SLOTS = frozenset(
    (
        "place", "postcode", "subject", "weekday", "time_of_day", "date", "time", "status", "diploma", "nt2_level", "age",
        "occupation", "barrier", "mode", "language", "origin", "price_max", "phone", "email", "personal_number", "topic",
    )
) | ASIDES  # fmt: skip
"""The slots that messages are read for: those of training/domain.yml, and numbers that nobody should send."""

BINS = 10
_MISTAKES = 30
_CRISIS, _OPT_OUT = "distress_crisis", "opt_out"
_ASKED = {
    "confirm": acts.YES_NO, "deny": acts.YES_NO, "choose": acts.CHOICE, "give_place": acts.PLACE, "give_time": acts.TIME,
}  # fmt: skip
"""What was asked before an act that answers a question: nobody says "2" out of the blue."""

_LABELS = {acts.PLACE: "give_place", acts.TIME: "give_time"}


class Understands(Protocol):
    """What is measured: our engine, a fold of it, or a Rasa server."""

    def understand(self, text: str, hints: Hints) -> Understanding: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A slot that a message holds. With a span it counts as found when a slot of that name lies over it, else by value."""

    name: str
    value: str
    start: int | None = None
    end: int | None = None
    negated: bool = False

    def is_met_by(self, slot: Slot) -> bool:
        """Whether `slot` is this one."""
        if slot.name != self.name or slot.negated != self.negated:
            return False
        if self.start is not None and self.end is not None:
            return slot.start < self.end and self.start < slot.end
        return fold(self.value) in {fold(form) for form in (slot.value, slot.text, *slot.choices)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A message with what it means. `intent` may be a dialogue act; `language` is the one it is written in.

    `slots` is None where nobody annotated them; `tier` and `variety` may be unknown.
    """

    text: str
    intent: str
    language: str | None = None
    channel: str | None = None
    variety: str | None = None
    tier: str | None = None
    slots: tuple[Wanted, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A case and what was understood."""

    case: Case
    found: Understanding

    @property
    def given(self) -> str:
        """The intent that was understood, or the act where an act was meant."""
        if self.case.intent in ACTS and self.found.act is not None:
            return _LABELS.get(self.found.act, self.found.act)
        return self.found.intent

    @property
    def right(self) -> bool:
        return self.given == self.case.intent

    @property
    def by_act(self) -> bool:
        """The act decides, so the confidence of the intent means nothing."""
        return self.found.act is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; of nothing it is 0."""
        return self.right / self.of if self.of else 0.0

    @classmethod
    def of_all(cls, rights: Iterable[bool]) -> Share:
        counted = [bool(right) for right in rights]
        return cls(right=sum(counted), of=len(counted))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotScore:
    """Slots of one name: how many were wanted, given, and both."""

    wanted: int
    given: int
    met: int

    @property
    def precision(self) -> float:
        return self.met / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.met / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.met / (self.wanted + self.given) if self.met else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Messages of about one confidence: its mean, and the share that was right."""

    confidence: float
    accuracy: float
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured. `confusions` holds (wanted, given, how often), commonest first; `mistakes` the surest first."""

    intents: Share
    by_language: Mapping[str, Share]
    by_variety: Mapping[str, Share]
    by_intent: Mapping[str, Share]
    languages: Share
    crisis: Share
    crisis_false_alarms: int
    opt_out: Share
    opt_out_false_alarms: int
    calibration_error: float
    calibration: tuple[Bin, ...]
    slots: Mapping[str, SlotScore]
    confusions: tuple[tuple[str, str, int], ...]
    mistakes: tuple[Answer, ...]

    @property
    def all_slots(self) -> SlotScore:
        """All names together."""
        return _together(self.slots.values())

    @property
    def known_slots(self) -> SlotScore:
        """All names that messages are read for, `SLOTS`."""
        return _together(score for name, score in self.slots.items() if name in SLOTS)


def _together(scores: Iterable[SlotScore]) -> SlotScore:
    scores = list(scores)
    return SlotScore(
        wanted=sum(s.wanted for s in scores), given=sum(s.given for s in scores), met=sum(s.met for s in scores)
    )  # fmt: skip


def ask(understander: Understands, cases: Sequence[Case]) -> tuple[Answer, ...]:
    """Understand every case without any memory of the person, an answer as one to the question it answers."""
    return tuple(Answer(case=case, found=understander.understand(case.text, _hints(case))) for case in cases)


def _hints(case: Case) -> Hints:
    asked = _ASKED.get(case.intent)
    return Hints(channel=case.channel, expected=frozenset({asked} if asked else ()))


def evaluate(understander: Understands, cases: Sequence[Case]) -> Evaluation:
    """`measure` of `ask`. Raises ValueError without cases."""
    return measure(ask(understander, cases))


def measure(answers: Sequence[Answer]) -> Evaluation:
    """What the answers are worth. Raises ValueError without any."""
    if not answers:
        raise ValueError("nothing to evaluate: no cases")
    wrong = [answer for answer in answers if not answer.right]
    confusions = Counter((answer.case.intent, answer.given) for answer in wrong)
    bins = calibration([(answer.found.confidence, answer.right) for answer in answers if not answer.by_act])
    spoken = [answer for answer in answers if answer.case.language]
    return Evaluation(
        intents=Share.of_all(answer.right for answer in answers),
        by_language=shares(answers, lambda answer: answer.case.language),
        by_variety=shares(answers, lambda answer: answer.case.variety),
        by_intent=shares(answers, lambda answer: answer.case.intent),
        languages=Share.of_all(
            _primary(answer.found.language) == _primary(answer.case.language) for answer in spoken
        ),
        crisis=Share.of_all(answer.found.crisis for answer in answers if answer.case.intent == _CRISIS),
        crisis_false_alarms=sum(
            answer.found.crisis for answer in answers if answer.case.intent != _CRISIS
        ),
        opt_out=Share.of_all(answer.found.opt_out or answer.right for answer in answers if answer.case.intent == _OPT_OUT),
        opt_out_false_alarms=sum(answer.found.opt_out for answer in answers if answer.case.intent != _OPT_OUT),
        calibration_error=sum(abs(b.accuracy - b.confidence) * b.cases for b in bins) / max(1, sum(b.cases for b in bins)),
        calibration=bins,
        slots=slot_scores(answers),
        confusions=tuple((wanted, given, count) for (wanted, given), count in confusions.most_common()),
        mistakes=tuple(sorted(wrong, key=lambda answer: -answer.found.confidence)[:_MISTAKES]),
    )  # fmt: skip


def shares(answers: Sequence[Answer], part: Callable[[Answer], str | None]) -> dict[str, Share]:
    """The share that is right of each part, largest part first; what belongs to none is left out."""
    rights: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        name = part(answer)
        if name:
            rights[name].append(answer.right)
    return {
        name: Share.of_all(found)
        for name, found in sorted(rights.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    }


def calibration(believed: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Confidences with whether they were right, in bins of equal width; empty bins are left out."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in believed:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    return tuple(
        Bin(
            confidence=sum(confidence for confidence, _ in rows) / len(rows),
            accuracy=sum(right for _, right in rows) / len(rows),
            cases=len(rows),
        )
        for _, rows in sorted(bins.items())
    )


def slot_scores(answers: Sequence[Answer]) -> dict[str, SlotScore]:
    """Per slot name that is annotated anywhere, the commonest first; a slot answers for one wanted slot at most."""
    annotated = [
        (answer.case.slots, answer.found.slots) for answer in answers if answer.case.slots is not None
    ]
    wanted = Counter(slot.name for slots, _ in annotated for slot in slots)
    given = Counter(slot.name for _, found in annotated for slot in found)
    met: Counter[str] = Counter()
    for slots, found in annotated:
        left = list(found)
        for slot in slots:
            match = next((one for one in left if slot.is_met_by(one)), None)
            if match is not None:
                left.remove(match)
                met[slot.name] += 1
    return {
        name: SlotScore(wanted=count, given=given[name], met=met[name])
        for name, count in wanted.most_common()
    }


def _primary(language: str | None) -> str:
    return (language or "").partition("-")[0]
