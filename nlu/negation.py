"""Whether the words before a span say that it is not wanted: "niet in Gent", "geen avond", "pas le vendredi"."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.text import Token, fold

_NOT = frozenset(
    fold(
        "niet nie ni geen gene gin niks niets nooit behalve zonder pas sauf jamais aucun aucune not no never except without degil nicht kein"
        " keine لا ليس ليست مش مو ماشي غير عدا maci machi mashi mish не ні крім кроме окрім nie bez oprócz no nunca excepto"
        " nu fara не без"
    ).split()
)
_BETWEEN = frozenset(
    fold(
        "op in te naar de het den t s n ne een aan voor om na van bij le la les l un une a au aux en dans de du the on at in a an"
        " to for any in يوم ايام في ب ال на у в во w we na el los la en pe la in also ook liever meer possible disponible les cours via per met par by"
        " lessen cursus"
    ).split()
)
_LOOK_BACK = 3
_BUT = frozenset({"maar", "mais", "but", "wel", "aber", "ama", "pero", "ale", "але", "но"})
_YES = frozenset(["wel", "oui", "yes", "ok", "oke", "olur"])
_CAN = frozenset(["kan", "past", "lukt", "gaat", "mag", "va", "peut", "works", "can", "cannot"])
_AFTER = frozenset({"degil", "olmaz", "olmasin", "niet", "nie", "pas"})
_OR = frozenset(
    fold(
        "en of noch et ou ni and or nor ve veya ya da و او ولا і й та або чи и или ани i lub ani albo y o u ni sau si w wla awla"
    ).split()
)
_TOGETHER = _BETWEEN - frozenset(fold("liever meer possible disponible les cours lessen cursus").split()) | {
    "tous",
    "toutes",
    "elke",
    "every",
    "gunu",
    "gunleri",
    "'s",
}


def is_negated(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the tokens `first`…`last` (inclusive) are refused by what stands around them."""
    for back in range(1, _LOOK_BACK + 1):
        index = first - back
        if index < 0 or _is_apart(tokens, index):
            break
        word = tokens[index].fold
        if word in _NOT:
            return not _is_idiom(tokens, index)
        if word not in _BETWEEN:
            break
    after = last + 1
    if after + 1 < len(tokens) and tokens[after].fold in _CAN and tokens[after + 1].fold in _NOT:
        return after + 2 == len(tokens) or _is_apart(
            tokens, after + 1
        )  # "zaterdag kan niet", "samedi va pas"
    if after == len(tokens) or _is_apart(tokens, last):
        return False
    # "Gent niet", "cuma değil", "maandag niet, dinsdag wel": only when it belongs to nothing that comes after.
    ends = after + 1 == len(tokens) or _is_apart(tokens, after) or tokens[after + 1].fold in _BUT
    return tokens[after].fold in ("degil", "olmaz", "olmasin") or (tokens[after].fold in _AFTER and ends)


def are_joined(tokens: Sequence[Token], first_ends: int, second_begins: int) -> bool | None:
    """Whether two spans are named in one breath: by a word ("vrijdag of in de voormiddag"), or only by a comma.

    Indices are of the last token of the one and the first of the other. None when something else stands between.
    """
    between = [token.fold for token in tokens[first_ends + 1 : second_begins]]
    if not all(word in _OR or word in _TOGETHER for word in between):
        return None
    return any(word in _OR for word in between) or tokens[second_begins].fold.startswith("و")


def is_wanted_after(tokens: Sequence[Token], last: int) -> bool:
    """ "maandag wel", "dinsdag kan": what comes next says that the span is wanted after all."""
    after = [token.fold for token in tokens[last + 1 : last + 3]]
    return bool(after) and (
        after[0] in _YES or (after[0] in _CAN and after[1:] != [] and after[1] not in _NOT)
    )


def _is_apart(tokens: Sequence[Token], index: int) -> bool:
    """Whether a comma or the like stands between this word and the next ("niet 's avonds" is together)."""
    apart = tokens[index + 1].start - tokens[index].end > 1
    return apart and tokens[index + 1].fold not in ("s", "t", "n", "k")


def _is_idiom(tokens: Sequence[Token], index: int) -> bool:
    """ "als het niet in Gent kan" refuses nothing, nor does Dutch "pas" (only) before a moment."""
    word = tokens[index].fold
    before = tokens[index - 1].fold if index else ""
    if word == "pas":
        return before in ("", "kan", "ik", "begint", "ben", "start", "kom", "van") and before != ""
    return before in ("waarom", "pourquoi", "why", "geraak", "raak", "geraken")  # "ik geraak niet in Gent"
