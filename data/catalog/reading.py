"""Texts from catalogue files as values. Each function raises Wrong, a sentence, for what cannot be right."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
EARLIEST, LATEST = 2000, 2100  # years
MOST_HOURS = 5000
LONGEST_ID = 200  # characters
MOST_EURO = Decimal(100_000)
CENT = Decimal("0.01")
DAYS = {
    "ma": 0, "maandag": 0, "mo": 0, "mon": 0, "monday": 0, "lundi": 0, "di": 1, "dinsdag": 1, "tu": 1, "tue": 1,
    "tuesday": 1, "mardi": 1, "wo": 2, "woe": 2, "woensdag": 2, "we": 2, "wed": 2, "wednesday": 2, "mercredi": 2,
    "do": 3, "donderdag": 3, "th": 3, "thu": 3, "thursday": 3, "jeudi": 3, "vr": 4, "vrij": 4, "vrijdag": 4, "fr": 4,
    "fri": 4, "friday": 4, "vendredi": 4, "za": 5, "zaterdag": 5, "sa": 5, "sat": 5, "saturday": 5, "samedi": 5,
    "zo": 6, "zondag": 6, "su": 6, "sun": 6, "sunday": 6, "dimanche": 6,
}  # fmt: skip
DAY_PARTS = {
    "morning": "morning", "voormiddag": "morning", "ochtend": "morning", "afternoon": "afternoon",
    "namiddag": "afternoon", "middag": "afternoon", "evening": "evening", "avond": "evening",
}  # fmt: skip
MODES = {
    "contact": "contact", "contactonderwijs": "contact", "blended": "blended", "gecombineerd": "blended",
    "online": "online", "afstand": "online", "afstandsonderwijs": "online",
}  # fmt: skip
STATUSES = {
    "open": "open", "vrij": "open", "full": "full", "volzet": "full", "vol": "full", "cancelled": "cancelled",
    "geannuleerd": "cancelled", "afgelast": "cancelled", "ended": "ended", "afgelopen": "ended",
}  # fmt: skip
KINDS = ("cbe", "cvo", "hogeschool", "vdab", "syntra", "avansa", "other")
_COUNTRIES = {"NLD": "NL", "NEDERLAND": "NL", "FRA": "FR", "FRANCE": "FR", "FRANKRIJK": "FR", "DEU": "DE",
              "DUITSLAND": "DE", "LUX": "LU", "LUXEMBURG": "LU", "GBR": "GB"}  # fmt: skip
_KIND_WORDS = {
    "cvo": "cvo", "cbe": "cbe", "ligo": "cbe", "syntra": "syntra", "vdab": "vdab", "avansa": "avansa",
    "hogeschool": "hogeschool", "universiteit": "hogeschool", "university": "hogeschool",
}  # fmt: skip
_LANGUAGES = {"nld": "nl", "dut": "nl", "fra": "fr", "fre": "fr", "eng": "en", "deu": "de", "ger": "de", "tur": "tr",
              "ara": "ar", "ukr": "uk", "pol": "pl", "spa": "es", "ita": "it", "por": "pt", "rus": "ru", "zho": "zh",
              "jpn": "ja", "ell": "el"}  # fmt: skip
_LANGUAGE_NAMES = {"nederlands": "nl", "frans": "fr", "engels": "en", "duits": "de", "dutch": "nl", "french": "fr",
                   "english": "en", "german": "de"}  # fmt: skip
# What UTF-8 looks like when somebody read it as Windows-1252 and saved it again: "BeÃ«indigen", "â‚¬".
_MANGLED = re.compile("Ã[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â‚¬|â€|ï¿½|�")
_TAG = re.compile(r"<[^<>]{0,500}>")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class Wrong(ValueError):
    """A value that cannot be right; the sentence says why."""


def clean(text: str) -> str:
    """A text that can be stored and shown: without control characters, halves of characters and needless spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


def short_id(text: str) -> str:
    """An id as it is, or when it is very long its beginning and a digest."""
    plain = clean(str(text))
    if len(plain) <= LONGEST_ID:
        return plain
    return f"{plain[: LONGEST_ID - 33]}-{hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()}"


