"""One message in, its meaning out. Rules that are certain come before the classifier."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from nlu import (
    acts,
    crisis,
    model_file,
    occupations,
    opt_out,
    origins,
    particulars,
    parts,
    personal_numbers,
    slots,
    topics,
    when,
)
from nlu.encoders import E5, Encoder, EncoderError
from nlu.engine import Embeds, Engine, Reading
from nlu.language import LanguageGuesser, detector
from nlu.learnt import Learnt
from nlu.model_file import ModelError
from nlu.places import PlaceFinder
from nlu.subjects import SubjectFinder
from nlu.text import Token, clean, tokens
from nlu.training_data import ACTS
from nlu.values import ASIDES, NO_HINTS, Hints, Slot, Understanding, Vocabulary

log = logging.getLogger(__name__)

BRUSSELS = ZoneInfo("Europe/Brussels")

_RANKED = 5
_HALF_SURE = 0.6
_NO_HALF = frozenset({"smalltalk", "out_of_scope", "opt_out", "language_switch", "distress_crisis"})
"""What is never one of two questions: it is no question, or decides over the whole message."""
_CRISIS, _OPT_OUT, _SMALLTALK = "distress_crisis", "opt_out", "smalltalk"
_COURSE, _PROFESSIONAL = "find_course", "professional_second_line"
_SURE_OF_COURSE = 0.9  # before whatever is left of a message is taken for what is wanted
_ACT_NAMES = {"give_place": acts.PLACE, "give_time": acts.TIME}
_ACT_LIKELY = 0.5
_BARE = frozenset({acts.CONFIRM, acts.DENY, acts.REPEAT, acts.MORE, acts.CHOOSE})
_APPOINTMENTS = frozenset({"appt_book", "appt_change"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the classifier makes of a message: intents best first, and the likeliest act."""

    ranking: tuple[tuple[str, float], ...]
    act: str
    act_probability: float


@dataclass(frozen=True, slots=True)
class _Named:
    """Slots by where they come from: patterns, lists of places and subjects, and occupations."""

    others: Sequence[Slot]
    listed: Sequence[Slot]
    work: Sequence[Slot]


