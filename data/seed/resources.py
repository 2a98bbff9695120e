"""The demo's interpreters and info sessions: two interpreters and two sessions in each region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from data.seed.rows import write
from data.tables import InfoSession, Interpreter

BRUSSELS = ZoneInfo("Europe/Brussels")
WEEK = {day: [["08:30", "12:30"], ["13:00", "19:00"]] for day in ("mo", "tu", "we", "th", "fr")}
INTERPRETERS = (("Nour Darwish", ["ar", "ku"]), ("Olena Bondar", ["uk", "ru", "pl"]))
SESSIONS = (("je weg naar een diploma", 8, 15), ("Nederlands leren, hoe begin je eraan", 15, 12))
"""Title, earliest day from now, seats; each on the Saturday after that, when nobody has a sitting."""


async def seed_resources(
    session: AsyncSession, places: Mapping[str, int], counsellors: Mapping[str, int], today: date
) -> None:
    """`places` and `counsellors`: of each region a counter and a member of staff."""
    await write(
        session, Interpreter,
        [
            {
                "region_id": region, "name": f"{name} (demo)", "languages": languages, "hours": WEEK,
                "contact": f"tolk{number}@voorbeeld.invalid",
            }
            for region in places
            for number, (name, languages) in enumerate(INTERPRETERS, 1)
        ],
    )  # fmt: skip
    await write(
        session, InfoSession,
        [_session(region, places[region], counsellors[region], *given, today) for region in places for given in SESSIONS],
    )  # fmt: skip


def _session(
    region: str, counter_id: int, staff_id: int, title: str, after: int, seats: int, today: date
) -> dict[str, Any]:
    day = today + timedelta(days=after)
    day += timedelta(days=(5 - day.weekday()) % 7)
    begins = datetime.combine(day, time(10), BRUSSELS)
    return {
        "region_id": region, "counter_id": counter_id, "staff_id": staff_id, "title": title, "seats": seats,
        "wall_start": f"{begins:%Y-%m-%dT%H:%M}", "starts_at": begins.astimezone(UTC),
        "ends_at": begins.astimezone(UTC) + timedelta(minutes=90),
    }  # fmt: skip
