"""A written answer made fit to be read out: no addresses of pages, choices as keys, dates and hours in words, short."""

import re
from dataclasses import dataclass

LIMIT = 900  # characters: about a minute of speech
_SITE = re.compile(
    r"(?<![\w@./])(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:be|com|org|net|eu|vlaanderen|brussels)(?![\w/])"
)
_PAGE = r"(?:https?://\S+|(?<![\w@])(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:be|com|org|net|eu|vlaanderen|brussels)(?:/\S*)?(?!\w))"
_OR_PAGE = re.compile(rf"\s*\b(?:of|ou|or)\b[^.!?\n]{{0,40}}?{_PAGE}")
_WITH_PAGE = re.compile(rf"[^.!?\n]*{_PAGE}[^.!?\n]*[.!?]?")
_SOURCE = re.compile(r"^(?:Bron|Source|Over de prijs|Sur le prix|About the price)\b", re.IGNORECASE)
_CHOICE = re.compile(r"^(\d{1,2})\) (.+)$")
_DATE = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?![\d/])")
_HOURS = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})\s?[-–]\s?(\d{1,2}):(\d{2})(?!\d)")
_HOUR = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_CENTS = re.compile(r"(?<![\d.,])(\d+),(\d{2}) ?(?:euro|euros|€)|€ ?(\d+)[,.](\d{2})")
_EUROS = re.compile(r"€ ?(\d+)|(\d+) ?€")
_EMERGENCY = re.compile(r"(?<![\d.])(112|1813|1712|107|106|102|103)(?![\d])")
_UNSPOKEN = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F*_#]")


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """The words to say. `cut`: something can only be read; `dated`: there are days, hours or prices to remember."""

    text: str
    cut: bool
    dated: bool


@dataclass(frozen=True, kw_only=True)
class _Words:
    """How a language says what is written with signs."""

    choice: str
    weekdays: tuple[tuple[str, str], ...]
    months: tuple[str, ...]
    hours: str
    hour: str
    and_: str
    km: str
    dot: str
    to: str
    type_: str  # "type a number" becomes "press a number", "type *more*" becomes "say more"
    press: str
    say: str
    numbers: str


_LANGUAGES = {
    "nl": _Words(
        choice="Druk {key} voor {label}.",
        weekdays=(
            ("ma", "maandag"), ("di", "dinsdag"), ("wo", "woensdag"), ("do", "donderdag"), ("vr", "vrijdag"),
            ("za", "zaterdag"), ("zo", "zondag"),
        ),
        months=(
            "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
            "november", "december",
        ),
        hours="van {start} tot {end}", hour="uur", and_="en", km="kilometer", dot="punt", to="tot",
        type_="typ", press="druk op", say="zeg", numbers="het cijfer|een cijfer|een van de cijfers",
    ),
    "fr": _Words(
        choice="Appuie sur {key} pour {label}.",
        weekdays=(
            ("lu", "lundi"), ("ma", "mardi"), ("me", "mercredi"), ("je", "jeudi"), ("ve", "vendredi"),
            ("sa", "samedi"), ("di", "dimanche"),
        ),
        months=(
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
            "novembre", "décembre",
        ),
        hours="de {start} à {end}", hour="heures", and_="et", km="kilomètres", dot="point", to="à",
        type_="tape", press="appuie sur", say="dis", numbers="le chiffre|un chiffre|un des chiffres",
    ),
    "en": _Words(
        choice="Press {key} for {label}.",
        weekdays=(
            ("Mon", "Monday"), ("Tue", "Tuesday"), ("Wed", "Wednesday"), ("Thu", "Thursday"), ("Fri", "Friday"),
            ("Sat", "Saturday"), ("Sun", "Sunday"),
        ),
        months=(
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ),
        hours="from {start} to {end}", hour="", and_="and", km="kilometres", dot="dot", to="to",
        type_="type", press="press", say="say", numbers="the number|a number|one of the numbers",
    ),
}  # fmt: skip


