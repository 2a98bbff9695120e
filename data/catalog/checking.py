"""From what a document says to a row of the catalogue, or to sentences that say what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from data import geo
from data.catalog import reading
from data.catalog.importers.base import Found
from data.catalog.placing import place_of
from data.catalog.reading import Wrong, short_id
from data.catalog.search import subjects_in
from data.catalog.subjects import subject

T = TypeVar("T")


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
        self._providers: dict[str, str] = {}  # name → id, of those that came with one

    def check(self, found: Found) -> Row | list[str]:
        """The row, or all that is wrong, one sentence each."""
        self._position += 1
        trial = _Trial()
        provider: Fields = trial(lambda: self._whose(found), _nothing(_PROVIDER))
        title = trial(lambda: _title(found), "")
        course = trial(lambda: _course(found, provider["provider_id"], title), _nothing(()))
        place, run = _nothing(_PLACE), dict(_NO_RUN)
        if found.has_run:
            place = trial(lambda: place_of(found, provider["provider_id"]), place)
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
        name = found.provider_name or self._provider
        provider_id = found.provider_id or self._providers.get(name or "")
        if provider_id and name:  # a page often gives the address of a school once, and then only its name
            self._providers.setdefault(name, provider_id)
        return _provider(
            provider_id,
            name,
            found.provider_kind,
            found.provider_url,
            found.provider_phone,
        )

    def _run(self, found: Found, kind: str, course: Fields, place: Fields, trial: _Trial) -> Fields:
        start = trial(lambda: reading.day(found.start or None, "start"), None)
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
        "provider_id": short_id(provider_id or geo.slug(name) or name),
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


def _course(found: Found, provider_id: str | None, title: str) -> Fields:
    return _course_of(provider_id, title, *_TOLD(found))


_TOLD = attrgetter(
    "course_id", "description", "subjects", "level", "language", "requirements", "certificate", "course_url"
)


@lru_cache(maxsize=64)  # the runs of a course often stand together
def _course_of(
    provider_id: str | None,
    title: str,
    course_id: str | None,
    description: str | None,
    subjects: tuple[str, ...],
    level: str | None,
    language: str | None,
    requirements: str | None,
    certificate: str | None,
    url: str | None,
) -> Fields:
    known = [item for word in subjects for item in _subjects(word)]
    return {
        "course_id": short_id(course_id or f"{provider_id}/{geo.slug(title) or title}"),
        "title": title,
        "description": reading.words(description, "description", 20_000) or "",
        "subject_ids": list(dict.fromkeys(known)) or list(_subjects(title)),
        "level": reading.words(level, "level", 100),
        "language": reading.language(language),
        "requirements": reading.words(requirements, "requirements", 2000),
        "certificate": reading.words(certificate, "certificate", 300),
        "course_url": reading.address(url, "link of the course"),
    }


@lru_cache(maxsize=4096)
def _subjects(words: str) -> tuple[str, ...]:
    return (words,) if subject(words) else subjects_in(words)


def _run_id(found: Found, course: Fields, place: Fields, start: date | None, starts: time | None) -> str:
    """The source's id, or one made of what tells runs apart."""
    if found.run_id:
        return short_id(found.run_id)
    told = (course.get("course_id"), place["place_id"], start, starts, "-".join(found.weekdays))
    return short_id("/".join(str(item) for item in told if item))


def _nothing(names: Sequence[str]) -> Fields:
    return dict.fromkeys(names)


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
