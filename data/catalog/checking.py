"""From what a document says to a row of the catalogue, or to sentences that say what is wrong with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from data import geo
from data.catalog import reading
from data.catalog.importers.base import Found
from data.catalog.reading import Wrong
from data.catalog.search import subjects_in
from data.catalog.subjects import subject

T = TypeVar("T")
ABROAD = ""  # the NIS code of places outside Belgium
LONGEST_ID = 200
_ADDRESS = re.compile(
    r"(?:(.*?)[,;]?\s+)?(?:BE?\s?-\s?)?(\d{4})\s+([^\d,;]+)(?:[,;]\s*(?:België|Belgium|BE))?", re.I
)
_ABROAD = re.compile(r"(?:(.*),\s+)?(\S*\d\S*(?:\s[A-Z]{2})?)\s+(\D+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the staging table `import_row`; its fields are the columns, in this order.

    Without `run_id` there is no run, and all after it is empty. `rule_id`: a stored price rule; else `fixed`, an
    amount in euro; else the price is unknown. `lesson_hours` 0: unknown. Dates, hours and codes as in `tables.catalog`.
    """

    position: int
    line: int
    page: str
    provider_id: str
    provider_name: str
    provider_kind: str
    provider_url: str | None
    provider_phone: str | None
    place_id: str | None
    place_name: str | None
    street: str | None
    postcode: str | None
    municipality: str | None
    country: str | None
    nis: str | None
    lat: float | None
    lon: float | None
    wheelchair: bool | None
    course_id: str
    title: str
    description: str
    subject_ids: list[str]
    level: str | None
    language: str
    requirements: str | None
    certificate: str | None
    course_url: str | None
    run_id: str | None
    start_date: date | None
    end_date: date | None
    enrol_until: date | None
    weekdays: list[int]
    starts: time | None
    ends: time | None
    day_parts: list[str]
    mode: str
    lesson_hours: int
    rule_id: int | None
    fixed: Decimal | None
    material_cost: Decimal
    status: str
    url: str | None
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A stored price rule that a document may name, by its id or its key."""

    id: int
    names: tuple[str, ...]
    per_hour: bool
    valid_from: date | None
    valid_to: date | None

    def covers(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


Fields = dict[str, Any]


class Checker:
    """Checks one record after the other.

    `today` decides what has ended; `provider` is whose offer it is where a record does not say.
    """

    def __init__(self, rules: list[Rule], today: date, provider: str | None = None) -> None:
        self._today, self._provider = today, provider
        self._rules: dict[str, list[Rule]] = {}
        for rule in rules:
            for name in rule.names:
                self._rules.setdefault(name.casefold(), []).append(rule)
        self._position = 0

    def check(self, found: Found) -> Row | list[str]:
        """The row, or all that is wrong, one sentence each."""
        self._position += 1
        trial = _Trial()
        provider: Fields = trial(lambda: self._whose(found), _nothing(_PROVIDER))
        title = trial(lambda: _title(found), "")
        course = trial(lambda: _course(found, provider["provider_id"], title), _nothing(()))
        place, run = _nothing(_PLACE), dict(_NO_RUN)
        if found.has_run:
            place = trial(lambda: _place(found, provider["provider_id"]), place)
            run = self._run(found, provider["provider_kind"], course, place, trial)
        valid_from = trial(lambda: reading.day(found.valid_from, "first day of validity"), None)
        valid_to = trial(lambda: reading.day(found.valid_to, "last day of validity"), None)
        if trial.wrong:
            return trial.wrong
        return Row(
            position=self._position,
            line=found.line,
            page=found.page,
            valid_from=valid_from,
            valid_to=valid_to,
            **provider,
            **place,
            **course,
            **run,
        )

    def _whose(self, found: Found) -> Fields:
        return _provider(
            found.provider_id,
            found.provider_name or self._provider,
            found.provider_kind,
            found.provider_url,
            found.provider_phone,
        )

    def _run(self, found: Found, kind: str, course: Fields, place: Fields, trial: _Trial) -> Fields:
        start = trial(lambda: _start(found), None)
        end = trial(lambda: reading.day(found.end or None, "end"), None)
        starts = trial(lambda: reading.hour(found.starts, "first hour"), None)
        ends = trial(lambda: reading.hour(found.ends, "last hour"), None)
        hours = trial(lambda: reading.lesson_hours(found.lesson_hours), 0)
        fixed = trial(lambda: reading.euro(found.price, "price", found.currency), None)
        status = trial(lambda: reading.one_of(found.status, reading.STATUSES, "status", "open"), "open")
        if start and end and end < start:
            trial.wrong.append(f"The end ({end}) is before the start ({start}).")
        elif end and end < self._today and status == "open":
            status = "ended"
        if starts and ends and ends <= starts:
            trial.wrong.append(f"The lesson ends ({ends:%H:%M}) before it begins ({starts:%H:%M}).")
        rule = trial(lambda: self._rule(found, kind, course, place, start, hours), None)
        return {
            "run_id": trial(lambda: _run_id(found, course, place, start, starts), ""),
            "start_date": start,
            "end_date": end,
            "enrol_until": trial(lambda: reading.day(found.enrol_until or None, "last day to enrol"), None),
            "weekdays": trial(lambda: reading.weekdays(found.weekdays), list[int]()),
            "starts": starts,
            "ends": ends,
            "day_parts": trial(lambda: reading.day_parts(found.day_parts, starts, ends), list[str]()),
            "mode": trial(lambda: reading.one_of(found.mode, reading.MODES, "form", "contact"), ""),
            "lesson_hours": hours,
            "rule_id": rule,
            "fixed": fixed if rule is None else None,
            "material_cost": trial(lambda: reading.euro(found.material, "price of the material"), None)
            or Decimal(0),
            "status": status,
            "url": trial(lambda: reading.address(found.url, "link"), None),
        }

    def _rule(
        self, found: Found, kind: str, course: Fields, place: Fields, start: date | None, hours: int
    ) -> int | None:
        """The price rule that is named, or that the decree sets for this kind of provider."""
        name = (found.price_rule or "").strip().casefold()
        known = self._rules.get(name, [])
        if name and not known and found.price in (None, ""):
            raise Wrong(
                f"The tariff “{name[:40]}” is not known. Known: {', '.join(sorted(self._rules))[:400]}."
            )
        if not name and found.decreed:
            known = self._rules.get(_decreed(kind, course.get("subject_ids", ()), place["nis"]), [])
        if not known:
            return None
        rule = next((rule for rule in known if rule.covers(start or self._today)), known[0])
        if rule.per_hour and not hours:
            if name:
                raise Wrong(
                    f"The tariff “{name[:40]}” is per lesson hour, so the number of lesson hours must be given."
                )
            return None
        return rule.id


class _Trial:
    """Runs one reading after the other and collects what is wrong."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def __call__(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except Wrong as error:
            self.wrong.append(str(error))
            return otherwise