class Understander:
    """Understands messages with one loaded model and vocabulary. Safe to share between threads: nothing changes."""

    def __init__(self, engine: Engine, vocabulary: Vocabulary, language: LanguageGuesser) -> None:
        self._engine = engine
        self._learnt = engine.learnt
        self._language = language
        self._places = PlaceFinder(vocabulary.places, engine.learnt.known_words)
        self._subjects = SubjectFinder(vocabulary.subjects, engine.learnt.known_words)
        self._empty_words = vocabulary.empty_words

    @property
    def model_version(self) -> str:
        """The version of the loaded model; stored with every decision."""
        return self._learnt.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the training messages."""
        return self._learnt.languages

    @property
    def uses_embeddings(self) -> bool:
        """False when only words and letters are read."""
        return self._engine.uses_embeddings

    def understand(self, text: str, hints: Hints = NO_HINTS) -> Understanding:
        """The meaning of any string; never raises. Only the first `text.MEANING_LENGTH` characters count."""
        message, numbers = personal_numbers.take_out(clean(text))
        whole = self._read(message, hints)
        whole = replace(whole, slots=(*numbers, *whole.slots)) if numbers else whole
        if not (whole.crisis or whole.opt_out or whole.opt_in or whole.act is not None):
            halves = self._halves(message, hints)
            if halves:  # who asks two things means the first one first
                whole = replace(_as(whole, halves[0]), parts=halves)
            elif whole.intent == _SMALLTALK:
                whole = self._without_greeting(whole, hints)
        return self.with_particulars(whole)

    def with_particulars(self, understood: Understanding) -> Understanding:
        """What its intent makes of the words that no other slot explains, in place of what another intent made of them."""
        if understood.act is not None or understood.opt_in:
            return understood
        message, spoken = understood.text, tokens(understood.text)
        kept = [slot for slot in understood.slots if slot.name not in ASIDES and slot.name != "topic"]
        told = particulars.find(message, spoken, understood.intent)
        kept = particulars.without_meant_otherwise(spoken, understood.intent, kept, told)
        if understood.intent == _PROFESSIONAL or not any(slot.name == "subject" for slot in kept):
            topic = self._topic(understood, spoken, [*kept, *told])
            if topic is not None and not _overlaps(topic, kept):
                told.append(topic)
        return replace(
            understood, slots=tuple(sorted([*kept, *told], key=lambda slot: (slot.start, slot.name)))
        )

    def _topic(
        self, understood: Understanding, spoken: Sequence[Token], found: Sequence[Slot]
    ) -> Slot | None:
        message = understood.text
        if understood.intent == _PROFESSIONAL:
            return topics.of_question(message, spoken) or topics.of_course(message, spoken)
        topic = topics.of_course(message, spoken)
        if topic is None and understood.intent == _COURSE and understood.confidence >= _SURE_OF_COURSE:
            topic = topics.left_over(message, spoken, found, self._empty_words)
        return topic

    def _halves(self, message: str, hints: Hints) -> tuple[Understanding, ...]:
        """The two questions of a message; empty unless we are sure of both and they ask something else."""
        alone = replace(hints, expected=frozenset())
        for cut in parts.cuts(message, tokens(message)):
            first, second = (self._read(half, alone) for half in cut)
            if _is_sure(first) and _is_sure(second) and _differ(first, second):
                first, second = self.with_particulars(first), self.with_particulars(second)
                return (
                    replace(first, slots=parts.share(first.slots, second.slots)),
                    replace(second, slots=parts.share(second.slots, first.slots)),
                )
        return ()

    def _without_greeting(self, whole: Understanding, hints: Hints) -> Understanding:
        """ "hallo" and a question is the question."""
        rest = parts.without_greeting(whole.text, tokens(whole.text))
        if rest is None:
            return whole
        asked = self._read(rest, hints)
        if asked.intent == _SMALLTALK or asked.confidence < _HALF_SURE:
            return whole
        return _as(whole, asked)

    def _read(self, message: str, hints: Hints) -> Understanding:
        """One cleaned message as one question."""
        spoken = tokens(message)
        folded = [token.fold for token in spoken]
        act = acts.read(message, spoken, expected=hints.expected)
        # Embedded elsewhere while words are looked up here; for nothing, when a rule decides after all.
        begun = self._engine.begin(message, folded, deep=act is None)
        danger = crisis.shows_danger(message)
        wants_out = not danger and opt_out.is_opt_out(message, channel=hints.channel)
        act = None if danger or wants_out else act
        deep = not wants_out and act is None
        guess = self._language.guess(message, remembered=hints.language, learnt=begun.alone.languages)
        named = self._find_named(message, spoken, hints)
        seen = begun.finish() if deep else begun.alone
        reading = self._rank(seen.probabilities.tolist())
        found = self._find_slots(message, spoken, hints, reading, named)
        if deep:
            chance = dict(reading.ranking).get(_CRISIS, 0.0)
            danger = crisis.is_danger(message, chance, sign=danger, settled=seen.settled)
            reading = reading if danger else _without_crisis(reading)
            act = None if danger else self._act(spoken, found, reading)
        if act is not None and act.choice is not None:
            found = [*found, _whole_message("choice", act.choice, message)]
        ranking = _decide(reading, danger=danger, wants_out=wants_out, act=act)
        certain = danger or wants_out or act is not None
        return Understanding(
            text=message,
            language=guess.language,
            language_confidence=round(guess.confidence, 4),
            intent=ranking[0][0],
            confidence=ranking[0][1],
            ranking=ranking[:_RANKED],
            slots=tuple(found),
            act=act.name if act else None,
            crisis=danger,
            opt_out=wants_out,
            opt_in=opt_out.is_opt_in(message),
            model_version=self._learnt.version,
            in_scope=certain or not self._is_strange(seen),
        )

    def _is_strange(self, seen: Reading) -> bool:
        limit = self._learnt.calibration.scope
        return limit is not None and seen.in_scope is not None and seen.in_scope < limit

    def _rank(self, probabilities: Sequence[float]) -> _Reading:
        ranked = sorted(zip(self._learnt.labels, probabilities, strict=True), key=lambda pair: -pair[1])
        act, act_probability = next(((name, p) for name, p in ranked if name in ACTS), ("", 0.0))
        intents = tuple((name, round(p, 4)) for name, p in ranked if name not in ACTS)
        return _Reading(intents, act, act_probability)

    def _find_named(self, message: str, spoken: Sequence[Token], hints: Hints) -> _Named:
        """What can be found before the intent is known."""
        places = self._places.find(message, spoken, asked=acts.PLACE in hints.expected)
        subjects = self._subjects.find(message, spoken)
        others = [*slots.find(message, spoken), *origins.find(message, spoken)]
        return _Named(others, (*places, *subjects), occupations.find(message, spoken))

    def _find_slots(
        self, message: str, spoken: Sequence[Token], hints: Hints, reading: _Reading, named: _Named
    ) -> list[Slot]:
        now = (hints.now or datetime.now(BRUSSELS)).astimezone(BRUSSELS)
        appointment = acts.TIME in hints.expected or reading.ranking[0][0] in _APPOINTMENTS
        times = when.find(message, now=now, appointment=appointment)
        listed = _without_spoken(named.listed, named.others)
        found = _with_work(_without_overlap([*named.others, *times, *listed]), named.work)
        return sorted(found, key=lambda slot: (slot.start, slot.name))

    def _act(self, spoken: Sequence[Token], found: Sequence[Slot], reading: _Reading) -> acts.Act | None:
        """The act of a message that no phrase list knows: a bare place or time, or what the classifier believes."""
        if self._places.is_only_a_place(spoken, found):
            return acts.Act(acts.PLACE)
        if when.is_only_a_time(spoken, found):
            return acts.Act(acts.TIME)
        if reading.act_probability >= _ACT_LIKELY and reading.act_probability > reading.ranking[0][1]:
            name = _ACT_NAMES.get(reading.act, reading.act)
            return (
                None if name == acts.CHOOSE else acts.Act(name)
            )  # a choice without a number chooses nothing
        return None


def open_here(encoder: Encoder, beside: Path) -> Embeds:
    """The encoder in this process. Raises EncoderError."""
    return encoder.open(beside)


def load(
    model_path: Path,
    vocabulary: Vocabulary,
    *,
    language_detector: str = "py3langid",
    encoder: Encoder = E5,
    open_encoder: Callable[[Encoder, Path], Embeds] = open_here,
) -> Understander:
    """The understander of a trained model. Raises ModelError, which names the command that trains one.

    `open_encoder` gets the encoder and the folder of the model, when that needs one; by default it is loaded into this
    process, which is simplest for a command. When it is missing or broken, words and letters decide alone.
    """
    content = model_file.read(model_path)
    learnt = Learnt.from_file(content)
    embeds = None
    if learnt.meaning is not None:
        try:
            used, wanted = content.header.get("encoder"), encoder.fingerprint()
            if used != wanted:
                raise ModelError(
                    f"The model at {model_path} was trained with the sentence encoder {used}, and {wanted} is set; "
                    "train it with: python -m bot train"
                )
            embeds = open_encoder(encoder, model_path.parent)
        except EncoderError as error:
            log.warning("no sentence embeddings (%s): reading words and letters only", error)
    return Understander(Engine(learnt, embeds), vocabulary, LanguageGuesser(detector(language_detector)))


def _as(whole: Understanding, asked: Understanding) -> Understanding:
    """The message `whole`, taken for the question that one part of it asks."""
    return replace(
        whole,
        intent=asked.intent,
        confidence=asked.confidence,
        ranking=asked.ranking,
        in_scope=asked.in_scope,
    )


def _without_crisis(reading: _Reading) -> _Reading:
    """The reading of a message that only sounds like danger. What is left keeps its own, low probability."""
    if reading.ranking[0][0] != _CRISIS:
        return reading
    return replace(reading, ranking=(*reading.ranking[1:], (_CRISIS, 0.0)))


def _is_sure(half: Understanding) -> bool:
    certain = half.crisis or half.opt_out or half.opt_in or half.act is not None
    return not certain and half.confidence >= _HALF_SURE and half.intent not in _NO_HALF


def _differ(first: Understanding, second: Understanding) -> bool:
    """Whether two halves ask for different help; two things about one appointment are one question."""
    appointments = first.intent.startswith("appt_") and second.intent.startswith("appt_")
    return first.intent != second.intent and not appointments


def _decide(
    reading: _Reading, *, danger: bool, wants_out: bool, act: acts.Act | None
) -> tuple[tuple[str, float], ...]:
    """The ranking with what is certain on top."""
    certain = _CRISIS if danger else _OPT_OUT if wants_out else None
    if act is not None and (
        act.name == acts.THANKS or (act.name in _BARE and reading.ranking[0][1] < _ACT_LIKELY)
    ):
        certain = _SMALLTALK
    if certain is None:
        return reading.ranking
    return ((certain, 1.0), *(pair for pair in reading.ranking if pair[0] != certain))


def _whole_message(name: str, value: str, message: str) -> Slot:
    return Slot(name=name, value=value, text=message, start=0, end=len(message))


def _with_work(found: Sequence[Slot], work: Sequence[Slot]) -> list[Slot]:
    """What somebody does for a living is no subject to learn; what they want to become is, where we know it."""
    does = [slot for slot in work if "wish" not in slot.data]
    kept = [slot for slot in found if slot.name != "subject" or not _overlaps(slot, does)]
    return [*kept, *does, *(slot for slot in work if slot not in does and not _overlaps(slot, kept))]


def _without_spoken(listed: Sequence[Slot], others: Sequence[Slot]) -> list[Slot]:
    """A language to be spoken in ("somebody who speaks Arabic", "in het Engels") is no subject to learn."""
    spoken = [slot for slot in others if slot.name == "language" and " " in slot.text.strip()]
    return [
        slot
        for slot in listed
        if slot.name != "subject" or not any(s.start <= slot.start and slot.end <= s.end for s in spoken)
    ]


_OWN_GROUND = frozenset({"status", "diploma", "barrier", "mode", "language", "origin"})
"""Slots that may lie over others: "geen auto" is a barrier and may hold a subject."""


def _without_overlap(found: Sequence[Slot]) -> list[Slot]:
    """Of slots over the same words the surest and longest stays; listed slots stand beside the rest."""
    kept: list[Slot] = []
    for slot in sorted(found, key=lambda slot: (-slot.confidence, slot.start - slot.end)):
        if slot.name in _OWN_GROUND or not _overlaps(slot, kept):
            kept.append(slot)
    return kept


def _overlaps(slot: Slot, others: Sequence[Slot]) -> bool:
    return any(
        other.start < slot.end and slot.start < other.end
        for other in others
        if other.name not in _OWN_GROUND
        and not (other.start == slot.start and other.name in _TOGETHER and slot.name in _TOGETHER)
    )


_TOGETHER = frozenset({"weekday", "date", "time", "time_of_day"})
"""Slots that one expression gives together: "dinsdagavond" is a weekday and a part of the day."""