def speakable(text: str, language: str, limit: int = LIMIT) -> Spoken:
    """`text` as one says it in `language` (nl, fr or en), at most `limit` characters, whole sentences."""
    words = _LANGUAGES[language]
    named = "\n".join(_source(line, words) for line in text.split("\n"))
    readable = _WITH_PAGE.sub("", _OR_PAGE.sub("", named))
    cut = readable != named
    lines = [_line(line.strip(), words) for line in readable.split("\n")]
    said = " ".join(filter(None, lines))
    short = _shortened(said, limit)
    dated = any(pattern.search(readable) for pattern in (_DATE, _HOUR, _CENTS, _EUROS))
    return Spoken(text=short, cut=cut or short != said, dated=dated)


def _source(line: str, words: _Words) -> str:
    """Where a fact comes from is said, also when that is the name of a site."""
    if not _SOURCE.match(line):
        return line
    return _SITE.sub(lambda match: match[0].removeprefix("www.").replace(".", f" {words.dot} "), line)


def _line(line: str, words: _Words) -> str:
    if not re.search(r"\w", line):
        return ""
    found = _CHOICE.match(line)
    if found:
        line = words.choice.format(key=found[1], label=found[2].rstrip("."))
    line = line.removeprefix("- ")
    line = _typed(line, words)
    line = _UNSPOKEN.sub("", line)
    line = _days(line, words)
    line = _DATE.sub(lambda match: _date(match, words), line)
    line = _HOURS.sub(
        lambda m: words.hours.format(start=_hour(m[1], m[2], words), end=_hour(m[3], m[4], words)), line
    )
    line = _HOUR.sub(lambda match: _hour(match[1], match[2], words), line)
    line = _CENTS.sub(lambda m: f"{m[1] or m[3]} euro {m[2] or m[4]}".removesuffix(" 00"), line)
    line = _EUROS.sub(lambda match: f"{match[1] or match[2]} euro", line)
    line = re.sub(r"(?<=\d) km\b", f" {words.km}", line)
    line = _EMERGENCY.sub(lambda match: _one_by_one(match[1]), line)
    line = re.sub(r"\s+", " ", re.sub(r"\s+([.,;:!?])", r"\1", line)).strip()
    return line if line[-1:] in ".!?:;," else f"{line}."


def _days(line: str, words: _Words) -> str:
    """Short names of days, where a date or an hour follows: elsewhere they can be other words."""
    full = dict(words.weekdays)
    one = "|".join(full)
    several = re.compile(rf"\b(?:{one})(?:(?:-|, | {words.and_} )(?:{one}))*(?=,? \d)")
    return several.sub(
        lambda m: re.sub(rf"\b({one})\b", lambda d: full[d[1]], m[0]).replace("-", f" {words.to} "), line
    )


def _typed(line: str, words: _Words) -> str:
    """What one would type, one presses or says; keeps the capital of a sentence."""

    def instead(match: re.Match[str]) -> str:
        verb = words.press if match[2] else words.say
        return (verb.capitalize() if match[1][0].isupper() else verb) + (f" {match[2]}" if match[2] else "")

    line = re.sub(rf"\b({words.type_})\b(?: ({words.numbers}|\d))?", instead, line, flags=re.IGNORECASE)
    return re.sub(r"(,| of| ou| or) \*([^*]+)\*", rf"\1 {words.say} \2", line)


def _date(match: re.Match[str], words: _Words) -> str:
    day, month = int(match[1]), int(match[2])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    return " ".join(filter(None, (str(day), words.months[month - 1], match[3])))


def _hour(hour: str, minutes: str, words: _Words) -> str:
    if not words.hour:  # English: a clock of twelve hours
        half = "am" if int(hour) < 12 else "pm"
        shown = (int(hour) - 1) % 12 + 1
        return f"{shown} {half}" if minutes == "00" else f"{shown} {minutes} {half}"
    return f"{int(hour)} {words.hour}" + ("" if minutes == "00" else f" {minutes}")


def _one_by_one(number: str) -> str:
    """112 is said "1 1 2", 1813 "18 13"."""
    return f"{number[:2]} {number[2:]}" if len(number) == 4 else " ".join(number)


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[:limit]
    end = max(kept.rfind(mark) for mark in (". ", "? ", "! "))
    return kept[: end + 1] if end > 0 else f"{kept.rsplit(' ', 1)[0]}."