# Many records share a provider, and a place: the same words are read once.
@lru_cache(maxsize=4096)
def _provider(
    provider_id: str | None, told: str | None, kind: str | None, url: str | None, phone: str | None
) -> Fields:
    name = reading.words(told, "name of the provider", 200)
    if name is None:
        raise Wrong("There is no provider. If all of it is one school's, say whose with --provider.")
    return {
        "provider_id": _short(provider_id or geo.slug(name) or name),
        "provider_name": name,
        "provider_kind": reading.provider_kind(kind, name),
        "provider_url": reading.address(url, "provider's address"),
        "provider_phone": reading.words(phone, "telephone number", 50),
    }


def _decreed(kind: str, subject_ids: Sequence[str], nis: str | None) -> str:
    """The id of the tariff in the decree, by kind of provider and by subject where that makes a difference."""
    if kind == "cbe":
        return "cbe-standard"
    if kind != "cvo":
        return ""
    if any(item.startswith("nt2") for item in subject_ids):
        return "cvo-nt2-brussel" if (nis or "").startswith(geo.BRUSSELS_NIS_PREFIX) else "cvo-nt2"
    return "cvo-general" if "diploma_secundair" in subject_ids else "cvo-standard"


def _title(found: Found) -> str:
    title = reading.words(found.title, "title", 300)
    if title is None:
        raise Wrong("There is no title.")
    return title


def _start(found: Found) -> date:
    start = reading.day(found.start or None, "start")
    if start is None:
        raise Wrong("There is no start date.")
    return start


def _course(found: Found, provider_id: str | None, title: str) -> Fields:
    known = [item for word in found.subjects for item in _subjects(word)]
    return {
        "course_id": _short(found.course_id or f"{provider_id}/{geo.slug(title) or title}"),
        "title": title,
        "description": reading.words(found.description, "description", 20_000) or "",
        "subject_ids": list(dict.fromkeys(known)) or list(_subjects(title)),
        "level": reading.words(found.level, "level", 100),
        "language": reading.language(found.language),
        "requirements": reading.words(found.requirements, "requirements", 2000),
        "certificate": reading.words(found.certificate, "certificate", 300),
        "course_url": reading.address(found.course_url, "link of the course"),
    }


