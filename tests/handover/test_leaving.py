"""Closing an account: who takes over what is still in hand; nothing of a client is lost or doubled."""

from collections import Counter as Tally
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import (
    Absence,
    Appointment,
    AppointmentChange,
    CallTask,
    Conversation,
    Counter,
    Event,
    FollowUp,
    InfoSession,
    Note,
    Role,
    Staff,
    Trajectory,
)
from handover import followups, leaving
from handover.conversation import NotAllowed
from handover.leaving import Plan
from tests.handover.test_partners_console import log_in

HEADERS = {"origin": "http://test"}


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


async def _busy(world: Any, now: datetime) -> tuple[Staff, list[Any]]:
    """Somebody with six clients: four in a trajectory, one who only talks, one with nothing but a planned message."""
    els = await world.staff(Role.COUNSELLOR, "gent", name="Els Verbruggen")
    counter = await world.add(Counter(region_id="gent", name="bib"))
    people = []
    for number in range(6):
        person = await world.person(name=f"Cliënt {number}")
        await world.address(person)
        people.append(person)
        if number < 4:
            await world.trajectory(person, els, phase="traject")
        if number in (0, 4):
            await world.conversation(
                person,
                holder="staff",
                staff_id=els.id,
                waiting_on="us",
                waiting_since=now - timedelta(hours=1),
            )
        elif number == 1:
            await world.conversation(person, holder="staff", staff_id=els.id)
    await world.add(
        Appointment(
            token="x" * 43, person_id=people[2].id, region_id="gent", counter_id=counter.id, staff_id=els.id,
            status="confirmed", wall_start="2031-01-07T10:00", starts_at=now + timedelta(days=3),
            ends_at=now + timedelta(days=3, hours=1),
        )
    )  # fmt: skip
    await world.add(
        FollowUp(person_id=people[5].id, staff_id=els.id, text="hoe gaat het", due_at=now + timedelta(days=1))
    )
    await world.add(
        CallTask(person_id=people[3].id, region_id="gent", staff_id=els.id, reason="asked", due_at=now)
    )
    return els, people


async def _close(browser: httpx.AsyncClient, csrf: str, staff: Staff, **form: object) -> httpx.Response:
    data = {"csrf": csrf, "active": "0", **{name: str(value) for name, value in form.items()}}
    return await browser.post(f"/console/beheer/medewerker/{staff.id}", data=data, headers=HEADERS)


async def test_the_page_counts_and_closing_just_so_is_refused(
    world: Any, browser: httpx.AsyncClient, database: Database, now: datetime
) -> None:
    els, _people = await _busy(world, now)
    csrf = await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get(f"/console/beheer/medewerker/{els.id}/sluiten")).text
    for words in ("4 trajecten", "3 open gesprekken", "1 afspraak die nog komt", "1 gepland bericht", "1 oproep om te doen"):  # fmt: skip
        assert words in page
    for form in ({}, {"to": "verdeel"}):  # nobody chosen; no reason
        refused = await _close(browser, csrf, els, **form)
        assert refused.status_code == 409
        assert 'role="alert"' in refused.text
    async with database.transaction() as session:
        assert (await session.get_one(Staff, els.id)).active
        assert (await leaving.of(session, els.id, now=now)).trajectories == 4


async def test_all_of_it_goes_to_one_colleague_and_clients_are_told(
    world: Any, browser: httpx.AsyncClient, database: Database, now: datetime
) -> None:
    els, people = await _busy(world, now)
    jan = await world.staff(Role.COUNSELLOR, "gent", name="Jan Moens")
    other = await world.staff(Role.COUNSELLOR, "gent")
    deputised = await world.person(name="Van een ander")
    await world.trajectory(deputised, other, deputy_id=els.id)
    csrf = await log_in(world, browser, Role.COORDINATOR)
    closed = await _close(browser, csrf, els, to=jan.id, reason="ander werk")
    assert closed.status_code == 303
    again = await _close(browser, csrf, els, to=jan.id, reason="ander werk")  # a double click
    assert again.status_code == 303
    async with database.transaction() as session:
        assert not (await session.get_one(Staff, els.id)).active
        assert (await leaving.of(session, els.id, now=now)).nothing
        tracks = (await session.scalars(select(Trajectory))).all()
        assert Tally(track.staff_id for track in tracks) == {jan.id: 4, other.id: 1}
        assert [track.deputy_id for track in tracks if track.staff_id == other.id] == [jan.id]
        talks = (await session.scalars(select(Conversation).where(Conversation.staff_id == jan.id))).all()
        assert len(talks) == 3
        assert sum(talk.waiting_on == "us" and talk.waiting_since is not None for talk in talks) == 2
        told = (await session.scalars(select(FollowUp).order_by(FollowUp.person_id))).all()
        assert [row.person_id for row in told] == [person.id for person in (*people[:4], people[5])]
        assert {row.staff_id for row in told} == {jan.id}
        assert told[0].text.startswith("Dag Cliënt, vanaf nu begeleidt Jan je, niet meer Els.")
        notes = (await session.scalars(select(Note.text))).all()
        assert notes == ["Nieuwe begeleider: Jan Moens. ander werk"] * 4
        assert (await session.scalars(select(CallTask.staff_id))).all() == [jan.id]
        assert [row.kind for row in await session.scalars(select(AppointmentChange))] == ["deputy"]
        logged = (await session.scalars(select(Event).where(Event.kind == leaving.HANDED_OVER))).all()
        assert [row.data["clients"] for row in logged] == [{str(jan.id): 7}]
    assert "Cliënten doorgegeven bij het sluiten" in (await browser.get("/console/beheer/wijzigingen")).text


