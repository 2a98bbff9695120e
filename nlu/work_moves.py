# ruff: noqa: SIM905 - lists of words read better as one string
"""From which work to which: "ik werk in een fabriek en wil in de zorg" is from a factory to care.

Occupations and sectors are both named; which side of the move one stands on follows from the words around it.
"""

from __future__ import annotations

from collections.abc import Sequence

from nlu.lexicon import Lexicon
from nlu.occupations import named
from nlu.particular_words import SECTORS
from nlu.text import Token, words
from nlu.values import Slot

FROM, TO = "from", "to"

_SECTORS = Lexicon(SECTORS)
_ARTICLES = frozenset(words("een ne n de het t la le les l un une a an the el los las un una mijn mon ma my"))
_OUT = frozenset(
    words(
        "uit van vanuit du des from out z ze з із с со из din quitter quitte verlaten verlaat leave leaving dejar"
    )
)
_FOR = frozenset(words("voor pour for para"))  # "quitter la construction pour l'informatique"
_INTO = frozenset(words("naar tot vers into to do hacia spre"))
_BECOME = frozenset(words("worden word devenir become olmak стати стать zostać ser deveni اصبح اكون"))
_BECOME_AFTER = frozenset(words("worden word olmak"))  # verbs at the end
_NO_LONGER = tuple(
    tuple(words(phrase))
    for phrase in "niet meer|nie meer|ni meer|beu|ne plus|plus|no longer|not anymore|artık|już nie|вже не|більше не|больше не|ya no|nu mai|لم اعد".split(
        "|"
    )
)
_WISH = frozenset(
    words(
        "wil willen wou zou graag liever droom veux voudrais aimerais aimerai souhaite want would wish like dream хочу хотів хотіла хотел хотела мрію мечтаю chcę chciałbym chciałabym"
        " marzę quiero quisiera gustaría vreau aș اريد ارغب bghit"
    )
)
_WISH_AFTER = frozenset(words("istiyorum isterim olmak geçmek"))
_NEAR = 4


def find(text: str, tokens: Sequence[Token]) -> list[Slot]:
    """At most one slot of each side, in order of the message."""
    folds = [token.fold for token in tokens]
    spots = [(first, last, value) for value, first, last in _SECTORS.find(tokens)]
    index = 0
    while index < len(folds):
        size, name = named(folds, index)
        if size:
            spots = [spot for spot in spots if spot[1] < index or spot[0] >= index + size]
            spots.append((index, index + size - 1, name))
        index += size or 1
    found: dict[str, Slot] = {}
    for first, last, value in sorted(spots):
        side = TO if _is_wished(folds, first, last) else FROM
        start, end = tokens[first].start, tokens[last].end
        found.setdefault(
            side, Slot(name=side, value=value, text=text[start:end], start=start, end=end, confidence=0.7)
        )
    return sorted(found.values(), key=lambda slot: slot.start)


def _is_wished(folds: Sequence[str], first: int, last: int) -> bool:
    before = list(folds[:first])
    while before and before[-1] in _ARTICLES and before[-1] not in _INTO | _OUT:
        before.pop()
    after = folds[last + 1 : last + 3]
    if before[-1:] and before[-1] in _OUT:
        return False
    if before[-1:] and before[-1] in _FOR and not _OUT.isdisjoint(before):
        return True
    if (before[-1:] and before[-1] in _INTO | _BECOME) or not _BECOME_AFTER.isdisjoint(after):
        return True
    near = before[-_NEAR:]
    if any(_holds(near, phrase) for phrase in _NO_LONGER):
        return False
    return not _WISH.isdisjoint(before) or not _WISH_AFTER.isdisjoint(after)


def _holds(row: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(row[i : i + len(phrase)]) == phrase for i in range(len(row)))
