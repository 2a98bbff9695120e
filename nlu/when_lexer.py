"""A message as a row of atoms of time: words with what they may mean, clock times, written dates, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nlu.text import Token, tokens
from nlu.when_words import LONGEST_PHRASE, PHRASES, Kind

_KEPT = 8_192  # words of which is remembered what they say of time

_END = r"(?![^\W_])"
_EXPRESSION = re.compile(
    r"(?<![^\W_])(?:"
    r"(?P<iso>(\d{4})-(\d{1,2})-(\d{1,2}))" + _END + r"|(?P<dmy>(\d{1,2})([/.-])(\d{1,2})\7(\d{4}|\d{2}))" + _END + r"(?!\d)"
    r"|(?P<dm>(\d{1,2})/(\d{1,2}))(?![/\d])" + _END + r"|(?P<ampm>(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.?m\.?)" + _END +
    r"|(?P<hm>(\d{1,2}) ?(?:[uh:]|uur) ?([0-5]\d))(?: ?(?:u|uur|h)\b)?" + _END + r"|(?P<dotted>(\d{1,2})[.,]([0-5]\d) ?(?:u|uur|h))" + _END +
    r"|(?P<hour>(\d{1,2}) ?(?:u|uur|ure|uren|h|heures?|o'?clock|hrs?|год|часов|часа|['’][dt][ae]n?))" + _END +
    r"|(?P<nth>(\d{1,2})(?:ste|de|e|th|st|nd|rd|er))" + _END + r"|(?P<number>\d{1,2})(?![.,:/]?\d)" + _END + r")",
    re.IGNORECASE,
)  # fmt: skip


_DIGIT = re.compile(r"\d")
_STARTS = frozenset(phrase[0] for phrase in PHRASES)


@dataclass(frozen=True, slots=True)
class Atom:
    """A span with every meaning it may have."""

    kinds: Mapping[Kind, object]
    word: str
    start: int
    end: int


def atoms(text: str) -> list[Atom]:
    """The atoms of a message in order; what says nothing about time is an atom of kind OTHER."""
    found: list[Atom] = []
    row = tokens(text)
    index = 0
    for match in _EXPRESSION.finditer(text) if _DIGIT.search(text) else ():
        kinds = _meaning(match)
        if kinds is None:
            continue
        while index < len(row) and row[index].start < match.start():
            index = _add_words(found, row, index, match.start())
        found.append(Atom(kinds, match.group(), match.start(), match.end()))
        while index < len(row) and row[index].start < match.end():
            index += 1
    while index < len(row):
        index = _add_words(found, row, index, len(text))
    return found


_ENGLISH_BEFORE = frozenset(
    ["when", "how", "what", "where", "why", "who", "i", "you", "we", "they", "to", "can", "could", "not"]
)
_ENGLISH_AFTER = frozenset(
    ["i", "you", "we", "they", "it", "the", "not", "have", "need", "this", "that", "a", "an", "your"]
)


def _is_english(row: tuple[Token, ...], index: int) -> bool:
    """Whether "do" at `index` is the English verb, and not short for Thursday."""
    before, after = row[index - 1 : index], row[index + 1 : index + 2]
    return any(token.fold in _ENGLISH_BEFORE for token in before) or any(
        token.fold in _ENGLISH_AFTER for token in after
    )


def _add_words(found: list[Atom], row: tuple[Token, ...], index: int, limit: int) -> int:
    """Append the longest phrase that starts at `index` and ends before `limit`; return where to go on."""
    token = row[index]
    longest = min(LONGEST_PHRASE, len(row) - index) if token.fold in _STARTS else 0
    while longest and row[index + longest - 1].end > limit:
        longest -= 1
    for size in range(longest, 0, -1):
        key = tuple(token.fold for token in row[index : index + size])
        meanings = None if key == ("do",) and _is_english(row, index) else PHRASES.get(key)
        if meanings is not None:
            found.append(Atom(dict(meanings), " ".join(key), row[index].start, row[index + size - 1].end))
            return index + size
    found.append(Atom(_alone(token.fold), token.fold, token.start, token.end))
    return index + 1


@lru_cache(_KEPT)
def _alone(word: str) -> Mapping[Kind, object]:
    """What a word that stands in no list may say."""
    return _compound(word) or _with_ending(word) or {Kind.OTHER: None}


_DUTCH_PARTS = ("ochtend", "morgen", "voormiddag", "middag", "namiddag", "avond", "nacht", "vroeg")
_COURSE_HEADS = {"avond": "evening", "dag": "morning", "ochtend": "morning", "namiddag": "afternoon"}
_COURSE_TAILS = frozenset(
    [
        "school",
        "les",
        "lessen",
        "lesje",
        "cursus",
        "cursussen",
        "onderwijs",
        "opleiding",
        "opleidingen",
        "klas",
        "aanbod",
    ]
)


def _compound(word: str) -> dict[Kind, object] | None:
    """ "dinsdagavond", "morgenochtend", "avondschool", "weekendcursus"."""
    for tail in _DUTCH_PARTS:
        for ending in (tail, tail + "en", tail + "s"):
            head = word.removesuffix(ending)
            if head == word or len(head) < 2:
                continue
            part = (
                "morning"
                if tail in ("morgen", "ochtend", "voormiddag", "vroeg")
                else "evening"
                if tail in ("avond", "nacht", "vroeg")
                else "afternoon"
            )
            for kind, value in PHRASES.get((head,), ()):
                if kind in (Kind.WEEKDAY, Kind.DAY, Kind.WEEKEND) or (
                    kind is Kind.SHORT_WEEKDAY and len(head) > 1
                ):
                    plain = Kind.WEEKDAY if kind is Kind.SHORT_WEEKDAY else kind
                    habit = (
                        ending.endswith(("en", "s"))
                        and plain is Kind.WEEKDAY
                        and not ending.endswith("morgen")
                    )
                    return {Kind.EVERY_WEEKDAY if habit else plain: value, Kind.PART: part}
    for head, part in _COURSE_HEADS.items():
        if word.startswith(head) and word[len(head) :] in _COURSE_TAILS:
            return {Kind.PART: part}
    if word.startswith("weekend") and word[7:] in _COURSE_TAILS:
        return {Kind.WEEKEND: None}
    return None


_TURKISH_ENDINGS = (
    "lerinde", "larinda", "leri", "lari", "ler", "lar", "gunu", "de", "da", "te", "ta", "ye", "ya", "e", "a", "yi", "i", "den", "dan", "nin", "si",
)  # fmt: skip
_ARABIC_HEADS = ("وال", "بال", "فال", "لل", "ال", "و", "ب", "ف", "ل", "يوم")


def _with_ending(word: str) -> dict[Kind, object] | None:
    """Turkish endings ("salıya", "sabahları") and what Arabic writes onto a word ("بالمساء")."""
    wanted = (Kind.WEEKDAY, Kind.DAY, Kind.PART, Kind.WEEK)
    if word.isascii():
        for ending in _TURKISH_ENDINGS:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= 4 and (stem,) in PHRASES and stem in _TURKISH:
                kinds = {kind: value for kind, value in PHRASES[(stem,)] if kind in wanted}
                if ending.startswith(("ler", "lar")) and Kind.WEEKDAY in kinds:
                    return {Kind.EVERY_WEEKDAY: kinds[Kind.WEEKDAY]}
                return kinds or None
        return None
    for head in _ARABIC_HEADS:
        stem = word.removeprefix(head)
        if stem != word and (stem,) in PHRASES:
            return {kind: value for kind, value in PHRASES[(stem,)] if kind in wanted} or None
    return None


_TURKISH = frozenset(
    [
        "pazartesi",
        "sali",
        "carsamba",
        "persembe",
        "cuma",
        "cumartesi",
        "pazar",
        "bugun",
        "yarin",
        "sabah",
        "aksam",
        "hafta",
        "ogleden",
    ]
)


def _meaning(match: re.Match[str]) -> dict[Kind, object] | None:
    """What a written date, time or number says; None when it is no possible one."""
    groups = match.groups()
    name = match.lastgroup
    numbers = (
        [
            int(group)
            for group in groups[groups.index(match.group(name or 0)) + 1 :]
            if group and group.isdecimal()
        ]
        if name
        else []
    )
    if name == "iso":
        return _date(numbers[0], numbers[1], numbers[2])
    if name == "dmy":
        year = numbers[2] if numbers[2] > 99 else 2000 + numbers[2]
        return _date(year, numbers[1], numbers[0])
    if name == "dm":
        return _date(0, numbers[1], numbers[0])
    if name == "ampm":
        hour = numbers[0] % 12 + (
            12 if (groups[-1] or match.group()).lower().find("p") >= 0 or "p" in match.group().lower() else 0
        )
        return _clock(hour, numbers[1] if len(numbers) > 1 else 0, sure=True)
    if name in ("hm", "dotted"):
        return _clock(numbers[0], numbers[1], sure=True)
    if name == "hour":
        return _clock(numbers[0], 0, sure=False)
    if name == "nth":
        return {Kind.ORDINAL: numbers[0]} if 1 <= numbers[0] <= 31 else None
    return {Kind.NUMBER: int(match.group())}


def _date(year: int, month: int, day: int) -> dict[Kind, object] | None:
    return {Kind.DATE: (year, month, day)} if 1 <= month <= 12 and 1 <= day <= 31 else None


def _clock(hour: int, minute: int, *, sure: bool) -> dict[Kind, object] | None:
    """`sure` clocks need no preposition; "2 uur" may also be how long something takes."""
    return {Kind.CLOCK: (hour, minute, sure)} if hour <= 24 and minute < 60 else None
