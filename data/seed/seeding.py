"""`seed`: fills an empty database with the demo, once."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.seed.guidance import seed_guidance
from data.seed.offer import seed_offer
from data.seed.people import seed_people
from data.seed.rows import write
from data.seed.service import EMAIL_DOMAIN, seed_service
from data.seed.threads import ZONE, read_threads
from data.tables import Event, Region

SEED = 20261123
DEMO_PASSWORD = "leren-is-leuk"  # noqa: S105 - shown on purpose: the one password of the demo's staff
DEMO_LOGINS: Mapping[str, str] = {
    "begeleider": f"els@{EMAIL_DOMAIN}",
    "dispatcher": f"jan@{EMAIL_DOMAIN}",
    "coördinator": f"griet@{EMAIL_DOMAIN}",
    "VOL-analist": f"lies@{EMAIL_DOMAIN}",
    "beheerder": f"bart@{EMAIL_DOMAIN}",
}
"""One log-in for each role; the first three work in Oost-Vlaanderen."""


@dataclass(frozen=True, kw_only=True)
class SeedReport:
    """`done` is False when there was something already and nothing was written; else `counts` says how many rows."""

    done: bool
    counts: Mapping[str, int] = field(default_factory=dict)


async def seed(session: AsyncSession, *, now: datetime, hash_password: Callable[[str], str]) -> SeedReport:
    """Write the demo into an empty database: catalogue, service, clients. Dates lie around `now` (aware).

    The same `now` gives the same demo, apart from password hashes and the secret tokens of appointments.
    """
    if await session.scalar(select(exists().where(Region.id.is_not(None)))):
        return SeedReport(done=False)
    rng = random.Random(SEED)
    today = now.astimezone(ZONE).date()
    offer = await seed_offer(session, rng, now, today)
    team, service = await seed_service(session, rng, now, today, hash_password(DEMO_PASSWORD))
    threads = read_threads(rng, now, today, team)
    stored, talked, people = await seed_people(session, rng, threads, now)
    helped, guidance = await seed_guidance(session, rng, stored, team, now, today)
    await write(session, Event, sorted([*talked, *helped], key=lambda event: event["created_at"]))
    # Fresh statistics: the first search must not be planned for an empty catalogue.
    await session.execute(text("ANALYZE course, run, place, price_rule, conversation, message"))
    return SeedReport(done=True, counts={**offer, **service, **people, **guidance})