def words(text: object, what: str, most: int) -> str | None:
    """A text without mark-up and without needless spaces; None when it is empty."""
    if text is None or text == "":
        return None
    found = str(text)
    if "<" in found:
        found = _TAG.sub(" ", found)
    found = clean(found)
    if len(found) > most:
        raise Wrong(f"The {what} has {len(found):,} characters; at most {most:,}.")
    if _MANGLED.search(found):
        raise Wrong(
            f"The {what} “{found[:40]}” was saved in another encoding than it was read in. Save it as UTF-8."
        )
    return found or None


@lru_cache(maxsize=4096)
def day(text: str | None, what: str) -> date | None:
    """A date, from 2027-02-01, 01/02/2027 (day first) or a moment; a moment with a zone as its day in Brussels."""
    if not text:
        return None
    said = text.strip()
    parts = re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$", said)
    try:
        if parts:
            found = date(int(parts[3]), int(parts[2]), int(parts[1]))
        elif len(said) > 10:
            moment = datetime.fromisoformat(said)
            found = (moment.astimezone(BRUSSELS) if moment.tzinfo else moment).date()
        else:
            found = date.fromisoformat(said)
    except (ValueError, OverflowError):
        raise Wrong(f"The {what} “{said[:40]}” is no date. Write it as 2027-02-01.") from None
    if not EARLIEST <= found.year <= LATEST:
        hint = (
            " (spreadsheets write that for an empty cell)" if found.year in (1899, 1900, 1904, 1970) else ""
        )
        raise Wrong(f"The {what} {found} lies outside {EARLIEST}-{LATEST}{hint}.")
    return found


@lru_cache(maxsize=4096)
def hour(text: str | None, what: str) -> time | None:
    """A time of day, from 18:30, 18u30, 18.30, 18h or 18:30:00."""
    if not text:
        return None
    found = re.fullmatch(
        r"(\d{1,2})\s*(?:[:.uUhH]\s*(\d{2})?)?(?::\d{2})?(?:Z|[+-]\d\d:?\d\d)?", text.strip()
    )
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise Wrong(f"The {what} “{text[:40]}” is no time of day. Write it as 18:30.")
    return time(int(found[1]), int(found[2] or 0))


@lru_cache(maxsize=4096)
def weekdays(given: tuple[str, ...]) -> list[int]:
    """0 is Monday; from words in Dutch, French or English, or schema.org's addresses."""
    found = set()
    for word in given:
        plain = word.rpartition("/")[2].strip().rstrip(".").lower()
        if plain not in DAYS:
            raise Wrong(f"“{word[:40]}” is no day of the week. Write ma, di, wo, do, vr, za or zo.")
        found.add(DAYS[plain])
    return sorted(found)


def day_parts(given: tuple[str, ...], starts: time | None, ends: time | None) -> list[str]:
    """morning · afternoon · evening: those given, or else by the hours."""
    for word in given:
        if word.lower() not in DAY_PARTS:
            raise Wrong(f"“{word[:40]}” is no part of the day. Write voormiddag, namiddag or avond.")
    if given:
        chosen = {DAY_PARTS[word.lower()] for word in given}
    elif starts is None:
        chosen = set()
    elif starts >= time(17):
        chosen = {"evening"}
    else:
        chosen = {"morning"} if starts < time(12) else {"afternoon"}
        if ends is not None and ends > time(13):
            chosen.add("afternoon")
    return [part for part in ("morning", "afternoon", "evening") if part in chosen]


def one_of(text: str | None, known: dict[str, str], what: str, usual: str) -> str:
    """A word of ours for a word of theirs; `usual` when there is none."""
    if not text:
        return usual
    found = known.get(text.strip().lower())
    if found is None:
        raise Wrong(f"The {what} “{text[:40]}” is not known. Write one of: {', '.join(known)}.")
    return found