async def test_it_is_spread_by_what_each_carries(world: Any, database: Database, now: datetime) -> None:
    """A counsellor who has much already gets little; somebody who is away, or of another region, nothing."""
    els, _people = await _busy(world, now)
    busy, free = [await world.staff(Role.COUNSELLOR, "gent", name=name) for name in ("Aad", "Bo")]
    away, far = await world.staff(Role.COUNSELLOR, "gent"), await world.staff(Role.COUNSELLOR, "antwerpen")
    await world.staff(Role.COORDINATOR, "gent")
    for _ in range(3):
        await world.trajectory(await world.person(), busy, phase="traject")
    await world.add(Absence(staff_id=away.id, starts_at=now - timedelta(1), ends_at=now + timedelta(1)))
    chief = await world.staff(Role.COORDINATOR, "gent")
    over = await leaving.spread_over(world.session, els, now=now)
    assert {one.id for one in over} == {busy.id, free.id}
    await world.session.commit()
    plan = Plan(colleagues=over, reason="ziek", by_id=chief.id)
    assert await leaving.hand_over(database, els.id, plan, now=now) == 6
    assert await leaving.hand_over(database, els.id, plan, now=now) == 0
    async with database.transaction() as session:
        counted = Tally(await session.scalars(select(Trajectory.staff_id)))
        talks = await session.execute(
            select(Conversation.staff_id, Trajectory.staff_id).join(
                Trajectory, Trajectory.person_id == Conversation.person_id
            )
        )
        assert all(holder == guide for holder, guide in talks)  # one client, one helper
    assert counted[free.id] in (3, 4)
    assert counted[busy.id] == 7 - counted[free.id]
    assert far.id not in counted


async def test_to_the_queue_when_one_says_so(
    world: Any, browser: httpx.AsyncClient, database: Database, now: datetime
) -> None:
    """Who waits is in the queue with a promise, what is quiet is closed, and nothing leaves in a name that is gone."""
    els, people = await _busy(world, now)
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await _close(browser, csrf, els, to="wachtrij", reason="vertrokken")).status_code == 303
    async with database.transaction() as session:
        assert not (await session.get_one(Staff, els.id)).active
        left = await leaving.of(session, els.id, now=now)
        assert (left.trajectories, left.conversations, left.follow_ups, left.appointments) == (4, 0, 0, 0)
        talks = {row.person_id: row for row in await session.scalars(select(Conversation))}
        assert [talks[people[number].id].holder for number in (0, 4)] == ["queue", "queue"]
        assert talks[people[0].id].promised_at is not None
        assert talks[people[1].id].life == "closed"
        planned = (await session.scalars(select(FollowUp))).one()
        assert planned.staff_id != els.id
        assert (await session.scalars(select(CallTask.staff_id))).all() == [None]
    assert await followups.send_due(database, now=now + timedelta(days=2)) == 1
    # later somebody is chosen for the trajectories, on the same page
    jan = await world.staff(Role.COUNSELLOR, "gent", name="Jan Moens")
    await world.session.commit()
    page = (await browser.get(f"/console/beheer/medewerker/{els.id}/sluiten")).text
    assert "4 trajecten" in page
    assert (await _close(browser, csrf, els, to=jan.id, reason="vertrokken")).status_code == 303
    async with database.transaction() as session:
        assert set(await session.scalars(select(Trajectory.staff_id))) == {jan.id}


