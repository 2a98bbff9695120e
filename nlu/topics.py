# ruff: noqa: SIM905 - lists of words read better as one string
"""What a question is about in the person's own words, where it names no subject that we know."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nlu.text import Token
from nlu.values import Slot

SAID, LEFT = 0.5, 0.3
"""The confidence of a topic that follows a word for it ("cursus …"), and of what is left of a message."""

_LONGEST, _LONGEST_LEFT = 3, 12

_COURSE = frozenset(
    "cursus cursussen opleiding opleidingen les lessen leren lere workshop vorming training bijscholing kursus cour cours formation"
    " formations apprendre course courses class classes learn lesson lessons".split()
)
_ABOUT = frozenset("over rond omtrent ivm betreffende concernant sur about regarding concerning hakkinda про щодо о об sobre despre dotyczace".split())  # fmt: skip
_LINKS = frozenset("voor over rond in van de d of a au en du le la l un une the for about".split())
_ARTICLES = frozenset("de het een le la l les un une the a an".split())
_STOP = _COURSE | frozenset(
    "in te op voor van met bij rond naar om aan het een de den der die dat ik je u we en of als aub is zijn er hier waar wanneer hoe wat"
    " kost kan kunnen moet wil volgen doen zoeken geven starten begint online avond gratis volgend volgende beginnen niet geen nog ook of"
    " a au en dans pour de d des le la les un une je tu vous et ou ou est qui que il y svp gratuit soir commence quand combien comment"
    " the an at for with near on to i you and or is are there where when how much please free start evening".split()
)


def of_course(text: str, tokens: Sequence[Token]) -> Slot | None:
    """What follows "cursus", "leren", "formation"."""
    return _after(_COURSE, _LINKS, text, tokens)


def of_question(text: str, tokens: Sequence[Token]) -> Slot | None:
    """What follows "over", "concernant", "about"."""
    return _after(_ABOUT, _ARTICLES, text, tokens)


def left_over(
    text: str, tokens: Sequence[Token], found: Sequence[Slot], empty: Collection[str]
) -> Slot | None:
    """The words of a message that stand in no slot and in no list of `empty` ones, from the first to the last.

    None when there are none, or too many to be the name of anything.
    """
    told = [
        token
        for token in tokens
        if token.fold not in empty
        and (len(token.fold) > 1 or token.fold.isdigit())
        and not any(slot.start <= token.start and token.end <= slot.end for slot in found)
    ]
    if not told or len(told) > _LONGEST_LEFT:
        return None
    start, end = told[0].start, told[-1].end
    return Slot(
        name="topic",
        value=" ".join(dict.fromkeys(token.text.lower() for token in told)),
        text=text[start:end],
        start=start,
        end=end,
        confidence=LEFT,
    )


def _after(
    openers: Collection[str], links: Collection[str], text: str, tokens: Sequence[Token]
) -> Slot | None:
    for index, token in enumerate(tokens):
        if token.fold not in openers:
            continue
        first = index + 1
        while first < len(tokens) and tokens[first].fold in links:
            first += 1
        last = first
        while last < min(len(tokens), first + _LONGEST) and tokens[last].fold not in _STOP:
            last += 1
        if last > first:
            start, end = tokens[first].start, tokens[last - 1].end
            topic = text[start:end]
            return Slot(name="topic", value=topic.lower(), text=topic, start=start, end=end, confidence=SAID)
    return None
