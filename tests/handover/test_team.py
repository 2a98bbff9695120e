"""The team: what each carries, who fits, who has the duty, where the queue goes for a day, and the page of it all."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data import events
from data.db import Database
from data.tables import (
    Absence,
    CallTask,
    Conversation,
    Counter,
    Decision,
    Event,
    Phase,
    Presence,
    QueueDiversion,
    Role,
    Sitting,
    Staff,
)
from handover import access, auth, call_tasks, diversion, load, overdue, presence, queue, team
from handover.conversation import NotAllowed
from tests.handover.conftest import NOW

HERE: dict[str, Any] = {"presence": Presence.AVAILABLE, "presence_at": NOW}
DAY = timedelta(days=1)


# ---- what somebody carries ----


@pytest.mark.parametrize(
    ("phase", "language", "municipality", "weight"),
    [
        (Phase.INTAKE, "nl", "Gent", 1.5),
        (Phase.TRAJECT, "nl", "Gent", 1.0),
        (Phase.TRAJECT, "fr", "Gent", 1.25),  # she speaks it
        (Phase.TRAJECT, "ps", "Gent", 1.5),  # nobody does: an interpreter
        (Phase.TRAJECT, "nl", "Eeklo", 1.25),  # she sits in Gent: somebody travels
        (Phase.KEUZE, "ps", "Eeklo", 1.75),
        (Phase.OPVOLGING, "nl", "Eeklo", 0.5),  # by message and by phone
        (Phase.NAZORG, "nl", None, 0.25),
    ],
)
async def test_a_trajectory_weighs_by_phase_language_and_travel(
    world: Any, phase: Phase, language: str, municipality: str | None, weight: float
) -> None:
    staff = await world.staff()
    staff.languages = ["nl", "fr"]
    counter = await world.add(Counter(region_id="gent", name="bib", municipality="Gent"))
    await world.add(
        Sitting(
            counter_id=counter.id, staff_id=staff.id, weekday=1, starts=time(9), ends=time(12),
            valid_from=NOW.date(),
        )
    )  # fmt: skip
    person = await world.person(municipality=municipality)
    person.language = language
    await world.trajectory(person, staff, phase=phase)
    closed = await world.person()
    await world.trajectory(closed, staff, closed_at=NOW)
    await world.conversation(await world.person(), holder="staff", staff_id=staff.id)
    carried = await load.of(world.session, [staff])
    assert carried == {staff.id: load.Load(weight=weight, trajectories=1, capacity=25)}


async def test_who_has_room_and_speaks_the_language_stands_first(world: Any) -> None:
    full, speaks, light, heavy = [
        await world.staff(name=name) for name in ("Vol", "Spreekt", "Licht", "Zwaar")
    ]
    full.capacity, full.languages = 1, ["nl", "ar"]
    speaks.languages = ["nl", "ar"]
    for staff, count in ((full, 1), (speaks, 3), (heavy, 2)):
        for _ in range(count):
            await world.trajectory(await world.person(), staff, phase="traject")
    choices = await load.colleagues(world.session, [heavy, full, light, speaks], "ar")
    assert [one.name for one in choices] == ["Spreekt", "Licht", "Zwaar", "Vol"]
    assert [one.load.full for one in choices] == [False, False, False, True]


# ---- the next one ----


async def _waits(
    world: Any, minutes: int, language: str = "nl", topic: str = "", **more: Any
) -> Conversation:
    person = await world.person()
    person.language = language
    talk = await world.conversation(
        person, **{"holder": "queue", "waiting_on": "us", "waiting_since": NOW - timedelta(minutes=minutes), **more}
    )  # fmt: skip
    if topic:
        message = await world.message(talk, await world.address(person))
        await world.add(
            Decision(
                message_id=message.id, conversation_id=talk.id, intent=topic, confidence=0.9, language=language,
                tier="mediation", action="answer", reasons=[], understanding={}, model_version="1",
            )
        )  # fmt: skip
    return talk


async def test_the_next_one_waits_longest_unless_somebody_there_fits_better(world: Any) -> None:
    jan = await world.staff(Role.DISPATCHER, **HERE)
    arabic = await _waits(world, 50, language="ar")
    evc = await _waits(world, 40, topic="evc")
    plain = await _waits(world, 5)
    assert (await queue.claim_next(world.session, jan, now=NOW)).id == arabic.id, "nobody else is there"
    karim = await world.staff(**HERE)
    karim.languages, karim.topics = ["nl", "ar"], ["evc"]
    also_arabic = await _waits(world, 60, language="ar")
    urgent = await _waits(world, 1, language="ar", urgency="high")
    taken = [(await queue.claim_next(world.session, jan, now=NOW)).id for _ in range(4)]
    assert taken == [urgent.id, plain.id, also_arabic.id, evc.id], "skills keep nobody waiting"
    assert await queue.claim_next(world.session, jan, now=NOW) is None


async def test_two_who_ask_for_the_next_one_get_two(database: Database, world: Any) -> None:
    staff = [(await world.staff(Role.DISPATCHER, **HERE)).id for _ in range(6)]
    waiting = {(await _waits(world, minutes)).id for minutes in range(4)}
    await world.session.commit()

    async def take(staff_id: int) -> int | None:
        async with database.transaction() as session:
            who = await session.get_one(Staff, staff_id)
            row = await queue.claim_next(session, who, now=NOW)
            return row.id if row else None

    found = await asyncio.gather(*(take(staff_id) for staff_id in staff))
    assert sorted(id_ for id_ in found if id_) == sorted(waiting)
    assert found.count(None) == 2


# ---- the duty ----


async def test_the_duty_is_one_persons_and_skips_who_is_away(world: Any) -> None:
    coordinator, jan, other = (
        await world.staff(Role.COORDINATOR), await world.staff(Role.DISPATCHER), await world.staff(Role.DISPATCHER)
    )  # fmt: skip
    assert (await overdue.on_duty(world.session, "gent", now=NOW)).id == coordinator.id
    for staff in (other, jan):
        await team.give_duty(world.session, staff, by_id=coordinator.id, now=NOW)
    await world.session.refresh(other)
    assert (jan.duty, other.duty) == (True, False)
    assert (await overdue.on_duty(world.session, "gent", now=NOW)).id == jan.id
    await world.add(Absence(staff_id=jan.id, starts_at=NOW - DAY, ends_at=NOW + DAY))
    assert (await overdue.on_duty(world.session, "gent", now=NOW)).id == coordinator.id
    with pytest.raises(NotAllowed, match="afwezig gemeld"):
        await team.give_duty(world.session, jan, by_id=coordinator.id, now=NOW)


# ---- a queue that is diverted ----


async def test_a_diverted_queue_is_seen_taken_and_promised_by_the_other_region(world: Any) -> None:
    now = datetime.now(UTC)
    far = await world.staff(Role.COUNSELLOR, "antwerpen", presence=Presence.AVAILABLE, presence_at=now)
    lead = await world.staff(Role.DISPATCHER)
    talk = await world.conversation(
        await world.person(), holder="queue", waiting_on="us", waiting_since=now - timedelta(minutes=2)
    )
    held = await world.conversation(await world.person(), holder="staff", staff_id=lead.id)
    told = await events.record(
        world.session, "conversation.escalated", region_id="gent", conversation_id=talk.id
    )
    noted = await events.record(world.session, "note.written", region_id="gent", conversation_id=held.id)

    for_anybody = await world.add(
        CallTask(person_id=talk.person_id, region_id="gent", reason="asked", due_at=now)
    )
    await world.add(
        CallTask(person_id=held.person_id, region_id="gent", reason="asked", due_at=now, staff_id=lead.id)
    )

    async def calls() -> list[int]:
        return [call.task.id for call in await call_tasks.due(world.session, far, now=now)]

    async def sees() -> tuple[set[int], set[int]]:
        rows = await world.session.scalars(access.conversations_of(far))
        found = await world.session.scalars(select(Event.id).where(access.may_see_event(far)))
        return {row.id for row in rows}, set(found)

    assert await sees() == (set(), set())
    assert await calls() == []
    assert not await presence.who_answers(world.session, "gent", now=now)
    row = await diversion.divert(
        world.session, "gent", "antwerpen", now - timedelta(seconds=1), now + DAY, reason="vormingsdag", by_id=lead.id,
        now=now,
    )  # fmt: skip
    seen, news = await sees()
    assert seen == {talk.id}, "the queue, and nothing that somebody of there holds"
    assert await calls() == [for_anybody.id]
    assert told in news
    assert noted not in news
    assert [one.id for one in await presence.who_answers(world.session, "gent", now=now)] == [far.id]
    promised = await presence.promise_for(world.session, "gent", now=now)
    assert promised.at <= now + timedelta(minutes=6)
    taken = await queue.claim_next(world.session, far, now=now)
    assert taken is not None
    assert (taken.id, taken.region_id) == (talk.id, "gent")
    await diversion.end(world.session, row, by_id=lead.id, now=now)
    assert (await sees())[0] == {talk.id}, "whom one took over stays"
    with pytest.raises(NotAllowed, match="al voorbij"):
        await diversion.end(world.session, row, by_id=lead.id, now=now)


@pytest.mark.parametrize(
    ("to", "hours", "reason", "sentence"),
    [
        ("gent", 8, "x", "Kies een andere regio"),
        ("nergens", 8, "x", "bestaat niet"),
        ("antwerpen", -1, "x", "Kies een einde"),
        ("antwerpen", 8, " ", "Schrijf kort waarom"),
    ],
)
async def test_a_diversion_that_cannot_be_says_why(
    world: Any, to: str, hours: int, reason: str, sentence: str
) -> None:
    lead = await world.staff(Role.COORDINATOR)
    with pytest.raises(NotAllowed, match=sentence):
        await diversion.divert(
            world.session,
            "gent",
            to,
            NOW,
            NOW + timedelta(hours=hours),
            reason=reason,
            by_id=lead.id,
            now=NOW,
        )


# ---- the page ----


@pytest.fixture
async def lead(world: Any, browser: httpx.AsyncClient) -> tuple[Any, str]:
    staff = await world.staff(Role.COORDINATOR, name="Griet Claus")
    now = datetime.now(UTC)
    token = await auth.start(world.session, staff.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    browser.cookies.set("leerlijn_staff", token)
    await world.session.commit()
    return staff, who.csrf


async def test_the_page_says_who_is_there_and_what_waits_on_who_is_not(
    world: Any, browser: httpx.AsyncClient, lead: Any
) -> None:
    now = datetime.now(UTC)
    gone = await world.staff(name="Tom Weg")
    await world.add(Absence(staff_id=gone.id, starts_at=now - DAY, ends_at=now + DAY))
    await world.staff(name="Anna Ver", region="antwerpen")
    talk = await world.conversation(
        await world.person(name="Yusuf"), holder="staff", staff_id=gone.id, waiting_on="us",
        waiting_since=now - timedelta(minutes=42),
    )  # fmt: skip
    await world.session.commit()
    page = (await browser.get("/console/team")).text
    assert "Niemand is beschikbaar. Griet Claus heeft de wacht." in page
    assert "Tom Weg" in page
    assert "afwezig tot" in page
    assert f"/console/gesprek/{talk.id}/vrijgeven" in page
    assert "Anna Ver" not in page


async def test_skills_duty_and_diversion_are_set_on_the_page(
    database: Database, world: Any, browser: httpx.AsyncClient, lead: Any
) -> None:
    griet, csrf = lead
    olena = await world.staff(name="Olena")
    await world.session.commit()
    form = {
        "csrf": csrf, "capacity": "12", "taal_nl": "1", "taal_uk": "1", "onderwerp_evc": "1", "staff_id": str(olena.id),
        "to_region_id": "antwerpen", "starts_at": "2030-01-07T09:00", "ends_at": "2030-01-07T17:00", "reason": "vorming",
    }  # fmt: skip
    for path in (f"medewerker/{olena.id}", "wacht", "omleiding"):
        assert (await browser.post(f"/console/team/{path}", data=form)).status_code == 303, path
    none = {**form, "taal_nl": "", "taal_uk": ""}
    assert (await browser.post(f"/console/team/medewerker/{olena.id}", data=none)).status_code == 409
    async with database.transaction() as session:
        row = await session.get_one(Staff, olena.id)
        assert (row.languages, row.topics, row.capacity, row.duty) == (["nl", "uk"], ["evc"], 12, True)
        (diverted,) = await session.scalars(select(QueueDiversion))
        assert (diverted.region_id, diverted.to_region_id, diverted.by_id) == ("gent", "antwerpen", griet.id)
        assert diverted.starts_at == datetime(2030, 1, 7, 8, tzinfo=UTC)
    page = (await browser.get("/console/team")).text
    assert "heeft de wacht" in page
    assert ">vorming<" in page
    stopped = await browser.post(f"/console/team/omleiding/{diverted.id}/stop", data={"csrf": csrf})
    assert stopped.status_code == 303
    assert ">vorming<" not in (await browser.get("/console/team")).text


async def test_the_queue_says_when_nobody_is_there_and_what_is_yours(
    world: Any, browser: httpx.AsyncClient, lead: Any
) -> None:
    griet, csrf = lead
    griet.topics, griet.languages = ["evc"], ["nl", "ar"]
    mine = await _waits(world, 5, language="ar", topic="evc")
    await _waits(world, 9)
    await world.session.commit()
    page = (await browser.get("/console/wachtrij")).text
    assert "Niemand is beschikbaar. Jij hebt de wacht." in page
    row = page[page.index(f'id="r{mine.id}"') :]
    assert "jouw taal" in row
    assert "jouw onderwerp" in row
    assert page.count("jouw taal") == 1
    taken = await browser.post("/console/wachtrij/volgende", data={"csrf": csrf})
    assert taken.headers["location"].startswith("/console/gesprek/")
