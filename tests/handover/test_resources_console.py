"""Interpreters, info sessions, lengths and rooms, as staff keep them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from data.db import Database
from data.tables import Appointment, AppointmentChange, Counter, InfoSession, Interpreter, Region, Role
from handover.console.render import wall_input
from tests.handover.test_agenda_day import Agenda


@pytest.fixture
async def agenda(world: Any, browser: httpx.AsyncClient, database: Database) -> Agenda:
    agenda = Agenda(world, browser, database)
    await agenda.fill()
    return agenda


async def _coordinator(agenda: Agenda) -> None:
    await agenda.log_in(await agenda.world.staff(Role.COORDINATOR))


async def test_an_interpreter_is_kept_and_booked_along(agenda: Agenda) -> None:
    await _coordinator(agenda)
    day = ("mo", "tu", "we", "th", "fr", "sa", "su")[agenda.day.weekday()]
    form = {"name": "Amal", "l_ar": "1", day: "8:00-18:00", "active": "1", "contact": "0470 12 34 56"}
    assert (await agenda.post("tolken", **form)).status_code == 303
    (amal,) = await agenda.rows(Interpreter)
    assert (amal.region_id, amal.languages, amal.hours) == ("gent", ["ar"], {day: [["08:00", "18:00"]]})
    assert "Amal" in (await agenda.browser.get(f"/console/tolken/{amal.id}")).text
    async with agenda.database.transaction() as session:
        (await session.get_one(type(agenda.person), agenda.person.id)).language = "ar"
    shown = await agenda.page(client=agenda.person.id)
    assert "met tolk" in shown
    (slot, *_) = await agenda.free(staff_id=agenda.els.id)
    assert (await agenda.book(slot)).status_code == 303
    row = await agenda.standing()
    assert row.interpreter_id == amal.id
    assert "Amal" in (await agenda.browser.get("/console/tolken")).text.split("Wie er tolkt")[0]
    assert "zonder tolk" in await agenda.page(client=agenda.person.id)  # with Jan at the same hour
    page = (await agenda.browser.get(f"/console/afspraak/{row.id}")).text
    assert "Amal" in page
    assert "0470 12 34 56" in page
    assert (await agenda.post(f"afspraak/{row.id}/tolk", interpreter_id="")).status_code == 303
    assert (await agenda.standing()).interpreter_id is None
    assert "<strong>geen</strong>" in (await agenda.browser.get(f"/console/afspraak/{row.id}")).text
    assert (await agenda.post(f"afspraak/{row.id}/tolk", interpreter_id=amal.id)).status_code == 303
    assert (await agenda.standing()).interpreter_id == amal.id
    off = form | {"days_off": f"{agenda.day.day}/{agenda.day.month}/{agenda.day.year}"}
    assert (await agenda.post(f"tolken/{amal.id}", **off)).status_code == 303
    assert "met tolk" not in await agenda.page(client=agenda.person.id)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Vul een naam in"),
        ({"l_ar": ""}, "minstens één taal"),
        ({"mo": "van 9 tot 12"}, "zijn geen uren"),
        ({"days_off": "kerstmis"}, "is geen dag"),
        ({"days_off": "31/2/2027"}, "is geen dag"),
    ],
)
async def test_an_interpreter_that_cannot_be(agenda: Agenda, wrong: dict[str, str], words: str) -> None:
    await _coordinator(agenda)
    answer = await agenda.post("tolken", **({"name": "Amal", "l_ar": "1"} | wrong))
    assert answer.status_code == 409
    assert words in answer.text
    assert await agenda.rows(Interpreter) == []


async def test_a_dispatcher_reads_interpreters_and_keeps_none(agenda: Agenda) -> None:
    assert (await agenda.browser.get("/console/tolken")).status_code == 200
    assert (await agenda.post("tolken", name="Amal", l_ar="1")).status_code == 403


async def _plan(agenda: Agenda, **more: object) -> httpx.Response:
    begins = datetime.combine(agenda.day, time(9), tzinfo=UTC)
    form: dict[str, object] = {
        "title": "je weg naar een diploma", "starts_at": wall_input(begins), "minutes": 90, "seats": 2,
        "counter_id": agenda.counter.id, "staff_id": agenda.els.id, "language": "nl",
    }  # fmt: skip
    return await agenda.post("infosessies/nieuw", **(form | more))


async def test_an_info_session_from_plan_to_end(agenda: Agenda) -> None:
    before = len(await agenda.free(staff_id=agenda.els.id))
    assert (await _plan(agenda)).status_code == 303
    (talk,) = await agenda.rows(InfoSession)
    assert len(await agenda.free(staff_id=agenda.els.id)) < before
    assert "je weg naar een diploma" in await agenda.page()
    assert "je weg naar een diploma" in (await agenda.browser.get(f"/console/agenda?week={agenda.day}")).text
    assert (await _plan(agenda)).status_code == 409  # Els is there already
    path = f"infosessies/{talk.id}"
    for person in (agenda.person, agenda.person, await agenda.world.person(name="Karim")):
        await agenda.world.session.commit()
        assert (await agenda.post(f"{path}/plaats", client_id=person.id)).status_code == 303
    third = await agenda.world.person(name="Derde")
    await agenda.world.session.commit()
    full = await agenda.post(f"{path}/plaats", client_id=third.id)
    assert full.status_code == 409
    assert "Deze infosessie is vol" in full.text
    assert (await agenda.post(f"{path}/plaatsen", seats=1)).status_code == 409
    assert (await agenda.post(f"{path}/plaatsen", seats=3)).status_code == 303
    assert (await agenda.post(f"{path}/plaats", client_id=third.id)).status_code == 303
    page = (await agenda.browser.get(f"/console/{path}")).text
    assert "3 van 3 plaatsen" in page
    assert "Fatma" in page
    (fatma, karim, _) = await agenda.rows(Appointment)
    assert (await agenda.post(f"afspraak/{fatma.id}/verplaats", key="1.1.20260101T0900")).status_code == 409
    assert (await agenda.post(f"afspraak/{karim.id}/annuleren")).status_code == 303
    assert "2 van 3 plaatsen" in (await agenda.browser.get(f"/console/{path}")).text
    assert (await agenda.post(f"{path}/afzeggen")).status_code == 303
    told = sorted((row.kind, row.appointment_id) for row in await agenda.rows(AppointmentChange))
    assert [kind for kind, _ in told].count("cancelled") == 3
    assert {row.status for row in await agenda.rows(Appointment)} == {"cancelled"}
    assert (await agenda.post(f"{path}/afzeggen")).status_code == 409
    assert len(await agenda.free(staff_id=agenda.els.id)) == before


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"starts_at": "2020-01-07T10:00"}, 409),
        ({"starts_at": "2030-03-31T02:30"}, 409),  # the clock skips it
        ({"seats": 0}, 409),
        ({"seats": 100000}, 409),
        ({"minutes": 5}, 409),
        ({"title": ""}, 409),
        ({"language": "xx"}, 400),
        ({"staff_id": 999999}, 400),
        ({"counter_id": 999999}, 404),
    ],
)
async def test_an_info_session_that_cannot_be(agenda: Agenda, wrong: dict[str, object], status: int) -> None:
    assert (await _plan(agenda, **wrong)).status_code == status
    assert await agenda.rows(InfoSession) == []


async def test_lengths_and_rooms_of_a_region(agenda: Agenda) -> None:
    await _coordinator(agenda)
    form = {"region_id": "gent", "information": 30, "mediation": 60, "trajectory": 75, "session": 120}
    assert (await agenda.post("beheer/gesprekken", **(form | {"mediation": 50}))).status_code == 409
    assert (await agenda.post("beheer/gesprekken", **(form | {"region_id": "antwerpen"}))).status_code == 404
    assert (await agenda.post("beheer/gesprekken", **form)).status_code == 303
    async with agenda.database.transaction() as session:
        assert (await session.get_one(Region, "gent")).minutes["mediation"] == 60
    assert {slot.ends_at - slot.starts_at for slot in await agenda.free()} == {timedelta(minutes=60)}
    rooms = f"beheer/loket/{agenda.counter.id}/lokalen"
    assert (await agenda.post(rooms, rooms=" lokaal 1 \n\nlokaal 1")).status_code == 303
    async with agenda.database.transaction() as session:
        assert (await session.get_one(Counter, agenda.counter.id)).rooms == ["lokaal 1"]
    (slot, *_) = await agenda.free(staff_id=agenda.els.id)
    await agenda.log_in(agenda.dispatcher)
    assert (await agenda.book(slot)).status_code == 303
    assert (await agenda.standing()).room == "lokaal 1"
    assert slot.starts_at not in {free.starts_at for free in await agenda.free(staff_id=agenda.jan.id)}
    assert "lokaal 1" in (await agenda.browser.get(f"/console/afspraak/{(await agenda.standing()).id}")).text
