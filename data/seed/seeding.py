"""`seed`: fills an empty database with the demo, once."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.geo import RegionId
from data.seed.calls import seed_calls
from data.seed.gaps import seed_gaps
from data.seed.guidance import seed_guidance
from data.seed.offer import seed_offer
from data.seed.people import seed_people
from data.seed.replies import seed_replies
from data.seed.rows import read_table, write
from data.seed.service import EMAIL_DOMAIN, REGION_NAMES, seed_service
from data.seed.threads import read_threads
from data.tables import Event, Region, Role

SEED = 20261123
DEMO_PASSWORD = "leren-is-leuk"  # noqa: S105 - shown on purpose: the one password of the demo's staff
ROLE_NAMES: Mapping[Role, str] = {
    Role.COUNSELLOR: "begeleider",
    Role.DISPATCHER: "dispatcher",
    Role.COORDINATOR: "coördinator",
    Role.ANALYST: "analist",
    Role.ADMIN: "beheerder",
}
SHOWN = ("els", "jan", "griet", "lies", "bart")
"""One log-in for each role; the first three work in Oost-Vlaanderen."""


@dataclass(frozen=True, kw_only=True)
class DemoLogIn:
    """A log-in to show: `role` and `region` in Dutch."""

    email: str
    role: str
    region: str


@dataclass(frozen=True, kw_only=True)
class SeedReport:
    """`done` is False when there was something already and nothing was written; else `counts` says how many rows."""

    done: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.done:
            return "The database is not empty: nothing was added."
        told = (f"{self.counts[name]} {name}" for name in ("courses", "runs", "counters", "staff", "persons"))
        return f"Demo data added: {', '.join(told)}."


def demo_log_ins() -> tuple[DemoLogIn, ...]:
    """The log-ins that the program shows at the start, one for each role; all have `DEMO_PASSWORD`."""
    people = {person["login"]: person for person in read_table("staff")}
    return tuple(
        DemoLogIn(
            email=f"{login}@{EMAIL_DOMAIN}",
            role=ROLE_NAMES[Role(people[login]["role"])],
            region=REGION_NAMES[RegionId(people[login]["region"])]
            if people[login]["region"]
            else "alle regio's",
        )
        for login in SHOWN
    )


async def seed(
    session: AsyncSession,
    *,
    today: date,
    hash_password: Callable[[str], str],
    now: datetime | None = None,
) -> SeedReport:
    """Write the demo into an empty database: catalogue, service, clients. A second time it does nothing.

    Dates lie around `today`; the live queue waits since minutes before `now` (aware; the present if not given).
    The same moments give the same demo, apart from password hashes and the secret tokens of appointments.
    """
    if await session.scalar(select(exists().where(Region.id.is_not(None)))):
        return SeedReport(done=False)
    now = now or datetime.now(UTC)
    rng = random.Random(SEED)
    offer = await seed_offer(session, rng, now, today)
    team, service = await seed_service(session, rng, now, today, hash_password(DEMO_PASSWORD))
    threads = read_threads(rng, now, today, team)
    stored, talked, people = await seed_people(session, rng, threads, now)
    helped, guidance = await seed_guidance(session, rng, stored, team, now, today)
    await seed_calls(session, now)
    await seed_replies(session, now)
    await seed_gaps(session, random.Random(SEED), now, today)
    await write(session, Event, sorted([*talked, *helped], key=lambda event: event["created_at"]))
    # Fresh statistics: the first search must not be planned for an empty catalogue.
    await session.execute(text("ANALYZE course, run, place, price_rule, conversation, message"))
    return SeedReport(done=True, counts={**offer, **service, **people, **guidance})
