"""The values that go into and come out of understanding. Frozen: they travel between threads and are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known before reading: who writes, over what, and what the bot just asked.

    `language` is the person's remembered language (BCP 47). `expected` names what was asked: "place", "choice",
    "yes_no", "time". `now` is an aware datetime; without it the present in Europe/Brussels counts.
    """

    language: str | None = None
    channel: str | None = None
    expected: frozenset[str] = frozenset()
    now: datetime | None = None


NO_HINTS = Hints()

ASIDES = frozenset(
    ("need", "risk", "right", "role", "about", "scope", "goal", "document", "meta", "sector", "for", "from", "to")
)  # fmt: skip
"""Slots that say more of a question and name nothing that one could search by (`particulars`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One piece of meaning found at `Understanding.text[start:end]`, with its normal form in `value`.

    A slot of one of two questions that only the other names has no span: it starts and ends at 0.
    `choices` holds the normal forms (for places: keys) that are just as possible. `negated` means that the person
    does not want this.
    """

    name: str
    value: str
    text: str
    start: int
    end: int
    confidence: float = 1.0
    negated: bool = False
    choices: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What one message means. `text` is the cleaned message that the spans of `slots` point into.

    `intent` is one of the trained intents; `act` is the dialogue act when the message is an answer rather than a
    question. `ranking` holds the likeliest intents with their probabilities, best first. `parts` holds the two
    questions of a message that asks two, each understood by itself; it is empty for every other message.
    `in_scope` is False when the message is like hardly any that was trained on, so that its intent is a guess.
    """

    text: str
    language: str
    language_confidence: float
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    slots: tuple[Slot, ...]
    act: str | None
    crisis: bool
    opt_out: bool
    opt_in: bool
    model_version: str
    parts: tuple[Understanding, ...] = ()
    in_scope: bool = True

    @property
    def names_nothing(self) -> bool:
        """Whether no slot names a thing: a subject, a place, a time, who somebody is."""
        return all(slot.name in ASIDES for slot in self.slots)

    def slot(self, name: str) -> Slot | None:
        """The first slot of this name that the person wants; a negated one only when there is no other."""
        found = [slot for slot in self.slots if slot.name == name]
        return next((slot for slot in found if not slot.negated), found[0] if found else None)

    def value(self, name: str) -> str | None:
        """The normal form of the first wanted slot of this name; None when absent or only negated."""
        return next((slot.value for slot in self.slots if slot.name == name and not slot.negated), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEntry:
    """A place that a message may name. `key` is opaque here and comes back in the slot's data."""

    key: str
    name: str
    aliases: tuple[str, ...]
    postcodes: tuple[str, ...]
    municipality: str
    nis: str
    lat: float
    lon: float
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectEntry:
    """A subject of the catalogue with every label and synonym, in any language."""

    id: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The names that the application knows; given at loading, so that this package needs no database.

    `empty_words` tell nothing of what somebody wants to learn ("ik", "cursus"); folded by `text.fold`.
    """

    places: Sequence[PlaceEntry]
    subjects: Sequence[SubjectEntry]
    empty_words: frozenset[str] = frozenset()
