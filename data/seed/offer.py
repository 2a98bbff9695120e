"""The demo catalogue: invented providers and runs of every public kind, in real towns, around the day of seeding."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.catalog import shipped_rules
from data.catalog.facts import FactValue, shipped
from data.seed.rows import put, read_table, write
from data.seed.timetable import Slot, slots_for, start_dates
from data.tables import Course, Fact, Place, Provider, Run, RunStatus

LARGE_TOWN = 70_000
STREETS = (
    "Kerkstraat", "Stationsstraat", "Schoolstraat", "Molenstraat", "Nieuwstraat", "Lindelaan", "Vaartkaai", "Parklaan",
    "Leerlooiersstraat", "Kloosterstraat", "Beukendreef", "Gasthuisstraat", "Zandstraat", "Kasteelstraat",
)  # fmt: skip
CAMPUSES = (
    "Kouter", "Vaart", "Molen", "Linde", "Spoor", "Brug", "Beuk", "Toren", "Gaard", "Kaai", "Weide", "Poort", "Bron",
    "Esdoorn", "Kasteel", "Atelier", "Klooster", "Veld", "Haven", "Zuid", "Noord", "Oost", "West", "Park",
)  # fmt: skip
# One subject that everybody tries first: these must exist, in this town, on this evening.
PINNED_TOWN, PINNED_SUBJECT, PINNED_WEEKDAY = "gent", "spaans", 1


@dataclass(frozen=True, kw_only=True)
class Template:
    """A course as the table `courses.csv` describes it; `common` ones are taught at every site."""

    kind: str
    subjects: tuple[str, ...]
    title: str
    level: str
    hours: tuple[int, ...]
    patterns: tuple[str, ...]
    material: int
    common: bool
    requirements: str
    certificate: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place of a provider that was stored."""

    id: int
    place: geo.Place
    seat: bool


async def seed_offer(
    session: AsyncSession, rng: random.Random, now: datetime, today: date
) -> Mapping[str, int]:
    """Store facts, price rules, providers, places, courses and runs; returns how many of each."""
    sourced = _Sourced(rng, now, today)
    facts = [_fact_row(now, fact) for fact in shipped()]
    await write(session, Fact, facts)
    rule_ids = await shipped_rules.ensure(session, now, demo=True)
    providers = _providers()
    provider_ids = await put(
        session,
        Provider,
        [
            {"name": item["name"], "kind": item["kind"], **sourced("provider", number)}
            for number, item in enumerate(providers)
        ],
    )
    sites = await _sites(session, rng, providers, provider_ids, sourced)
    taught = [
        (index, template)
        for index, item in enumerate(providers)
        for template in _templates(item["kind"])
        if template.common or rng.random() < 0.6
    ]
    course_ids = await put(
        session,
        Course,
        [
            _course_row(provider_ids[index], template, sourced("course", number))
            for number, (index, template) in enumerate(taught)
        ],
    )
    runs = [
        run
        for course_id, (index, template) in zip(course_ids, taught, strict=True)
        for run in _runs(rng, course_id, template, sites[index], rule_ids, today)
    ]
    await write(session, Run, [{**run, **sourced("run", number)} for number, run in enumerate(runs)])
    return {
        "facts": len(facts),
        "price_rules": len(rule_ids),
        "providers": len(providers),
        "places": sum(len(found) for found in sites),
        "courses": len(course_ids),
        "runs": len(runs),
    }


class _Sourced:
    """Makes the columns that say: invented, by us, checked lately."""

    def __init__(self, rng: random.Random, now: datetime, today: date) -> None:
        self._rng, self._now, self._today = rng, now, today

    def __call__(self, kind: str, number: int) -> dict[str, Any]:
        return {
            "source": shipped_rules.DEMO_SOURCE,
            "source_id": f"demo-{kind}-{number:05d}",
            "fetched_at": self._now,
            "checked_on": self._today - timedelta(days=self._rng.randint(1, 20)),
            "invented": True,
        }


async def _sites(
    session: AsyncSession,
    rng: random.Random,
    providers: Sequence[Mapping[str, Any]],
    provider_ids: Sequence[int],
    sourced: _Sourced,
) -> list[list[Site]]:
    drafts = [
        (index, _town(key), name)
        for index, item in enumerate(providers)
        for key, name in zip(item["sites"], rng.sample(CAMPUSES, len(item["sites"])), strict=True)
    ]
    rows = [
        {
            "provider_id": provider_ids[index],
            "name": f"campus {name}",
            "street": f"{rng.choice(STREETS)} {rng.randint(1, 140)}",
            "postcode": town.postcodes[0],
            "municipality": town.municipality,
            "nis": town.nis,
            "lat": round(town.lat + rng.uniform(-0.008, 0.008), 5),
            "lon": round(town.lon + rng.uniform(-0.011, 0.011), 5),
            "wheelchair": rng.random() < 0.8,
            **sourced("place", number),
        }
        for number, (index, town, name) in enumerate(drafts)
    ]
    result: list[list[Site]] = [[] for _ in providers]
    for place_id, (index, town, _) in zip(await put(session, Place, rows), drafts, strict=True):
        result[index].append(Site(id=place_id, place=town, seat=not result[index]))
    return result


