from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from data import geo
from data.catalog.search import CourseQuery, Near, search
from data.catalog.subjects import subject
from data.seed import DEMO_PASSWORD, SeedReport, demo_log_ins, seed
from data.seed.timetable import Slot
from data.tables import (
    Address,
    Appointment,
    CallTask,
    Conversation,
    Counter,
    CounterKind,
    Course,
    Holder,
    Message,
    MicroContact,
    Partner,
    Person,
    Phase,
    Place,
    PriceRule,
    Provider,
    Region,
    Role,
    Run,
    RunStatus,
    Sitting,
    Staff,
    Trajectory,
    Urgency,
)
from tests.databases import EMPTY

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
BIG_TOWNS = (
    "gent", "antwerpen", "brussel", "aalst", "leuven", "hasselt", "genk", "kortrijk", "brugge", "oostende", "mechelen",
    "turnhout", "sint-niklaas",
)  # fmt: skip
COMMON = (
    "spaans",
    "frans",
    "engels",
    "nt2",
    "excel",
    "boekhouden",
    "naaien",
    "koken",
    "lassen",
    "kinderbegeleider",
)


@pytest.fixture(scope="module")
async def seeded(database_url: str) -> AsyncIterator[tuple[AsyncSession, SeedReport]]:
    """A seeded database that the tests of this module only read; undone at the end."""
    engine = create_async_engine(database_url)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await session.execute(EMPTY)
        report = await seed(
            session, today=TODAY, now=NOW, hash_password=lambda password: f"hash of {password}"
        )
        yield session, report
        await session.rollback()
    await engine.dispose()


@pytest.fixture(scope="module")
def session(seeded: tuple[AsyncSession, SeedReport]) -> AsyncSession:
    return seeded[0]


async def count(session: AsyncSession, what: Any, *where: Any) -> int:
    return await session.scalar(select(func.count(what)).where(*where)) or 0


async def test_there_is_enough_to_show(session: AsyncSession) -> None:
    assert await count(session, Course.title.distinct()) >= 120
    assert await count(session, Run.id) >= 1_500
    assert await count(session, Place.municipality.distinct()) >= 40
    assert await count(session, Counter.id) >= 32
    assert await count(session, Staff.id) >= 24
    assert await count(session, Person.id) >= 60
    assert await count(session, Region.id) == 8
    assert await count(session, Provider.kind.distinct()) == 6
    subjects = {item for row in await session.scalars(select(Course.subject_ids)) for item in row}
    areas = {found.area for item in subjects if (found := subject(item))}
    assert len(areas) >= 15


async def test_a_second_time_nothing_is_written(seeded: tuple[AsyncSession, SeedReport]) -> None:
    session, report = seeded
    assert report.done
    assert report.counts["runs"] == await count(session, Run.id)
    again = await seed(session, today=TODAY, now=NOW, hash_password=lambda password: password)
    assert again == SeedReport(done=False)


async def test_what_is_invented_says_so(session: AsyncSession) -> None:
    for table in (Provider, Place, Course, Run, Counter, Person):
        assert await count(session, table.id, table.invented.is_(False)) == 0, table.__name__
    names = list(await session.scalars(select(Provider.name)))
    assert all("(demo" in name for name in names)
    assert await count(session, PriceRule.id, PriceRule.invented.is_(True)) == 3
    assert await count(session, Partner.id, Partner.invented.is_(False), Partner.name.like("%demo%")) == 0


async def test_spanish_on_tuesday_evening_in_gent(session: AsyncSession) -> None:
    ghent = geo.by_key("gent")
    assert ghent is not None
    query = CourseQuery(
        subject_ids=("spaans",),
        near=Near(lat=ghent.lat, lon=ghent.lon, max_km=5),
        weekdays=(1,),
        time_of_day="evening",
    )
    result = await search(session, query, today=TODAY)
    assert result.relaxed == ()
    assert result.total >= 3
    assert {hit.municipality for hit in result.hits} == {"Gent"}
    assert len({hit.provider_name for hit in result.hits}) > 1


@pytest.mark.parametrize("town", BIG_TOWNS)
async def test_common_subjects_are_taught_in_the_big_towns(session: AsyncSession, town: str) -> None:
    place = geo.by_key(town)
    assert place is not None
    for wanted in COMMON:
        taught = await count(
            session,
            Run.id,
            Run.course_id == Course.id,
            Run.place_id == Place.id,
            Course.subject_ids.contains([wanted]),
            Place.nis == place.nis,
        )
        assert taught, wanted


async def test_runs_look_real(session: AsyncSession) -> None:
    runs = list(await session.scalars(select(Run)))
    assert {run.status for run in runs} == set(RunStatus)
    assert any(run.start_date < TODAY for run in runs)
    assert {run.mode for run in runs} == {"contact", "blended", "online"}
    for run in runs:
        assert run.start_date.weekday() in run.weekdays
        assert run.starts is not None
        assert run.ends is not None
        assert run.starts < run.ends
        assert run.day_parts
        assert run.end_date is not None
        assert run.start_date <= run.end_date
        assert run.checked_on < TODAY
        assert (run.status == RunStatus.ENDED) == (run.end_date < TODAY)


