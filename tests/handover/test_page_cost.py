"""What a page of the console costs: how many statements, also with much to show, and what a refresh leaves out.

Three hundred staff share a processor and a database: a statement for each row, or a part that nobody sees, is what they
would wait for. A bound that is in the way is a question to ask, not a number to raise.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from data.db import Database
from data.tables import Address, Conversation, Decision, MicroContact, Note, Region, Role
from handover import auth
from tests.handover.objects import objects_of

# With something of every kind; of most people there is less, and less is read.
BOUNDS = {
    "client/{person_id}": 33,
    "gesprek/{conversation_id}": 28,
    "wachtrij": 7,
    "wachtrij?lijst=gesloten": 4,
    "clienten?lijst=mij": 4,
    "clienten?lijst=regio": 4,
    "dag": 15,
    "noteer": 2,
}
REFRESHES = {
    ("client/{person_id}", "thread"): 28,
    ("gesprek/{conversation_id}", "thread"): 23,
    ("wachtrij", "rows"): 7,
    ("clienten?lijst=mij", "rows"): 3,
}


@pytest.fixture
async def els(world: Any, browser: httpx.AsyncClient) -> Any:
    """A counsellor who is logged in, and who has looked before."""
    staff = await world.staff(Role.COUNSELLOR)
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)
    return staff


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    told: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        told.append(" ".join(statement.split()))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def _cost(database: Database, browser: httpx.AsyncClient, path: str, part: str = "") -> list[str]:
    with _statements(database) as told:
        answer = await browser.get(f"/console/{path}", headers={"X-Refresh": part} if part else {})
    assert answer.status_code == 200
    return told


@pytest.fixture
async def made(world: Any, els: Any) -> dict[str, Any]:
    """A client of `els` with something of every kind."""
    await world.add(Region(id="brussel", name="Brussel", office_hours={}, answer_minutes=15))
    objects: dict[str, Any] = await objects_of(world, "gent", els, "hier")
    await world.session.commit()
    return objects


async def _more(world: Any, els: Any, made: dict[str, Any]) -> None:
    """More of what there is many of: messages, notes, contacts, clients, and people who wait."""
    talk = await world.session.get_one(Conversation, made["conversation_id"])
    address = await world.session.get_one(Address, made["address_id"])
    now = datetime.now(UTC)
    for number in range(6):
        message = await world.message(talk, address, f"nog iets {number}", created_at=now)
        await world.add(
            Decision(
                message_id=message.id, conversation_id=talk.id, intent="find_course", confidence=0.9, language="nl",
                tier="information", action="answer", reasons=[], understanding={}, model_version="1",
            )
        )  # fmt: skip
        await world.add(Note(person_id=talk.person_id, staff_id=els.id, text="nota", created_at=now))
        await world.add(
            MicroContact(
                person_id=talk.person_id, staff_id=els.id, way="visit", direction="in", channel="desk", at=now
            )
        )
        client, waits = await world.person(name="Cliënt"), await world.person(name="Wachter")
        for person, more in (
            (client, {"holder": "staff", "staff_id": els.id}),
            (waits, {"holder": "queue", "waiting_since": now}),
        ):
            also = await world.conversation(person, waiting_on="us", **more)
            await world.message(also, await world.address(person), "ik wacht", created_at=now)
        await world.trajectory(client, els)
    await world.session.commit()


@pytest.mark.parametrize("pages", [BOUNDS, REFRESHES], ids=["pages", "refreshes"])
async def test_a_page_asks_no_more_than_this_however_much_there_is(
    database: Database, world: Any, browser: httpx.AsyncClient, els: Any, made: dict[str, Any], pages: Any
) -> None:
    asked = [(key, key) if isinstance(key, str) else (key, key[0]) for key in pages]
    paths = [(key, path.format(**made), key[1] if isinstance(key, tuple) else "") for key, path in asked]
    first = {key: len(await _cost(database, browser, path, part)) for key, path, part in paths}
    await _more(world, els, made)
    for key, path, part in paths:
        told = await _cost(database, browser, path, part)
        assert len(told) <= pages[key], f"{key}: {len(told)}\n" + "\n".join(one[:120] for one in told)
        assert len(told) <= first[key], f"{key} asks more when there is more: {first[key]}, {len(told)}"


async def test_a_refresh_is_the_same_part_of_the_page(
    world: Any, browser: httpx.AsyncClient, els: Any, made: dict[str, Any]
) -> None:
    await _more(world, els, made)
    for path in (f"client/{made['person_id']}", f"gesprek/{made['conversation_id']}"):
        whole = _steady((await browser.get(f"/console/{path}")).text)
        thread = _steady((await browser.get(f"/console/{path}", headers={"X-Refresh": "thread"})).text)
        assert thread in whole
        assert 'id="talk"' in thread
        assert 'id="person"' in thread
        assert 'id="rows"' not in thread, "an empty list would take the place of the one that is there"
    for path in ("wachtrij", "wachtrij?lijst=mij", "clienten?lijst=mij", "clienten?lijst=regio"):
        whole = _steady((await browser.get(f"/console/{path}")).text)
        rows = _steady((await browser.get(f"/console/{path}", headers={"X-Refresh": "rows"})).text)
        assert rows in whole
        assert rows.startswith('<div id="rows"')
        assert 'id="menu"' not in rows


def _steady(page: str) -> str:
    """Without what differs from one asking to the next."""
    page = re.sub(r'name="client_msg_id" value="[^"]*"', "", page)
    return re.sub(r"<time[^>]*data-since[^>]*>[^<]*", "", page).strip()


async def test_opening_is_kept_and_refreshing_is_not(
    database: Database, browser: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    path = f"client/{made['person_id']}"
    opened = await _cost(database, browser, path)
    again = await _cost(database, browser, path, "thread")
    assert any(one.startswith("INSERT INTO file_look") for one in opened)
    assert not any(one.startswith("INSERT") or "INSERT INTO" in one for one in again)
