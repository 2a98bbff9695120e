"""The drop-out watch and the page of the day: who is shown, why, and that nothing is sent by itself."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import (
    Appointment,
    ContactWay,
    Counter,
    FollowUp,
    Message,
    MicroContact,
    Phase,
    Role,
)
from handover import auth, watch
from handover.watch import Sign
from tests.handover.conftest import NOW

DAY = timedelta(days=1)


async def _guided(world: Any, staff: Any, phase: Phase, *, silent: int, **more: Any) -> Any:
    """A client of `staff` whose trajectory is 90 days old, and who wrote last `silent` days ago."""
    person = await world.person(last_seen_at=NOW - silent * DAY)
    row = await world.trajectory(person, staff, phase=phase, **more)
    row.opened_at = NOW - 90 * DAY
    await world.session.flush()
    return person


async def _appointment(world: Any, person: Any, staff: Any, days: float, status: str) -> Appointment:
    counter = await world.add(Counter(region_id="gent", name="bib"))
    at = NOW + days * DAY
    return await world.add(
        Appointment(
            token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=staff.id,
            status=status, wall_start="2026-01-01T10:00", starts_at=at, ends_at=at + timedelta(hours=1),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("phase", "silent", "sign"),
    [
        (Phase.TRAJECT, 20, None), (Phase.TRAJECT, 21, Sign.SILENT), (Phase.KEUZE, 9, None),
        (Phase.KEUZE, 10, Sign.ENROLMENT), (Phase.OPVOLGING, 12, Sign.ENROLMENT), (Phase.NAZORG, 12, None),
        (Phase.TRAJECT, 130, None),
    ],
)  # fmt: skip
async def test_silence_by_phase(world: Any, phase: Phase, silent: int, sign: Sign | None) -> None:
    staff = await world.staff()
    person = await _guided(world, staff, phase, silent=silent)
    row = (await world.session.scalars(select(watch.Trajectory))).one()
    row.opened_at = NOW - 200 * DAY
    found = await watch.watched(world.session, staff, now=NOW)
    assert [(one.person.id, one.sign) for one in found] == ([(person.id, sign)] if sign else [])


@pytest.mark.parametrize(
    ("no_show", "silent", "later", "sign"),
    [
        (3, 5, None, Sign.NO_SHOW),
        (1, 5, None, None),  # yesterday: give them a day
        (3, 2, None, None),  # wrote since
        (3, 5, "attended", None),  # came the next time
        (3, 30, None, Sign.NO_SHOW),
    ],
)
async def test_silence_after_a_no_show(
    world: Any, no_show: int, silent: int, later: str | None, sign: Sign | None
) -> None:
    staff = await world.staff()
    person = await _guided(world, staff, Phase.INTAKE, silent=silent)
    await _appointment(world, person, staff, -no_show, "no_show")
    if later:
        await _appointment(world, person, staff, -no_show + 1, later)
    found = await watch.watched(world.session, staff, now=NOW)
    assert [one.sign for one in found] == ([sign] if sign else [])


@pytest.mark.parametrize("kept", ["planned", "coming", "waits", "called", "closed", "other's"])
async def test_who_is_looked_after_is_not_watched(world: Any, kept: str) -> None:
    staff, other = await world.staff(), await world.staff()
    person = await _guided(
        world, staff, Phase.TRAJECT, silent=40, **({"closed_at": NOW} if kept == "closed" else {})
    )
    match kept:
        case "planned":
            await world.add(FollowUp(person_id=person.id, staff_id=staff.id, text="?", due_at=NOW + DAY))
        case "coming":
            await _appointment(world, person, staff, 3, "confirmed")
        case "waits":
            await world.conversation(person, waiting_on="us")
        case "called":
            await world.add(
                MicroContact(
                    person_id=person.id, way=ContactWay.CALL, direction="out", channel="phone", at=NOW - DAY
                )
            )
    assert await watch.watched(world.session, other if kept == "other's" else staff, now=NOW) == []


async def test_a_deputy_watches_too_and_no_shows_come_first(world: Any) -> None:
    staff, deputy = await world.staff(), await world.staff()
    silent = await _guided(world, staff, Phase.TRAJECT, silent=60, deputy_id=deputy.id)
    missed = await _guided(world, staff, Phase.INTAKE, silent=9, deputy_id=deputy.id)
    await _appointment(world, missed, staff, -4, "no_show")
    for who in (staff, deputy):
        found = await watch.watched(world.session, who, now=NOW)
        assert [one.person.id for one in found] == [missed.id, silent.id]


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "Dag Fatma"), ("fr", "Bonjour Fatma"), ("so", "Hello Fatma")]
)
async def test_the_words_are_in_the_persons_language(world: Any, language: str, words: str) -> None:
    person = await world.person()
    person.language = language
    for sign in Sign:
        assert watch.suggestion(sign, person).startswith(f"{words}, ")
        assert len(watch.suggestion(sign, person)) <= 160
    person.name = None
    assert watch.suggestion(Sign.SILENT, person).split(",")[0] in ("Dag", "Bonjour", "Hello")


async def test_the_day_shows_it_offers_words_and_sends_nothing(
    database: Database, world: Any, browser: httpx.AsyncClient
) -> None:
    now = datetime.now(UTC)
    staff = await world.staff(Role.COUNSELLOR)
    person = await world.person(last_seen_at=now - 30 * DAY)
    await world.address(person)
    row = await world.trajectory(person, staff, phase="keuze")
    row.opened_at = now - 60 * DAY
    back = await world.person(name="Terug", last_seen_at=now)
    await world.trajectory(back, staff)
    await world.conversation(back, holder="queue", waiting_on="us", waiting_since=now)
    mine = await world.conversation(
        await world.person(name="Belofte"), holder="staff", staff_id=staff.id, waiting_on="us", waiting_since=now,
        promised_at=now + timedelta(minutes=4),
    )  # fmt: skip
    browser.cookies.set("leerlijn_staff", await auth.start(world.session, staff.id, now=now))
    await world.session.commit()
    page = (await browser.get("/console/dag")).text
    assert "Nog niet ingeschreven, en stil sinds" in page
    assert "Jouw cliënten in de wachtrij" in page
    assert (
        page.index("Jouw cliënten in de wachtrij") < page.index("Terug") < page.index("Beloften die aflopen")
    )
    assert f'id="b{mine.id}"' in page, "a promise of one's own too"
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    thread = (await browser.get(f"/console/client/{person.id}?concept=enrolment")).text
    assert "Dag Fatma, hoe gaat het met je inschrijving?" in thread
    async with database.transaction() as session:
        assert (await session.scalars(select(Message))).all() == []
