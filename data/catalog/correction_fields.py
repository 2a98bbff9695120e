"""Reading what staff typed, in their language, as the new value of a field: JSON the way `to_jsonb` gives the column."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from data import geo
from data.tables import RecordKind
from data.translation import N_, _

STATUSES = {
    "open": N_("open"),
    "full": N_("volzet"),
    "cancelled": N_("gaat niet door"),
    "ended": N_("voorbij"),
}
MODES = {"contact": N_("in de les"), "blended": N_("deels online"), "online": N_("online")}
"""Codes with their Dutch words."""
WEEKDAYS = (N_("ma"), N_("di"), N_("wo"), N_("do"), N_("vr"), N_("za"), N_("zo"))
LONGEST = 500
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
DEAREST = Decimal(100_000)


class NotAValue(ValueError):
    """What was typed cannot be this field's value; the message is a sentence for staff that says what can."""


def read(kind: RecordKind, field: str, typed: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The values to keep when `field` becomes what was typed: that of the field, and those that follow from it.

    `record` is the record as it is. An empty text empties a field that may be empty. Raises NotAValue.
    """
    words = " ".join(typed.split())
    if not words:
        if field in _MAY_BE_EMPTY:
            return {field: None}
        raise NotAValue(_("Vul de juiste waarde in."))
    value = _READERS.get(field, _text)(words)
    return {field: value, **_following(field, value, record)}


def _following(field: str, value: Any, record: Mapping[str, Any]) -> dict[str, Any]:
    if field in ("starts", "ends") and record.get("ends" if field == "starts" else "starts"):
        hours = {"starts": record["starts"], "ends": record["ends"], field: value}
        starts, ends = time.fromisoformat(hours["starts"]), time.fromisoformat(hours["ends"])
        if starts >= ends:
            raise NotAValue(_("De les moet eindigen nadat ze begint. Kijk ook het andere uur na."))
        return {"day_parts": _day_parts(starts, ends)}
    if field == "postcode":
        place = geo.by_postcode(value)[0]
        return {"municipality": place.municipality, "nis": place.nis, "lat": place.lat, "lon": place.lon}
    if field in ("start_date", "end_date"):
        dates = {"start_date": record["start_date"], "end_date": record["end_date"], field: value}
        if dates["end_date"] and dates["start_date"] and dates["end_date"] < dates["start_date"]:
            raise NotAValue(_("De cursus moet eindigen nadat ze begint. Kijk ook de andere datum na."))
    return {}


def _day_parts(starts: time, ends: time) -> list[str]:
    if starts >= time(17):
        return ["evening"]
    parts = ["morning"] if starts < time(12) else []
    return [*parts, "afternoon"] if ends > time(13) else parts


def _text(words: str) -> str:
    if len(words) > LONGEST:
        raise NotAValue(_("Te lang. Houd het onder {most} tekens.", most=LONGEST))
    return words


def _date(words: str) -> str:
    parts = words.replace("/", "-").replace(".", "-").split("-")
    if len(parts) == 3 and len(parts[0]) < 4:
        parts.reverse()
    try:
        day = date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        raise NotAValue(_("Geef een datum, zoals 5/1/2027.")) from None
    if not EARLIEST <= day <= LATEST:
        raise NotAValue(_("Geef een datum met het juiste jaar, zoals 5/1/2027."))
    return day.isoformat()


def _hour(words: str) -> str:
    hours, _colon, minutes = re.sub("[uh.]", ":", words.lower()).partition(":")
    try:
        return time(int(hours), int(minutes or 0)).isoformat()
    except ValueError:
        raise NotAValue(_("Geef een uur, zoals 19:00.")) from None


def _money(words: str) -> float:
    plain = words.lower().replace("euros", "").replace("euro", "").replace("€", "").strip().replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise NotAValue(_("Geef een bedrag in euro, zoals 120 of 1,50.")) from None
    if not (amount.is_finite() and 0 <= amount <= DEAREST):
        raise NotAValue(_("Geef een bedrag van 0 euro of meer, zoals 120 of 1,50."))
    return float(round(amount, 2))


def _whole(words: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) <= 4 and int(words)):
        raise NotAValue(_("Geef een geheel getal, zoals 120."))
    return int(words)


def _postcode(words: str) -> str:
    if not geo.by_postcode(words):
        raise NotAValue(_("Die postcode kennen we niet. Geef er een zoals 9300."))
    return words


def _url(words: str) -> str:
    if not words.startswith(("https://", "http://")) or " " in words:
        raise NotAValue(_("Geef een webadres dat met https:// begint."))
    return _text(words)


def _weekdays(words: str) -> list[int]:
    names = [_(day)[:2].lower() for day in WEEKDAYS]
    days: set[int] = set()
    for part in words.lower().replace(" - ", "-").replace(",", " ").split():
        first, _dash, last = part.partition("-")
        if part == _("en"):
            continue
        if first[:2] not in names or (last or first)[:2] not in names:
            raise NotAValue(_("Geef de dagen, zoals: di en do, of ma-vr."))
        days |= set(range(names.index(first[:2]), names.index((last or first)[:2]) + 1))
    if not days:
        raise NotAValue(_("Geef de dagen, zoals: di en do, of ma-vr."))
    return sorted(days)


def _one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    """Reads a code, or the words for it."""

    def chosen(words: str) -> str:
        codes = {_(word): code for code, word in choices.items()} | {code: code for code in choices}
        if words.lower() not in codes:
            raise NotAValue(_("Kies: {choices}.", choices=", ".join(_(word) for word in choices.values())))
        return codes[words.lower()]

    return chosen


def _yes_no(words: str) -> bool:
    if words.lower() not in (_("ja"), _("nee")):
        raise NotAValue(_("Antwoord met ja of nee."))
    return words.lower() == _("ja")


_READERS: Mapping[str, Callable[[str], Any]] = {
    "start_date": _date, "end_date": _date, "enrol_until": _date, "starts": _hour, "ends": _hour,
    "weekdays": _weekdays, "mode": _one_of(MODES), "status": _one_of(STATUSES), "lesson_hours": _whole,
    "material_cost": _money, "per_hour": _money, "fixed": _money, "ceiling": _money, "url": _url,
    "postcode": _postcode, "wheelchair": _yes_no,
}  # fmt: skip
_MAY_BE_EMPTY = frozenset(
    {
        "end_date", "enrol_until", "url", "level", "requirements", "certificate", "street", "wheelchair", "phone", "per_hour",
        "fixed", "ceiling", "value", "unit",
    }
)  # fmt: skip

EDITABLE: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.RUN: (
        "status", "start_date", "end_date", "enrol_until", "weekdays", "starts", "ends", "mode", "lesson_hours",
        "material_cost", "url",
    ),
    RecordKind.COURSE: ("title", "level", "requirements", "certificate"),
    RecordKind.PLACE: ("name", "street", "postcode", "wheelchair"),
    RecordKind.PROVIDER: ("name", "url", "phone"),
    RecordKind.PRICE_RULE: ("per_hour", "fixed", "ceiling", "statement"),
    RecordKind.FACT: ("statement", "value", "unit"),
}  # fmt: skip
"""What a form offers: those of corrections.FIELDS that do not follow from another."""