def euro(text: object, what: str, currency: str | None = None) -> Decimal | None:
    """An amount in euro, from 120, 120.00, 120,00, 1.234,50 or € 120; "gratis" is nothing to pay."""
    if text is None or text == "":
        return None
    said = str(text).strip()
    foreign = re.search(r"[£$¥]|\b(?:GBP|USD|CHF)\b", said)
    if foreign or (currency or "EUR").upper() not in ("EUR", "EURO", "€"):
        raise Wrong(f"The {what} is in {foreign[0] if foreign else currency}; only euro can be shown.")
    if said.lower() in ("gratis", "free", "kosteloos"):
        return Decimal(0)
    number = re.sub(r"(?:€|\bEUR(?:O)?\b|\s)", "", said, flags=re.I)
    if re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+,\d+", number):
        number = number.replace(".", "").replace(",", ".")
    try:
        found = Decimal(number)
    except InvalidOperation:
        raise Wrong(f"The {what} “{said[:40]}” is no amount. Write it as 120,00.") from None
    if not found.is_finite() or found > MOST_EURO:
        raise Wrong(f"The {what} {said[:40]} is no price of a course.")
    if found < 0:
        raise Wrong(f"The {what} is {said[:40]}, below zero.")
    return found.quantize(CENT)


def lesson_hours(text: object) -> int:
    """How many; 0 when it is not told."""
    if text is None or text == "":
        return 0
    found = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?", str(text).strip())
    if not found or int(found[1]) > MOST_HOURS:
        raise Wrong(
            f"“{str(text)[:40]}” is no number of lesson hours. Write a whole number up to {MOST_HOURS}."
        )
    return int(found[1])


def yes_or_no(value: object, what: str) -> bool | None:
    if value is None or value == "" or isinstance(value, bool):
        return value if isinstance(value, bool) else None
    said = str(value).strip().lower()
    if said in ("ja", "yes", "true", "1"):
        return True
    if said in ("nee", "neen", "no", "false", "0"):
        return False
    raise Wrong(f"The {what} “{said[:40]}” should be ja or nee.")


def address(text: object, what: str) -> str | None:
    """An http(s) address; one that only says where within a site ("./") is left out."""
    said = str(text or "").strip()
    if not said or (":" not in said.split("/")[0] and not said.startswith("www.")):
        return None
    said = f"https://{said}" if said.startswith("www.") else said
    try:
        parts = urlsplit(said)
        good = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        good = False
    if not good or len(said) > 1000 or _CONTROL.search(said) or " " in said:
        raise Wrong(f"The {what} “{said[:60]}” is no web address. It should begin with https://.")
    return said


def degrees(lat: object, lon: object) -> tuple[float, float] | None:
    """A point, when both are there and lie in or near Europe."""
    if lat in (None, "") or lon in (None, ""):
        return None
    try:
        point = (float(str(lat).replace(",", ".")), float(str(lon).replace(",", ".")))
    except ValueError:
        point = (math.nan, math.nan)
    if not (34 <= point[0] <= 72 and -25 <= point[1] <= 45):
        raise Wrong(
            f"The coordinates {str(lat)[:20]}, {str(lon)[:20]} are no point in Europe (latitude, longitude)."
        )
    return point


def is_abroad(text: str | None) -> bool:
    """Whether a country is told that is not Belgium."""
    return (text or "").strip().lower() not in ("", "be", "bel", "belgië", "belgie", "belgium", "belgique")


def country(text: str | None, postcode: str) -> str:
    """The two letters of a country that is not Belgium; without a name, by the form of the postcode."""
    said = (text or "").strip().upper()
    if re.fullmatch(r"[A-Z]{2}", said):
        return said
    if said in _COUNTRIES:
        return _COUNTRIES[said]
    if not said and re.fullmatch(r"\d{4} ?[A-Z]{2}", postcode.strip().upper()):
        return "NL"
    raise Wrong(f"The country “{(text or '')[:40]}” is not known. Write two letters, such as NL.")


def language(text: str | None) -> str:
    """The two letters; "nl" when nothing is told."""
    said = (text or "nl").strip().lower()
    code = _LANGUAGE_NAMES.get(said) or _LANGUAGES.get(said) or re.split(r"[-_]", said)[0]
    if not re.fullmatch(r"[a-z]{2,3}", code):
        raise Wrong(f"The language “{said[:40]}” is not known. Write two letters, such as nl.")
    return code


def provider_kind(text: str | None, name: str) -> str:
    """One of `KINDS`: as told, or else by the words of the name."""
    said = (text or "").strip().lower()
    if said in KINDS:
        return said
    if said and "/" not in said:
        raise Wrong(f"The kind of provider “{said[:40]}” is not known. Write one of: {', '.join(KINDS)}.")
    return next(
        (kind for word in re.findall(r"\w+", name.lower()) if (kind := _KIND_WORDS.get(word))), "other"
    )