async def test_every_region_can_help(session: AsyncSession) -> None:
    for region in geo.RegionId:
        roles = set(await session.scalars(select(Staff.role).where(Staff.region_id == region)))
        kinds = set(await session.scalars(select(Counter.kind).where(Counter.region_id == region)))
        assert {Role.COUNSELLOR, Role.DISPATCHER} <= roles, region
        assert kinds == set(CounterKind), region
    assert set(await session.scalars(select(Staff.role))) == set(Role)
    hosts = set(await session.scalars(select(Counter.host_kind).where(Counter.host_kind.is_not(None))))
    assert {"bibliotheek", "sociaal huis", "werkwinkel", "OCMW", "agentschap inburgering", "CVO"} <= hosts


async def test_nobody_sits_in_two_places_and_every_counter_is_staffed(session: AsyncSession) -> None:
    sittings = list(await session.scalars(select(Sitting)))
    busy = [(sitting.staff_id, sitting.weekday, sitting.starts) for sitting in sittings]
    assert len(set(busy)) == len(busy)
    assert {sitting.counter_id for sitting in sittings} == set(await session.scalars(select(Counter.id)))


async def test_appointments_fall_within_a_sitting_of_the_counsellor(session: AsyncSession) -> None:
    sittings: dict[tuple[int, int, int], list[Sitting]] = {}
    for sitting in await session.scalars(select(Sitting)):
        sittings.setdefault((sitting.staff_id, sitting.counter_id, sitting.weekday), []).append(sitting)
    appointments = list(await session.scalars(select(Appointment)))
    for appointment in appointments:
        wall = datetime.fromisoformat(appointment.wall_start)
        own = sittings[appointment.staff_id, appointment.counter_id, wall.weekday()]
        assert any(sitting.starts <= wall.time() < sitting.ends for sitting in own)
    assert any(appointment.starts_at > NOW for appointment in appointments)
    assert any(appointment.starts_at < NOW for appointment in appointments)


async def test_clients_are_in_every_phase_and_talk_over_many_channels(session: AsyncSession) -> None:
    assert set(await session.scalars(select(Trajectory.phase))) == set(Phase)
    channels = set(await session.scalars(select(Message.channel)))
    assert {"web", "sms", "whatsapp", "email"} <= channels
    assert {"desk", "phone"} <= set(await session.scalars(select(MicroContact.channel)))
    assert {"nl", "fr", "ar", "tr", "uk"} <= set(await session.scalars(select(Person.language)))
    assert await count(session, Message.id, Message.created_at > NOW) == 0
    assert await count(session, Message.id, Message.text.like("%{%")) == 0


async def test_a_live_queue_waits(session: AsyncSession) -> None:
    waiting = list(await session.scalars(select(Conversation).where(Conversation.holder == Holder.QUEUE)))
    assert len(waiting) == 8
    assert sum(conversation.urgency == Urgency.CRISIS for conversation in waiting) == 2
    assert all(conversation.promised_at and conversation.waiting_since for conversation in waiting)
    assert all(conversation.region_id for conversation in waiting)


async def test_somebody_has_to_be_called(session: AsyncSession) -> None:
    calls = (await session.scalars(select(CallTask))).all()
    assert len(calls) == 3
    assert all(call.address_id and call.region_id for call in calls)


async def test_no_number_of_the_demo_belongs_to_anybody(session: AsyncSession) -> None:
    paths = list(
        await session.scalars(select(Address.path).where(Address.scheme.in_(("sms", "whatsapp", "tel"))))
    )
    assert paths
    assert all(path.startswith("+32400") for path in paths)


async def test_the_shown_log_ins_exist(session: AsyncSession) -> None:
    hashes = {row.email: row.password_hash for row in await session.scalars(select(Staff))}
    assert len(demo_log_ins()) == len(Role)
    assert all(hashes[log_in.email] == f"hash of {DEMO_PASSWORD}" for log_in in demo_log_ins())


@pytest.mark.parametrize(
    ("starts", "ends", "parts"),
    [
        (time(9), time(12), ("morning",)),
        (time(9), time(15, 30), ("morning", "afternoon")),
        (time(13), time(16), ("afternoon",)),
        (time(18, 30), time(21, 30), ("evening",)),
    ],
)
def test_day_parts(starts: time, ends: time, parts: tuple[str, ...]) -> None:
    assert Slot(weekdays=(1,), starts=starts, ends=ends).day_parts == parts


async def test_the_day_of_a_counsellor_is_not_empty(session: AsyncSession) -> None:
    els = await session.scalar(select(Staff.id).where(Staff.email == demo_log_ins()[0].email))
    times = await session.scalars(select(Appointment.wall_start).where(Appointment.staff_id == els))
    assert sum(start.startswith(TODAY.isoformat()) for start in times) >= 2