def _runs(
    rng: random.Random,
    course_id: int,
    template: Template,
    sites: Sequence[Site],
    rule_ids: Mapping[str, int],
    today: date,
) -> Iterator[dict[str, Any]]:
    for site in sites:
        large = site.place.population >= LARGE_TOWN
        wanted = (2 if large else 1) if template.common else int(rng.random() < (0.7 if site.seat else 0.3))
        slots = slots_for(rng, template.patterns, wanted)
        pinned = template.subjects[0] == PINNED_SUBJECT and site.place.key == PINNED_TOWN
        if pinned:
            slots = [Slot(weekdays=(PINNED_WEEKDAY,), starts=time(18, 30), ends=time(21, 30)), *slots]
        for number, slot in enumerate(slots):
            must_be_open = pinned and number == 0
            rule = rule_ids[_rule(template, site)]
            yield _run_row(rng, course_id, template, site, slot, rule, today, must_be_open=must_be_open)


def _run_row(
    rng: random.Random,
    course_id: int,
    template: Template,
    site: Site,
    slot: Slot,
    rule_id: int,
    today: date,
    *,
    must_be_open: bool,
) -> dict[str, Any]:
    hours = rng.choice(template.hours)
    start, end, enrol_until = start_dates(rng, slot, hours, today, future=must_be_open)
    status = RunStatus.ENDED if end < today else RunStatus.OPEN
    if status == RunStatus.OPEN and not must_be_open:
        status = rng.choices((RunStatus.OPEN, RunStatus.FULL, RunStatus.CANCELLED), (89, 8, 3))[0]
    return {
        "course_id": course_id,
        "place_id": site.id,
        "start_date": start,
        "end_date": end,
        "enrol_until": enrol_until,
        "weekdays": list(slot.weekdays),
        "starts": slot.starts,
        "ends": slot.ends,
        "day_parts": list(slot.day_parts),
        "mode": slot.mode,
        "lesson_hours": hours,
        "price_rule_id": rule_id,
        "material_cost": Decimal(template.material) + (rng.choice((0, 0, 5)) if template.material else 0),
        "status": status,
    }


def _rule(template: Template, site: Site) -> str:
    """The id of the price rule: by kind of provider, and by subject where the law makes a difference."""
    if "evc" in template.subjects:
        return "cvo-standard"
    if template.kind == "cvo":
        if "nt2" in template.subjects:
            return "cvo-nt2-brussel" if site.place.region == geo.RegionId.BRUSSEL else "cvo-nt2"
        return "cvo-general" if "diploma_secundair" in template.subjects else "cvo-standard"
    if template.kind == "syntra":
        return "demo-syntra-lang" if max(template.hours) > 150 else "demo-syntra-kort"
    return {
        "cbe": "cbe-standard",
        "vdab": "vdab-free",
        "hogeschool": "hogeschool-module",
        "avansa": "demo-avansa",
    }[template.kind]


def _course_row(provider_id: int, template: Template, sourced: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "provider_id": provider_id,
        "title": template.title,
        "description": template.description,
        "subject_ids": list(template.subjects),
        "level": template.level,
        "requirements": template.requirements,
        "certificate": None if template.certificate == "Geen" else template.certificate,
        **sourced,
    }


def _fact_row(now: datetime, fact: FactValue) -> dict[str, Any]:
    return {
        "topic": fact.topic,
        "statement": fact.statement,
        "value": fact.value,
        "unit": fact.unit,
        "as_of": fact.as_of,
        "status": "seen" if fact.verified else "unverified",
        "conflicts_with": fact.conflicts_with,
        "source": fact.source,
        "source_id": fact.id,
        "source_url": fact.source_url,
        "fetched_at": now,
        "checked_on": fact.checked_on,
        "recheck_after": fact.recheck_after,
    }


def _templates(kind: str) -> list[Template]:
    return [
        Template(
            kind=kind,
            subjects=tuple(row["subjects"].split(",")),
            title=row["title"],
            level=row["level"],
            hours=tuple(int(hours) for hours in row["hours"].split("|")),
            patterns=tuple(row["patterns"].split(",")),
            material=int(row["material"]),
            common=row["common"] == "1",
            requirements=row["requirements"],
            certificate=row["certificate"],
            description=row["description"],
        )
        for row in read_table("courses")
        if row["kind"] == kind
    ]


def _providers() -> list[dict[str, Any]]:
    text = resources.files("data.seed").joinpath("providers.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["provider"])


def _town(key: str) -> geo.Place:
    place = geo.by_key(key)
    if place is None:
        raise LookupError(f"the demo data names a place that data/geo does not have: {key}")
    return place
