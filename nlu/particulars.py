"""What a message of one kind is about more precisely: the need behind a referral, the right that is asked for.

Such words mean this only beside their intent ("mijn woning" is no need of who asks for a course), so they are looked
up when it is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu import for_whom, work_moves
from nlu import particular_words as listed
from nlu.lexicon import Lexicon
from nlu.negation import is_negated
from nlu.text import Token, tokens, words
from nlu.values import Slot

_NOT_LEARNING = frozenset(
    (
        "smalltalk", "appt_book", "appt_change", "appt_cancel", "counter_info", "talk_human", "language_switch",
        "complaint", "opt_out", "privacy_request", "out_of_scope", "distress_crisis", "practical_barrier",
    )
)  # fmt: skip
"""Where a husband or a child is named for another reason than that they want to learn."""

_DIPLOMAS = frozenset({"entry_requirements", "enrolment", "diploma_recognition", "aftercare", "evc"})
_DEGREES = frozenset({"bachelor", "master", "associate"})
_HAS = frozenset(
    words(
        "heb had hebt heeft behaald gehaald gedaan afgewerkt ai avais obtenu obtenue fini have had hold got finished var mezun mezunum mezunuyum mam mialem ukonczylem ukonczylam tengo"
        " am маю є закінчив закінчила есть закончил закончила عندي معي"
    )
)
_NEAR, _AFTER = 4, 2
_OF_DIPLOMAS = frozenset({"secondary_diploma", "higher_education"})


@dataclass(frozen=True, kw_only=True)
class _Particular:
    """A slot that messages of some intents have."""

    name: str
    intents: frozenset[str]
    lexicon: Lexicon


_NEEDS = Lexicon(listed.NEEDS)
_PARTICULARS = tuple(
    _Particular(name=name, intents=frozenset(intents), lexicon=lexicon)
    for name, intents, lexicon in (
        ("need", {"partner_referral"}, _NEEDS),
        ("need", {"practical_barrier"}, Lexicon({name: listed.NEEDS[name] for name in listed.AIDS})),
        ("risk", {"distress_crisis"}, Lexicon(listed.RISKS)),
        ("right", {"privacy_request"}, Lexicon(listed.RIGHTS)),
        ("role", {"professional_second_line"}, Lexicon(listed.ROLES)),
        ("about", {"complaint"}, Lexicon(listed.COMPLAINTS)),
        ("scope", {"opt_out"}, Lexicon(listed.SCOPES)),
        ("goal", {"dutch_nt2", "basic_skills", "higher_education"}, Lexicon(listed.GOALS)),
        ("document", _DIPLOMAS, Lexicon(listed.DOCUMENTS)),
        ("meta", {"smalltalk"}, Lexicon(listed.METAS)),
        ("sector", {"financing_leave"}, Lexicon(listed.SECTORS)),
    )
)


def find(text: str, spoken: Sequence[Token], intent: str) -> list[Slot]:
    """One slot of each kind that `intent` has, where the message tells it."""
    found = [] if intent in _NOT_LEARNING else for_whom.find(text, spoken)
    if intent == "career_change":
        found += work_moves.find(text, spoken)
    for particular in _PARTICULARS:
        told = particular.lexicon.find(spoken) if intent in particular.intents else []
        if particular.name == "goal":
            told = [one for one in told if one[0] not in _DEGREES or not _is_had(spoken, one[1], one[2])]
        wanted = [one for one in told if not is_negated(spoken, one[1], one[2])] or told
        if wanted:
            value, first, last = wanted[0]
            start, end = spoken[first].start, spoken[last].end
            found.append(
                Slot(
                    name=particular.name, value=value, text=text[start:end], start=start, end=end, confidence=0.8
                )
            )  # fmt: skip
    return found


def needs(text: str) -> list[str]:
    """Every need that a text tells, in the order of `particular_words.NEEDS`."""
    return [value for value, _, _ in _NEEDS.find(tokens(text))]


def without_meant_otherwise(
    spoken: Sequence[Token], intent: str, slots: Sequence[Slot], told: Sequence[Slot]
) -> list[Slot]:
    """`slots` without the diploma that somebody wants, not has, and the subject that is the work they leave."""
    left = [one for one in told if one.name == work_moves.FROM]
    return [
        slot
        for slot in slots
        if not (slot.name == "diploma" and intent in _OF_DIPLOMAS and _is_wanted(spoken, slot))
        and not (
            slot.name == "subject" and any(one.start < slot.end and slot.start < one.end for one in left)
        )
    ]


def _is_wanted(spoken: Sequence[Token], slot: Slot) -> bool:
    """Whether a diploma, of a kind that one can still get here, is one they do not have yet."""
    if slot.value not in ("secondary", "higher"):
        return False
    first = next((index for index, token in enumerate(spoken) if token.end > slot.start), 0)
    last = next((index for index, token in enumerate(spoken) if token.end >= slot.end), first)
    return not _is_had(spoken, first, last)


def _is_had(spoken: Sequence[Token], first: int, last: int) -> bool:
    """Whether a degree is one they have: "ik heb een bachelor", "licence obtenue"."""
    near = (*spoken[max(0, first - _NEAR) : first], *spoken[last + 1 : last + 1 + _AFTER])
    return any(token.fold in _HAS for token in near)
