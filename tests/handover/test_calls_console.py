"""Calls in the console: on my day, in the thread, their outcome in one press; and the front desk and phone note."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Address, AddressLink, CallTask, Conversation, MicroContact, Person, Role
from handover import auth, call_tasks

Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def desk(world: Any, browser: httpx.AsyncClient) -> tuple[Any, Post]:
    """A counsellor of gent at work: the row, and a way to post forms."""
    staff = await world.staff(Role.COUNSELLOR, name="Els Peeters")
    now = datetime.now(UTC)
    token = await auth.start(world.session, staff.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)

    async def post(path: str, **fields: object) -> httpx.Response:
        form = {"csrf": who.csrf if who else "", **{name: str(value) for name, value in fields.items()}}
        return await browser.post(f"/console/{path}", data=form)

    return staff, post


async def _all(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


async def _to_call(world: Any, **more: Any) -> tuple[Any, CallTask]:
    person = await world.person()
    await world.address(person, "tel", "+32470123456")
    await world.address(person, "sms", "+32470123456")
    task = await call_tasks.ask(
        world.session,
        person.id,
        reason="asked",
        now=datetime.now(UTC),
        about="over een cursus Spaans",
        **more,
    )
    await world.session.commit()
    return person, task


async def test_my_day_says_whom_to_call_and_on_what_number(
    world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    person, _ = await _to_call(world)
    page = (await browser.get("/console/dag")).text
    assert 'href="tel:+32470123456"' in page
    assert "0470 12 34 56" in page
    assert "over een cursus Spaans" in page
    assert "vroeg een telefoontje" in page
    thread = (await browser.get(f"/console/client/{person.id}")).text
    assert "over een cursus Spaans" in thread
    assert "Niet bereikt" in thread


async def test_one_press_says_that_they_were_reached(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, post = desk
    _, task = await _to_call(world)
    answer = await post(f"oproep/{task.id}/resultaat", result="reached", naar="/console/dag")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/dag")
    (done,) = await _all(database, CallTask)
    assert (done.state, done.outcome, done.by_id) == ("done", "reached", staff.id)
    assert [(row.way, row.staff_id) for row in await _all(database, MicroContact)] == [("call", staff.id)]
    assert (await post(f"oproep/{task.id}/resultaat", result="reached")).status_code in (404, 409)
    assert len(await _all(database, MicroContact)) == 1


async def test_in_vain_twice_opens_the_thread_with_an_sms_to_send(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, post = desk
    person, task = await _to_call(world, staff_id=desk[0].id)
    await world.trajectory(person, staff)  # so that the thread stays in sight
    await world.session.commit()
    await post(f"oproep/{task.id}/resultaat", result="not_reached")
    (once,) = await _all(database, CallTask)
    assert (once.state, once.attempts) == ("open", 1)
    assert once.due_at > datetime.now(UTC)
    assert "over een cursus Spaans" not in (await browser.get("/console/dag")).text  # not yet
    answer = await post(f"oproep/{task.id}/resultaat", result="not_reached")
    assert answer.headers["location"] == f"/console/client/{person.id}?concept=bel#answer"
    page = (await browser.get(answer.headers["location"])).text
    assert "We probeerden je te bellen, maar dat lukte niet" in page
    assert "Niet bereikt" in page


async def test_a_call_that_is_no_longer_needed(database: Database, world: Any, desk: Any) -> None:
    _, post = desk
    _, task = await _to_call(world)
    await post(f"oproep/{task.id}/schrappen", naar="/console/dag")
    assert [row.state for row in await _all(database, CallTask)] == ["cancelled"]


@pytest.mark.parametrize("result", ["", "perhaps"])
async def test_an_outcome_that_does_not_exist(world: Any, desk: Any, result: str) -> None:
    _, post = desk
    _, task = await _to_call(world)
    assert (await post(f"oproep/{task.id}/resultaat", result=result)).status_code == 400


async def test_staff_put_somebody_on_the_list(database: Database, world: Any, desk: Any) -> None:
    staff, post = desk
    person = await world.person()
    await world.trajectory(person, staff)
    await world.session.commit()
    await post(f"client/{person.id}/oproep", wanneer="straks", about="hoe liep het examen", zelf="1")
    (task,) = await _all(database, CallTask)
    assert (task.staff_id, task.about, task.reason) == (staff.id, "hoe liep het examen", "staff")
    assert task.due_at > datetime.now(UTC)
    assert (await post(f"client/{person.id}/oproep", wanneer="nooit")).status_code == 400


async def test_a_telephone_is_not_written_to(world: Any, desk: Any, browser: httpx.AsyncClient) -> None:
    staff, post = desk
    person = await world.person()
    tel = await world.address(person, "tel", "+3292240965")
    await world.trajectory(person, staff)
    await world.session.commit()
    page = (await browser.get(f"/console/client/{person.id}")).text
    assert "geen adres om naar te schrijven" in page
    answer = await post(
        f"client/{person.id}/antwoord", text="dag", client_msg_id="0" * 32, seen=0, address_id=tel.id
    )
    assert answer.status_code == 409
    assert "Naar een telefoon kan je niet schrijven" in answer.text


# The front desk and the phone note


async def test_somebody_at_the_desk_without_a_name(
    database: Database, desk: Any, browser: httpx.AsyncClient
) -> None:
    """The page, the button: what is filled in already is right."""
    staff, post = desk
    page = (await browser.get("/console/noteer?soort=visit")).text
    assert "Aan de balie" in page
    answer = await post("noteer", way="visit", person_id="", minutes=15, ending="helped")
    (person,) = await _all(database, Person)
    assert answer.headers["location"] == f"/console/client/{person.id}"
    assert (person.name, person.region_id) == (None, "gent")
    (contact,) = await _all(database, MicroContact)
    assert (contact.way, contact.channel, contact.direction, contact.minutes, contact.outcome) == (
        "visit", "desk", "in", 15, "helped",
    )  # fmt: skip
    (talk,) = await _all(database, Conversation)
    assert (talk.life, talk.channel, talk.staff_id) == ("closed", "desk", staff.id)
    thread = await browser.get(answer.headers["location"])
    assert thread.status_code == 200  # who had the contact sees it again
    assert "Bezoek" in thread.text
    assert "Geholpen" in thread.text


async def test_a_phone_call_with_somebody_we_know(
    database: Database, world: Any, desk: Any, browser: httpx.AsyncClient
) -> None:
    staff, post = desk
    person = await world.person(name="Fatma Yilmaz")
    track = await world.trajectory(person, staff)
    await call_tasks.ask(world.session, person.id, reason="missed", now=datetime.now(UTC))
    await world.session.commit()
    page = (await browser.get("/console/noteer?soort=call&q=fatma")).text
    assert "Fatma Yilmaz" in page
    assert f'value="{person.id}" checked' in page
    await post(
        "noteer", way="call", person_id=person.id, minutes=5, purpose="wil starten", ending="appointment"
    )
    (contact,) = await _all(database, MicroContact)
    assert (contact.trajectory_id, contact.purpose, contact.outcome) == (
        track.id,
        "wil starten",
        "appointment",
    )
    assert [row.state for row in await _all(database, CallTask)] == ["done"]  # they rang themselves
    assert len(await _all(database, Person)) == 1


async def test_the_thread_that_is_open_comes_along(world: Any, desk: Any, browser: httpx.AsyncClient) -> None:
    staff, _ = desk
    person = await world.person(name="Fatma Yilmaz")
    await world.trajectory(person, staff)
    hidden = await world.person(name="Iemand Anders", region="antwerpen")
    await world.session.commit()
    assert "Fatma Yilmaz" in (await browser.get(f"/console/noteer?persoon={person.id}")).text
    assert "Iemand Anders" not in (await browser.get(f"/console/noteer?persoon={hidden.id}")).text
    assert "Iemand Anders" not in (await browser.get("/console/noteer?q=anders")).text
    assert (await browser.get("/console/noteer?persoon=abc&soort=xyz")).status_code == 200


async def test_call_back_needs_a_number(database: Database, desk: Any) -> None:
    _, post = desk
    answer = await post("noteer", way="call", person_id="", ending="call_back", purpose="over lassen")
    assert answer.status_code == 409
    assert "Vul een telefoonnummer in" in answer.text
    assert 'value="over lassen"' in answer.text
    answer = await post("noteer", way="call", person_id="", ending="call_back", number="0470 12", name="Sam")
    assert answer.status_code == 409
    assert "telefoonnummer klopt niet" in answer.text
    assert await _all(database, Person) == []
    await post("noteer", way="call", person_id="", ending="call_back", number="0470 12 34 56", name="Sam")
    (task,) = await _all(database, CallTask)
    addresses = {(row.scheme, row.path) for row in await _all(database, Address)}
    assert addresses == {("tel", "+32470123456"), ("sms", "+32470123456")}
    assert {row.linked_by for row in await _all(database, AddressLink)} == {desk[0].id}
    async with database.transaction() as session:
        assert await call_tasks.number_of(session, task) == "+32470123456"
    (talk,) = await _all(database, Conversation)
    assert talk.life == "open"  # it is not over yet


async def test_somebody_out_of_sight_cannot_be_noted(database: Database, world: Any, desk: Any) -> None:
    _, post = desk
    person = await world.person(region="antwerpen")
    await world.session.commit()
    assert (await post("noteer", way="visit", person_id=person.id)).status_code == 404
    assert (await post("noteer", way="no_show", person_id="")).status_code == 400
    assert await _all(database, MicroContact) == []
