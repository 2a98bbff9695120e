# ruff: noqa: SIM905 - lists of words read better as one string
"""Where a message may hold two questions, and what the second takes over from the first.

This only proposes: `Understander` splits when it is sure of both halves. A wrong split does more harm than a missed
one, so each half must read as a question or a wish of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlu.text import Token, fold, tokens
from nlu.values import Slot

SHARED = ("subject", "topic", "place", "postcode")
"""Slots that somebody says once and means in both questions."""

_ENDS = re.compile(r"[?؟!;]+(?=\s|$)|\.{1,3}(?=\s+\D|$)|\n+|(?<=\w)\?(?=[^\W\d])")
_ASKS = re.compile(r"[?؟]\s*$")
_AND = frozenset(fold("en et and und ve y e i oraz та і й и și si").split())
_THEN = _AND | frozenset("of ou or ook aussi also plus dan puis then maar mais but".split())
_GREETING = frozenset(
    fold(
        "hallo hoi hey dag goeiedag goedendag goedemorgen goeiemorgen goedemiddag goeienavond goedenavond bonjour bonsoir salut slt hello hi"
        " good morning evening afternoon merhaba selam hola buenos dias dzien dobry czesc привіт вітаю привет здравствуйте здрастуйте"
        " добрий день добрый مرحبا سلام السلام عليكم buna ziua salam dank u merci thanks bedankt ok oke ja oui yes zeg eh euh"
    ).split()
)
_OPENERS = frozenset(
    fold(
        # Dutch
        "wat wa hoe hoeveel hvl waar wanneer wnr waarom wie welke welk kan kun kunt kunde kunnen mag moet moe moeten is zijn moek kank kanek magek hek bestaat geven geeft"
        " heb hebben hebt heeft krijg krijgt krijgen ist kzoek kwil zoek wil zou telt start begint doet"
        # French
        " combien comment quand ou quel quelle quels quelles pourquoi qui est-ce est peut peux pouvez puis dois faut y avez existe acceptez"
        " donnez cherche veux voudrais commence"
        # English
        " what how where when why who which can could may must should do does is are have i'm need want looking would will"
        # Turkish, Arabic, Ukrainian, Russian, Polish, Spanish, Romanian, German
        " ne nerede nasil kac hangi neden kim كم اين متي كيف هل ماذا ما لماذا من скільки де коли як чи що який яка які можна сколько где когда как"
        " можно что какой какие ile gdzie kiedy jak czy co jaki jakie kto cuanto cuanta donde cuando como que cual puedo hay quien cat cata"
        " unde cand cum ce care pot este was wie wo wann kann gibt muss"
    ).split()
)
_WISHES = tuple(
    tuple(phrase.split())
    for phrase in (
        "ik wil|ik zou|ik zoek|ik moet|ik kan|kan ik|ik wou|ik had graag|graag|ik vraag|ik heb een vraag|weet je|weet u|k wil|je veux|je voudrais"
        "|je cherche|je dois|j aimerais|j ai besoin|est ce|il faut|qu est|i want|i would|i d like|i need|i m looking|i am looking|please"
    ).split("|")
)  # fmt: skip
_LEAST_WORDS = 3
_LEAST_AFTER = 2
_MOST_CUTS = 3


def cuts(message: str, spoken: Sequence[Token]) -> list[tuple[str, str]]:
    """The ways to cut this message in two questions, likeliest first; empty for nearly every message."""
    if len(spoken) < _LEAST_WORDS + _LEAST_AFTER:
        return []
    points = [(match.end(), match.end(), False) for match in _ENDS.finditer(message)]
    points += [
        (spoken[index].start, spoken[index].end, True)
        for index in range(1, len(spoken))
        if _joins(spoken, index)
    ]
    found: list[tuple[str, str]] = []
    for end, start, joined in points:
        first, second = message[:end].strip(" ,;"), message[start:].strip(" ,;")
        if (
            _is_question(first)
            and _is_question(second, after=True, joined=joined)
            and (first, second) not in found
        ):
            found.append((first, second))
    return found[:_MOST_CUTS]


def without_greeting(message: str, spoken: Sequence[Token]) -> str | None:
    """What follows the words of greeting that a message opens with; None when it opens otherwise or says no more."""
    greeted = 0
    while greeted < len(spoken) and spoken[greeted].fold in _GREETING:
        greeted += 1
    if greeted == 0 or len(spoken) - greeted < _LEAST_AFTER:
        return None
    return message[spoken[greeted].start :]


def share(own: Sequence[Slot], other: Sequence[Slot]) -> tuple[Slot, ...]:
    """The slots of one half with what only the other half names. Such a slot has no span here: it ends at 0."""
    names = {slot.name for slot in own}
    if names & {"subject", "topic"}:
        names |= {"subject", "topic"}
    if names & {"place", "postcode"}:
        names |= {"place", "postcode"}
    taken = [
        replace(slot, start=0, end=0)
        for slot in other
        if slot.name in SHARED and slot.name not in names and not slot.negated
    ]
    return (*own, *taken)


def _joins(spoken: Sequence[Token], index: int) -> bool:
    """Whether this word may be the "and" between two questions."""
    return spoken[index].fold in _AND and index + 1 < len(spoken) and spoken[index - 1].fold not in _THEN


def _is_question(part: str, *, after: bool = False, joined: bool = False) -> bool:
    """Whether a half asks by itself. One that is only `joined` by "and" must open as a question does."""
    spoken = [token.fold for token in tokens(part)]
    while spoken and spoken[0] in (_THEN if after else _GREETING):
        spoken = spoken[1:]
    if len(spoken) < (_LEAST_AFTER if after and _ASKS.search(part) else _LEAST_WORDS):
        return False
    if _ASKS.search(part) and not joined:
        return True
    opens = spoken[0] in _OPENERS
    return opens or any(tuple(spoken[: len(wish)]) == wish for wish in _WISHES)