@lru_cache(maxsize=4096)
def _subjects(words: str) -> tuple[str, ...]:
    return (words,) if subject(words) else subjects_in(words)


def _place(found: Found, provider_id: str | None) -> Fields:
    street = reading.words(found.street, "street", 200)
    postcode = re.sub(r"^BE?\s*-\s*", "", reading.words(found.postcode, "postcode", 20) or "", flags=re.I)
    municipality = reading.words(found.municipality, "municipality", 100) or ""
    whole = reading.words(found.address, "address", 400)
    if whole and not postcode:
        parts = (_ABROAD if reading.is_abroad(found.country) else _ADDRESS).fullmatch(whole)
        if parts:
            street, postcode, municipality = street or parts[1] or None, parts[2], parts[3].strip()
    point = reading.degrees(found.lat, found.lon)
    town = _town(postcode, municipality, found.country, whole)
    if town is None and point is None:
        raise Wrong(
            f"{municipality or postcode or whole} lies outside Belgium, so its coordinates must be given."
            if municipality or postcode or whole
            else "There is no place: give a postcode."
        )
    name = reading.words(found.place_name, "name of the place", 200)
    where = (town.municipality if town else municipality) or "?"
    # Several places of a provider may share a building's name, or have none.
    derived = f"{provider_id}/{geo.slug(' '.join(filter(None, (postcode or where, street, name))))}"
    return {
        "place_id": _short(found.place_id or derived),
        "place_name": name or street or where,
        "street": street,
        "postcode": postcode if postcode or town is None else town.postcodes[0],
        "municipality": where,
        "country": "BE" if town else reading.country(found.country, postcode),
        "nis": town.nis if town else ABROAD,
        "lat": point[0] if point else town.lat if town else None,
        "lon": point[1] if point else town.lon if town else None,
        "wheelchair": reading.yes_or_no(found.wheelchair, "wheelchair access"),
    }


@lru_cache(maxsize=4096)
def _town(postcode: str, name: str, country: str | None, whole: str | None) -> geo.Place | None:
    """The Belgian place; None for one abroad. Raises Wrong for a place that is not there."""
    if reading.is_abroad(country) or (postcode and not re.fullmatch(r"\d{4}", postcode)):
        return None
    slug = geo.slug(name)
    if postcode:
        there = geo.by_postcode(postcode)
        if not there:
            raise Wrong(f"The postcode {postcode} does not exist in Belgium.")
        named = [place for place in there if slug in _names(place)]
        elsewhere = geo.by_key(slug) if slug and not named else None
        if elsewhere:
            raise Wrong(
                f"The postcode {postcode} is that of {there[0].name}, not of {name}. One of the two is wrong."
            )
        return named[0] if named else there[0]
    if slug:
        place = geo.by_key(slug)
        if place is None:
            raise Wrong(f"There is no postcode, and no Belgian place is called “{name[:60]}”.")
        return place
    raise Wrong(
        f"No postcode is found in “{whole[:80]}”." if whole else "There is no place: give a postcode."
    )


def _names(place: geo.Place) -> set[str]:
    return {geo.slug(name) for name in (place.name, place.municipality, *place.aliases)}


def _run_id(found: Found, course: Fields, place: Fields, start: date | None, starts: time | None) -> str:
    """The source's id, or one made of what tells runs apart."""
    if found.run_id:
        return _short(found.run_id)
    told = (course.get("course_id"), place["place_id"], start, starts, "-".join(found.weekdays))
    return _short("/".join(str(item) for item in told if item))


def _nothing(names: Sequence[str]) -> Fields:
    return dict.fromkeys(names)


def _short(text: str) -> str:
    """An id as it is, or when it is very long its beginning and a digest."""
    plain = reading.clean(str(text))
    if len(plain) <= LONGEST_ID:
        return plain
    return f"{plain[: LONGEST_ID - 33]}-{hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()}"


_PROVIDER = ("provider_id", "provider_name", "provider_kind", "provider_url", "provider_phone")
_PLACE = (
    "place_id",
    "place_name",
    "street",
    "postcode",
    "municipality",
    "country",
    "nis",
    "lat",
    "lon",
    "wheelchair",
)
_EMPTY = ("run_id", "start_date", "end_date", "enrol_until", "starts", "ends", "rule_id", "fixed", "url")
_NO_RUN: Fields = {
    **dict.fromkeys(_EMPTY),
    "weekdays": [],
    "day_parts": [],
    "mode": "contact",
    "lesson_hours": 0,
    "material_cost": Decimal(0),
    "status": "open",
}
