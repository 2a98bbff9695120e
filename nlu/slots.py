"""The slots that are neither place, subject nor time: who somebody is, what they have, how they want it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.negation import is_negated
from nlu.slot_words import (
    BARRIERS,
    DIPLOMAS,
    LANGUAGES_ASKED,
    MODES,
    STATUSES,
    Table,
)
from nlu.text import Token
from nlu.values import Slot

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\d.])(?:\+|00)?\d(?:[\s./()-]{0,2}\d){7,14}(?!\d)")
_LEVEL = re.compile(
    r"(?<![\w.,])(?:(?:niveau|richtgraad|level|nt2|modul\w|graad|rg) ?)?([1-4])[.,]([1-4])(?!\w|[.,]\d|\s?(?:euro|eur|€|km|uur|%))",
    re.I,
)
_LEVEL_MARK = re.compile(
    r"niveau|richtgraad|level|nt2|modul|nederlands|neerlandais|dutch|graad|seviye|уров|рів|مستوى|nivel|poziom",
    re.I,
)
_CEFR = re.compile(r"(?<![\w])(?:[ABC][12]|A0)\+?(?![\w])", re.I)
_AGE = re.compile(
    r"(?<!\d)(\d{2})(?!\d)\s?(?:jaar|jr|j\b|ans|an\b|years?|yrs?|y/?o\b|yasind\w*|yaş\w*|سن[ةه]|عام|عاما|سنوات|рок\w*|лет|год\w*|lat\b|lata\b|años?|anos?|de ani|ani\b|годин\w*)"
    r"(?:\s(?:oud|old))?",
    re.I,
)
_AGE_BEFORE = re.compile(
    r"\b(?:leeftijd|age|âge|yaş\w*|edad|wiek|ik ben|ben ik|ik ben er|mijn leeftijd is|leeftijd is|age is|edad es|âge est|i am|i'm|im|ben|j'ai|tengo|mam|am|мені|мне)\s?:?\s(\d{2})(?![\d:/]|[.,]\d|\s?(?:min|u|h|uur|euro|€|km|keer|maand|kind|weken|dagen|mois|month))",
    re.I,
)
_AGE_AT = re.compile(
    r"\b(?:(?:op (?:mijn|mn|m'n|je|zijn|haar|hun)|j'en ai|ben er|kben)\s(?P<age>\d{2})|(?:at(?: age)?|à)\s(?P<late>2[5-9]|[3-9]\d))"
    r"(?:ste|e|ème|th)?(?![\d:/€%]|[.,]\d|\s?(?:h\b|u\b|am\b|pm\b|min|uur|euro|eur\b|o'?clock|heures?|km|ans|an\b|jaar|years?|dagen|weken|kinderen|%))",
    re.I,
)
"""An age by itself; after "at" or "à" only what can be no hour."""

_TENS = {
    "twintigste": "20", "dertigste": "30", "veertigste": "40", "vijftigste": "50", "zestigste": "60", "zeventigste": "70",
}  # fmt: skip
_AGE_IN_WORDS = re.compile(rf"\bop (?:mijn|mn|m'n|je|zijn|haar|hun) ({'|'.join(_TENS)})\b", re.I)
_AGE_OF_CHILD = re.compile(
    r"\b(?:zoon|dochter|zoontje|dochtertje|kind|fils|fille|son|daughter|oğlum|kızım|син|дочка|сын|дочь|syn|córka|hijo|hija) (?:is|est|van|de|of|має|tiene|ma)?\s?(\d{2})(?![\d:.,/]|\s?(?:u|h|uur|euro|€|km|keer|maand|weken|dagen|mois))",
    re.I,
)
_NOT_AGE = re.compile(
    r"^\s?(?:geleden|lang|als\b|as\b|comme\b|jako\b|como\b|aan het|poetsen|ervaring|gewerkt|werk|experience|ago|d'exp|d exp|d’exp|in belgi|hier|here|ici|en belg|depuis)",
    re.I,
)
_THEN = re.compile(
    r"(?:gestopt|gestart|begonnen|arr[eê]té?|quitt[eé]|stopped|left|quit|started|bıraktım|покинул?[ав]|бросила?|rzucił\w*|dejé)"
    r"(?:\s[\w'’]+){0,4}?\s(?:op (?:mijn|mn|m'n)|à|at|w wieku|в|у|a los)\s$",
    re.I,
)
"""What somebody did at another age: it is theirs no longer, when they tell a second one."""

_SO_LONG = re.compile(
    r"\b(?:al|reeds|sinds|meer dan|bijna|depuis|for|since|desde hace|вже|уже|od|już)\s$", re.I
)
_GOES_ON = re.compile(r"\s(?!oud\b|old\b|en\b|et\b|and\b|maar\b|mais\b|but\b)\w", re.I)
_PRICE = re.compile(
    r"(?:(?:max\w*|onder|minder dan|niet meer dan|ni meer dan|niet duurder dan|niet boven|goedkoper dan|heb maar|heb slechts|hoogstens|hooguit|ten hoogste|tot|not more than|no more than|cheaper than|only have|pas plus cher que|moins cher que|daha ucuz|taniej niz|дешевше|дешевле|less than|under|below|up to|moins de|maximum|jusqu'?[àa]|pas plus de|en dessous de"
    r"|en fazla|fazla|не більше|не больше|nie wiecej niz|cel mult|no mas de|максимум|menos de|do|до|meno di)\.?\s)?(?:(?:€|eur)\s?(\d{1,5})|(\d{1,5})(?:[.,]\d{2})?\s?(?:€|euros?\b|eur\b|евро|євро|يورو|avro))",
    re.I,
)
_CEILING = re.compile(
    r"max|onder|minder|niet meer|ni meer|duurder|boven|goedkoper|heb maar|heb slechts|not more|no more|cheaper|only have|moins cher|ucuz|taniej|дешев|hoogstens|hooguit|hoogste|більше|больше|максимум|wiecej|cel mult|tot |less|under|below|up to|moins|jusqu|pas plus|dessous|menos|budget|до |az |fazla",
    re.I,
)
_CEILING_AFTER = re.compile(r"\s?(?:max\w*|of minder|or less|ou moins|o menos|в\w* максимум)\b", re.I)
_DIGIT = re.compile(r"\d")
_LISTS = {
    name: (table, frozenset(phrase[0] for phrase in table))
    for name, table in (
        ("mode", MODES), ("status", STATUSES), ("diploma", DIPLOMAS), ("barrier", BARRIERS), ("language", LANGUAGES_ASKED),
    )
}  # fmt: skip
"""Phrases of every listed slot, and the words that they begin with."""

_BUDGET = re.compile(r"\bbudget(?:\s\w{1,10}){0,2}\s(\d{1,5})\b", re.I)


def find(text: str, tokens: Sequence[Token]) -> list[Slot]:
    """All slots of this file, in order of the message."""
    slots = _emails(text)
    if _DIGIT.search(text):
        slots += [*_phones(text), *_levels(text), *_ages(text), *_prices(text)]
    slots += _ages_in_words(text)
    for name, (table, starts) in _LISTS.items():
        slots += _listed(name, table, starts, text, tokens)
    return sorted(slots, key=lambda slot: slot.start)


def _emails(text: str) -> list[Slot]:
    return (
        [_slot("email", match.group().lower().rstrip("."), match) for match in _EMAIL.finditer(text)]
        if "@" in text
        else []
    )


def _phones(text: str) -> list[Slot]:
    found = []
    for match in _PHONE.finditer(text):
        written = match.group()
        digits = re.sub(r"\D", "", written)
        if written.startswith("+"):
            found.append(_slot("phone", f"+{digits}", match))
        elif digits.startswith("00"):
            found.append(_slot("phone", f"+{digits[2:]}", match))
        elif digits.startswith("0") and 9 <= len(digits) <= 10:
            found.append(_slot("phone", f"+32{digits[1:]}", match))
        elif digits.startswith("4") and len(digits) == 9:
            found.append(_slot("phone", f"+32{digits}", match))
        elif digits.startswith("324") and len(digits) == 11:
            found.append(_slot("phone", f"+{digits}", match))
    return found


def _levels(text: str) -> list[Slot]:
    marked = _LEVEL_MARK.search(text) is not None
    found = [_slot("nt2_level", match.group().upper().rstrip("+"), match) for match in _CEFR.finditer(text)]
    found += [_slot("nt2_level", f"{m.group(1)}.{m.group(2)}", m) for m in _LEVEL.finditer(text) if marked]
    return [slot for slot in found if slot.text.isupper() or marked or "." in slot.value]


def _ages(text: str) -> list[Slot]:
    found: list[Slot] = []
    patterns = (_AGE, _AGE_BEFORE, _AGE_OF_CHILD, _AGE_AT)
    for match in (match for pattern in patterns for match in pattern.finditer(text)):
        after = text[match.end() : match.end() + 16]
        is_age = 12 <= int(match[match.lastindex or 1]) <= 99 and not _NOT_AGE.match(after)
        if _SO_LONG.search(text[: match.start()]) and _GOES_ON.match(after):
            is_age = False  # "al 20 jaar lasser" is how long
        if is_age and not any(slot.start < match.end() and match.start() < slot.end for slot in found):
            found.append(_slot("age", str(int(match[match.lastindex or 1])), match))
    now = [slot for slot in found if not _THEN.search(text[: text.index(slot.value, slot.start)])]
    return now or found


def _ages_in_words(text: str) -> list[Slot]:
    return [_slot("age", _TENS[match.group(1).lower()], match) for match in _AGE_IN_WORDS.finditer(text)]


def _prices(text: str) -> list[Slot]:
    found = [
        _slot("price_max", str(int(match.group(1) or match.group(2))), match)
        for match in _PRICE.finditer(text)
        if _CEILING.search(match.group())
        or _CEILING.search(text[max(0, match.start() - 12) : match.start()])
        or _CEILING_AFTER.match(text[match.end() :])
    ]
    if not found:
        found = [_slot("price_max", str(int(match.group(1))), match) for match in _BUDGET.finditer(text)]
    return found


def _listed(
    name: str, table: Table, starts: frozenset[str], text: str, tokens: Sequence[Token]
) -> list[Slot]:
    """Words and phrases of a table, longest first; a word that ends in * stands for all that begin so."""
    folds = [token.fold for token in tokens]
    found: list[Slot] = []
    index = 0
    while index < len(folds):
        sizes = range(min(4, len(folds) - index), 0, -1) if folds[index] in starts else ()
        size = next((s for s in sizes if tuple(folds[index : index + s]) in table), 0)
        if size:
            last = index + size - 1
            start, end = tokens[index].start, tokens[last].end
            value = table[tuple(folds[index : index + size])]
            negated = is_negated(tokens, index, last)
            if negated and (name, value) == ("diploma", "secondary"):
                value, negated = "none", False  # who lacks that one has none that counts here
            if not any(slot.value == value for slot in found):
                found.append(
                    Slot(name=name, value=value, text=text[start:end], start=start, end=end, negated=negated)
                )
        index += size or 1
    return found


def _slot(name: str, value: str, match: re.Match[str]) -> Slot:
    return Slot(
        name=name,
        value=value,
        text=match.group(),
        start=match.start(),
        end=match.end(),
    )