async def test_a_run_that_breaks_off_goes_on_with_what_is_left(
    world: Any, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    els, people = await _busy(world, now)
    jan, chief = await world.staff(Role.COUNSELLOR, "gent"), await world.staff(Role.COORDINATOR, "gent")
    await world.session.commit()
    plan = Plan(colleagues=[jan], reason="ziek", by_id=chief.id)
    change, done = leaving.new_counsellor.change, []

    async def twice(*values: Any, **more: Any) -> None:
        await change(*values, **more)
        done.append(1)
        if len(done) == 3:
            raise NotAllowed("net nu")

    monkeypatch.setattr(leaving.new_counsellor, "change", twice)
    with pytest.raises(NotAllowed):
        await leaving.hand_over(database, els.id, plan, now=now)
    async with database.transaction() as session:
        left = await leaving.of(session, els.id, now=now)
        assert left.trajectories == 2
        with pytest.raises(NotAllowed):
            await leaving.check(session, els.id, to_queue=False, now=now)
    assert await leaving.hand_over(database, els.id, plan, now=now) == 4
    async with database.transaction() as session:
        told = (await session.scalars(select(FollowUp).where(FollowUp.due_at == now))).all()
        assert sorted(row.person_id for row in told) == [person.id for person in people[:4]]  # each once


async def test_info_sessions_go_to_who_is_free_and_never_to_the_queue(
    world: Any, browser: httpx.AsyncClient, database: Database, now: datetime
) -> None:
    """The one who was chosen has something else then: a colleague holds it, and whoever has a seat keeps it."""
    els, _people = await _busy(world, now)
    counter = await world.add(Counter(region_id="gent", name="bib"))
    at = {
        "starts_at": now + timedelta(days=9),
        "ends_at": now + timedelta(days=9, hours=1),
        "wall_start": "2031-01-07T10:00",
    }
    talk = await world.add(
        InfoSession(
            region_id="gent", counter_id=counter.id, staff_id=els.id, title="t", seats=9, taken=1, **at
        )
    )
    await world.add(
        Appointment(
            token="y" * 43, person_id=(await world.person()).id, region_id="gent", counter_id=counter.id, staff_id=els.id,
            status="confirmed", kind="session", session_id=talk.id, **at,
        )
    )  # fmt: skip
    jan = await world.staff(Role.COUNSELLOR, "gent")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    refused = await _close(browser, csrf, els, to="wachtrij", reason="weg")
    assert refused.status_code == 409
    assert "Een infosessie kan niet naar de wachtrij." in refused.text
    async with database.transaction() as session:
        assert (await leaving.of(session, els.id, now=now)).conversations == 3
        chief = (await session.scalars(select(Staff).where(Staff.role == Role.COORDINATOR))).one()
        for one in (jan.id, chief.id):  # both are away
            session.add(
                Absence(staff_id=one, starts_at=now + timedelta(days=8), ends_at=now + timedelta(days=10))
            )
    refused = await _close(browser, csrf, els, to=jan.id, reason="weg")
    assert refused.status_code == 409
    assert "Voor een infosessie is niemand anders vrij." in refused.text
    async with database.transaction() as session:
        assert (await session.get_one(Staff, els.id)).active
        there = (await session.scalars(select(Absence).where(Absence.staff_id == chief.id))).one()
        await session.delete(there)
    assert (await _close(browser, csrf, els, to=jan.id, reason="weg")).status_code == 303
    async with database.transaction() as session:
        assert (await session.get_one(InfoSession, talk.id)).staff_id == chief.id
        seat = (await session.scalars(select(Appointment).where(Appointment.session_id == talk.id))).one()
        assert (seat.staff_id, seat.status) == (chief.id, "confirmed")


async def test_only_colleagues_of_the_region_can_take_over(
    world: Any, browser: httpx.AsyncClient, database: Database, now: datetime
) -> None:
    els, _people = await _busy(world, now)
    far = await world.staff(Role.COUNSELLOR, "antwerpen", name="Ver Weg")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert "Ver Weg" not in (await browser.get(f"/console/beheer/medewerker/{els.id}/sluiten")).text
    assert (await _close(browser, csrf, els, to=far.id, reason="weg")).status_code == 409
    assert (await _close(browser, csrf, els, to="x", reason="weg")).status_code == 400
    only = await browser.post(
        f"/console/beheer/medewerker/{els.id}",
        data={"csrf": csrf, "active": "1", "to": "verdeel", "reason": "andere rol"}, headers=HEADERS,
    )  # fmt: skip
    assert only.status_code == 303
    async with database.transaction() as session:
        assert (await session.get_one(Staff, els.id)).active
        assert (await leaving.of(session, els.id, now=now)).nothing
