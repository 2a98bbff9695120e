"""Which slots of a message belong to its question: what is told to others, and measured.

All that is found stays in `Understanding.slots`, because a conversation goes on from it: who asks for an appointment and
says what they want to learn is not asked that again. But what a question cannot use is noise to whoever asked what it
means, and two names for one thing are one too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from nlu.topics import SAID
from nlu.values import ASIDES, Slot, Understanding
from nlu.when_words import WEEKDAYS

_WHERE = frozenset({"place", "postcode"})
_WHEN = frozenset({"weekday", "date", "time_of_day"})
_ALWAYS = ASIDES | {"phone", "email", "personal_number", "choice"}
"""How somebody is reached, what nobody should send, and what is looked up for one intent only (`particulars`)."""

_TAKES = {
    "find_course": _WHERE | _WHEN | {"subject", "mode", "price_max", "age", "barrier"},
    "course_price": _WHERE | {"subject", "status", "price_max", "age"},
    "course_schedule_place": _WHERE | _WHEN | {"subject"},
    "entry_requirements": _WHERE | {"subject", "diploma", "nt2_level", "age", "origin", "barrier"},
    "enrolment": _WHERE | {"subject", "age", "barrier", "mode"},
    "secondary_diploma": _WHERE | {"age", "diploma", "status", "origin"},
    "dutch_nt2": _WHERE | _WHEN | {"subject", "nt2_level", "age"},
    "basic_skills": _WHERE | _WHEN | {"subject", "age"},
    "higher_education": _WHERE | {"diploma", "origin", "age"},
    "evc": _WHERE | {"occupation", "age", "origin"},
    "diploma_recognition": frozenset({"origin", "diploma", "occupation", "status"}),
    "financing_leave": _WHERE | {"subject", "status", "age"},
    "benefit_effect": frozenset({"status", "age"}),
    "practical_barrier": _WHERE | {"barrier"},
    "vague_need": _WHERE | {"age", "status", "barrier"},
    "career_change": _WHERE | {"status", "age"},
    "partner_referral": _WHERE | {"age", "status"},
    "appt_book": _WHERE | _WHEN | {"time", "mode", "language"},
    "appt_change": _WHERE | _WHEN | {"time", "mode"},
    "counter_info": _WHERE | _WHEN | {"time"},
    "talk_human": _WHERE | _WHEN | {"time", "language"},
    "language_switch": frozenset({"language"}),
    "professional_second_line": frozenset({"topic"}),
}
"""What each intent can use: what it is answered by, and what decides who answers (where somebody lives, how old they are)."""

_SAYS_ITSELF = {
    "dutch_nt2": {("subject", "nt2")},
    "entry_requirements": {("subject", "nt2")},  # the Dutch that is asked for another course
    "evc": {("document", "certificate")},
}
"""What an intent tells already: that who wants Dutch lessons wants to learn Dutch."""

_BEFORE = {
    "subject": ("diploma", "goal", "from", "to", "sector", "role"),
    "occupation": ("from", "to", "role"),
    "status": ("role", "need", "barrier"),
    "barrier": ("subject", "goal"),
    "language": ("subject",),
    "diploma": ("goal", "document"),
}
"""Of two slots over the same words, those that say better what is meant."""


def relevant(understood: Understanding) -> tuple[Slot, ...]:
    """The slots that the question can use, in order, one for one thing; all of them where it answers another."""
    if understood.act is not None:
        return understood.slots
    intents = [part.intent for part in understood.parts] or [understood.intent]
    takes = _ALWAYS.union(*(_TAKES.get(intent, frozenset()) for intent in intents))
    itself = set[tuple[str, str]]().union(*(_SAYS_ITSELF.get(intent, set()) for intent in intents))
    found = [_as_subject(slot) for slot in understood.slots] if "find_course" in intents else understood.slots
    kept = [slot for slot in found if slot.name in takes and (slot.name, slot.value) not in itself]
    return tuple(slot for slot in kept if not _is_told_better(slot, kept, found))


def _as_subject(slot: Slot) -> Slot:
    """What stands behind "cursus" is the subject that is asked for, also when no catalogue knows it."""
    is_a_name = slot.name == "topic" and slot.confidence >= SAID and slot.text.replace(" ", "").isalnum()
    return replace(slot, name="subject") if is_a_name else slot


def _is_told_better(slot: Slot, kept: Sequence[Slot], found: Sequence[Slot]) -> bool:
    same = [other for other in kept if other.start < slot.end and slot.start < other.end]
    if _named(same, *_BEFORE.get(slot.name, ())):
        return True
    match slot.name:
        case "date":  # "vrijdag" is a weekday; which date that is, is our reckoning
            return " " not in slot.text and _named(same, "weekday")
        case "weekday":  # "vrijdag 4 december", "volgende week vrijdag" is a date
            several = [other for other in kept if " " in slot.text or other.text != slot.text]
            return any(_falls_on(other, slot.value) for other in several)
        case "barrier":  # "niet te ver"
            return slot.negated
        case "place":  # "9000 Gent" is a postcode
            return any(other.name == "postcode" and _gap(slot, other) <= 1 for other in kept)
        case "diploma":  # where it is from says that
            return slot.value == "foreign" and _named(found, "origin")
    return False


def _named(slots: Iterable[Slot], *names: str) -> bool:
    return any(slot.name in names for slot in slots)


def _falls_on(slot: Slot, weekday: str) -> bool:
    return slot.name == "date" and WEEKDAYS[date.fromisoformat(slot.value).weekday()] == weekday


def _gap(first: Slot, second: Slot) -> int:
    return max(first.start, second.start) - min(first.end, second.end)
