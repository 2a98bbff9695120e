"""The demo service: eight regions, their staff, counters, weekly sittings and partners."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.geo import RegionId
from data.seed.resources import seed_resources
from data.seed.rows import put, read_table, write
from data.tables import Counter, CounterKind, Partner, Presence, Region, Role, Sitting, Staff

REGION_NAMES: Mapping[RegionId, str] = {
    RegionId.WEST_VLAANDEREN: "Leerwinkel West-Vlaanderen",
    RegionId.OOST_VLAANDEREN: "Leerwinkel Oost-Vlaanderen",
    RegionId.GENT: "Leerwinkel Gent",
    RegionId.ANTWERPEN: "Leerwinkel provincie Antwerpen",
    RegionId.ANTWERPEN_STAD: "Leerwinkel Antwerpen",
    RegionId.VLAAMS_BRABANT: "Leerwinkel Vlaams-Brabant",
    RegionId.LIMBURG: "Leerwinkel Limburg",
    RegionId.BRUSSEL: "Leerwinkel Brussel",
}
OFFICE_HOURS = {
    **{day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in ("mo", "we", "fr")},
    "tu": [["09:00", "12:30"], ["13:00", "19:00"]],
    "th": [["09:00", "12:30"], ["13:00", "19:00"]],
}
MORNING, AFTERNOON, LATE = (time(9), time(12, 30)), (time(13), time(16, 30)), (time(16), time(19))
# A counsellor's week: ten blocks, the late ones on Tuesday and Thursday, when the working come.
BLOCKS = tuple(
    (weekday, hours) for weekday in range(5) for hours in (MORNING, LATE if weekday in (1, 3) else AFTERNOON)
)
EMAIL_DOMAIN = "demo.leerlijn.be"


@dataclass(frozen=True, kw_only=True)
class Team:
    """Who works in the demo, by region, and where they sit. Ids are those of the stored rows."""

    staff: Mapping[str, int]
    """Log-in name → staff id."""
    counsellors: Mapping[str, tuple[int, ...]]
    """Region → staff ids of its counsellors."""
    dispatcher: Mapping[str, int]
    """Region → staff id."""
    sittings: tuple[SittingAt, ...]
    partners: Mapping[str, int]
    """Name → partner id."""


@dataclass(frozen=True, kw_only=True)
class SittingAt:
    """A stored sitting: a weekly block of wall time of one counsellor at one counter."""

    region_id: str
    counter_id: int
    counter_name: str
    kind: str
    staff_id: int
    weekday: int
    starts: time
    ends: time


async def seed_service(
    session: AsyncSession, rng: random.Random, now: datetime, today: date, password_hash: str
) -> tuple[Team, Mapping[str, int]]:
    """Store regions, staff, counters, sittings and partners; returns who there is, and how many of each."""
    await write(session, Region, [_region_row(region) for region in RegionId])
    people = read_table("staff")
    staff_ids = await put(session, Staff, [_staff_row(person, now, password_hash) for person in people])
    staff = {person["login"]: staff_id for person, staff_id in zip(people, staff_ids, strict=True)}
    counters = [*(_counter_row(rng, row) for row in read_table("counters")), *_remote_counters(people)]
    counter_ids = await put(session, Counter, counters)
    counsellors = {
        str(region): tuple(
            staff[person["login"]]
            for person in people
            if person["region"] == region and person["role"] == Role.COUNSELLOR
        )
        for region in RegionId
    }
    sittings = _sittings(counters, counter_ids, counsellors)
    await write(session, Sitting, [_sitting_row(sitting, today) for sitting in sittings])
    places = {  # of each region the first
        str(counter["region_id"]): counter_id
        for counter_id, counter in reversed([*zip(counter_ids, counters, strict=True)])
        if counter["kind"] == CounterKind.PLACE
    }
    await seed_resources(session, places, {region: found[0] for region, found in counsellors.items()}, today)
    partners = read_table("partners")
    partner_ids = await put(session, Partner, [_partner_row(row) for row in partners])
    team = Team(
        staff=staff,
        counsellors=counsellors,
        dispatcher={
            person["region"]: staff[person["login"]] for person in people if person["role"] == Role.DISPATCHER
        },
        sittings=tuple(sittings),
        partners={row["name"]: found for row, found in zip(partners, partner_ids, strict=True)},
    )
    return team, {
        "regions": len(RegionId),
        "staff": len(staff_ids),
        "counters": len(counter_ids),
        "sittings": len(sittings),
        "partners": len(partner_ids),
    }


def _sittings(
    counters: Sequence[Mapping[str, Any]],
    counter_ids: Sequence[int],
    counsellors: Mapping[str, Sequence[int]],
) -> list[SittingAt]:
    """Deal each counsellor's ten blocks out over the counters of the region, the quiet ones by phone and video."""
    by_region: dict[str, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for counter_id, counter in zip(counter_ids, counters, strict=True):
        by_region[counter["region_id"]].append((counter_id, counter))
    sittings = []
    for region_id, found in by_region.items():
        staff = counsellors[region_id]
        for turn, (weekday, hours) in enumerate(BLOCKS):
            for index, staff_id in enumerate(staff):
                # Stepping by the number of counsellors keeps two of them from the same counter at the same time.
                counter_id, counter = found[(turn * len(staff) + index) % len(found)]
                sittings.append(
                    SittingAt(
                        region_id=region_id,
                        counter_id=counter_id,
                        counter_name=counter["name"],
                        kind=counter["kind"],
                        staff_id=staff_id,
                        weekday=weekday,
                        starts=hours[0],
                        ends=hours[1],
                    )
                )
    return sittings


def _region_row(region: RegionId) -> dict[str, Any]:
    return {
        "id": region,
        "name": REGION_NAMES[region],
        "phone": None,
        "email": f"{region}@{EMAIL_DOMAIN}",
        "office_hours": OFFICE_HOURS,
        "answer_minutes": 15,
    }


def _staff_row(person: Mapping[str, str], now: datetime, password_hash: str) -> dict[str, Any]:
    return {
        "name": person["name"],
        "email": f"{person['login']}@{EMAIL_DOMAIN}",
        "role": person["role"],
        "region_id": person["region"] or None,
        "languages": person["languages"].split(","),
        "presence": person["presence"],
        "presence_at": None if person["presence"] == Presence.OFFLINE else now,
        "password_hash": password_hash,
    }


def _counter_row(rng: random.Random, row: Mapping[str, str]) -> dict[str, Any]:
    town = geo.by_key(row["town"])
    if town is None or town.region != row["region"]:
        raise LookupError(f"the demo counter {row['name']} is not in region {row['region']}")
    return {
        "region_id": row["region"],
        "kind": CounterKind.PLACE,
        "name": row["name"],
        "host": row["host"],
        "host_kind": row["host_kind"],
        "street": row["street"],
        "postcode": town.postcodes[0],
        "municipality": town.municipality,
        "nis": town.nis,
        "lat": round(town.lat + rng.uniform(-0.006, 0.006), 5),
        "lon": round(town.lon + rng.uniform(-0.008, 0.008), 5),
        "wheelchair": row["wheelchair"] == "1",
        "walk_in": row["walk_in"] == "1",
        "languages": row["languages"].split(","),
        "directions": row["directions"],
        "invented": True,
    }


def _remote_counters(people: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """By phone and by video, in every language that the region's counsellors speak."""
    rows = []
    for region in RegionId:
        spoken = dict.fromkeys(
            language
            for person in people
            if person["region"] == region and person["role"] == Role.COUNSELLOR
            for language in person["languages"].split(",")
        )
        place = dict.fromkeys(
            ("host", "host_kind", "street", "postcode", "municipality", "nis", "lat", "lon"), None
        )
        for kind, name, how in (
            (CounterKind.PHONE, "telefoon", "We bellen je op het afgesproken uur."),
            (CounterKind.VIDEO, "video", "Je krijgt vooraf een link. Je hebt geen programma nodig."),
        ):
            rows.append(
                {
                    **place,
                    "region_id": region,
                    "kind": kind,
                    "name": name,
                    "wheelchair": True,
                    "walk_in": False,
                    "languages": list(spoken),
                    "directions": how,
                    "invented": True,
                }
            )
    return rows


def _sitting_row(sitting: SittingAt, today: date) -> dict[str, Any]:
    return {
        "counter_id": sitting.counter_id,
        "staff_id": sitting.staff_id,
        "weekday": sitting.weekday,
        "starts": sitting.starts,
        "ends": sitting.ends,
        "valid_from": today - timedelta(days=200),
    }


def _partner_row(row: Mapping[str, str]) -> dict[str, Any]:
    optional = {name: row[name] or None for name in ("phone", "email", "url", "source")}
    return {
        **optional,
        "kind": row["kind"],
        "name": row["name"],
        "region_id": row["region"] or None,
        "owns": row["owns"],
        "invented": row["invented"] == "1",
    }
