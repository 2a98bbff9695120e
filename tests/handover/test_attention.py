"""Who looks and who writes: seen by colleagues, asked once before sending, and never in anybody's way."""

import asyncio
import re
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import httpx
import orjson
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Looking, Message, Role
from handover import attention, auth
from handover.attention import LOCKED, SEEN_FOR
from handover.console import live
from handover.console.newsroom import Newsroom
from tests.handover.conftest import NOW

SECOND = timedelta(seconds=1)


async def test_who_looks_is_seen_until_the_beats_stop(world: Any) -> None:
    person, els, jan = await world.person(), await world.staff(name="Els"), await world.staff(name="Jan")
    session = world.session
    await attention.look(session, person.id, els.id, typing=None, now=NOW)
    assert [one.name for one in await attention.others(session, person.id, jan.id, now=NOW)] == ["Els"]
    assert await attention.others(session, person.id, els.id, now=NOW) == [], "not oneself"
    assert await attention.others(session, person.id, jan.id, now=NOW + SEEN_FOR) == []
    await attention.look(session, person.id, els.id, typing=None, now=NOW + SEEN_FOR)
    await attention.leave(session, person.id, els.id)
    assert await attention.others(session, person.id, jan.id, now=NOW + SEEN_FOR) == []


async def test_the_first_keystroke_has_the_lock_until_it_is_sent_emptied_or_old(world: Any) -> None:
    person, els, jan = await world.person(), await world.staff(), await world.staff()
    session = world.session

    async def ahead(now: datetime) -> tuple[int | None, int | None]:
        found = [await attention.ahead_of(session, person.id, one.id, now=now) for one in (els, jan)]
        return (found[0].staff_id if found[0] else None, found[1].staff_id if found[1] else None)

    await attention.look(session, person.id, els.id, typing=True, now=NOW)
    await attention.look(session, person.id, jan.id, typing=True, now=NOW + SECOND)
    assert await ahead(NOW + SECOND) == (None, els.id)
    await attention.look(session, person.id, els.id, typing=None, now=NOW + 2 * SECOND)
    assert await ahead(NOW + 2 * SECOND) == (None, els.id), "a beat is no keystroke, and changes nothing"
    assert await ahead(NOW + LOCKED) == (jan.id, None), "hers is old, his is not"
    await attention.look(session, person.id, els.id, typing=True, now=NOW + LOCKED)
    assert await ahead(NOW + LOCKED) == (jan.id, None), "she begins anew, behind him"
    await attention.sent(session, person.id, jan.id)
    assert await ahead(NOW + LOCKED) == (None, els.id)
    await attention.look(session, person.id, els.id, typing=False, now=NOW + LOCKED)
    assert await ahead(NOW + LOCKED) == (None, None)


async def test_the_stream_says_who_is_there_at_once_and_when_it_changes(
    database: Database, world: Any
) -> None:
    els, jan = await world.staff(Role.DISPATCHER, name="Els"), await world.staff(Role.DISPATCHER)
    person = await world.person()
    token = await auth.start(world.session, jan.id, now=datetime.now(UTC))
    await world.session.commit()

    async def look(typing: bool | None) -> None:
        async with database.transaction() as session:
            await attention.look(session, person.id, els.id, typing=typing, now=datetime.now(UTC))

    async def leave() -> None:
        async with database.transaction() as session:
            await attention.leave(session, person.id, els.id)

    said: list[Any] = []
    async with (
        asyncio.timeout(8),
        aclosing(cast(Any, live.news(database, Newsroom(database), token, 0, person.id))) as stream,
    ):
        steps = iter(((None, None), (True, True)))  # the second of each is no news
        async for part in stream:
            said += [orjson.loads(data) for data in re.findall(rb"event: looking\ndata: (.*)", part)]
            if len(said) == 3:
                break
            step = next(steps, None) if part.startswith(b"retry") or b"looking" in part else ()
            if step is None:
                await leave()
            for typing in step or ():
                await look(typing)
    assert said == [[{"name": "Els", "writes": False}], [{"name": "Els", "writes": True}], []]


async def test_a_beat_that_says_the_same_wakes_nobody(database: Database, world: Any) -> None:
    els, person = await world.staff(), await world.person()
    await world.session.commit()
    now = datetime.now(UTC)
    woken = []
    async with database.wakeups.subscribe(attention.topic(person.id)) as wake:
        for typing in (None, None, True, True, None, False, False):
            wake.clear()
            async with database.transaction() as session:
                await attention.look(session, person.id, els.id, typing=typing, now=now)
            woken.append(wake.is_set())
    assert woken == [True, False, True, False, False, True, False]


@pytest.fixture
async def two(world: Any, browser: httpx.AsyncClient) -> Any:
    """A dispatcher at work on a client, and a colleague: what is posted is the dispatcher's."""
    jan, els = await world.staff(Role.DISPATCHER, name="Jan"), await world.staff(Role.DISPATCHER, name="Els")
    person = await world.person()
    talk = await world.conversation(person, holder="queue", waiting_on="us")
    message = await world.message(talk, await world.address(person), "hallo")
    now = datetime.now(UTC)
    token = await auth.start(world.session, jan.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    await world.session.commit()
    browser.cookies.set("leerlijn_staff", token)

    async def post(path: str, **fields: object) -> httpx.Response:
        form = {
            "csrf": who.csrf,
            "seen": str(message.id),
            **{name: str(value) for name, value in fields.items()},
        }
        return await browser.post(f"/console/client/{person.id}/{path}", data=form)

    return person, els, post


async def _texts(database: Database) -> list[str]:
    async with database.transaction() as session:
        query = select(Message.text).where(Message.direction == "out").order_by(Message.id)
        return list(await session.scalars(query))


async def test_sending_beside_somebody_who_writes_is_asked_once(
    database: Database, world: Any, two: Any
) -> None:
    person, els, post = two
    async with database.transaction() as session:
        await attention.look(session, person.id, els.id, typing=True, now=datetime.now(UTC))
    fields = {"text": "ik ben er", "client_msg_id": uuid4()}
    asked = await post("antwoord", **fields)
    assert asked.status_code == 409
    assert "Els is al een antwoord aan het schrijven." in asked.text
    assert "ik ben er</textarea>" in asked.text
    assert await _texts(database) == []
    (beside,) = re.findall(r'name="toch" value="(\d+)"', asked.text)
    assert (await post("antwoord", **fields, toch=beside)).status_code == 303
    assert await _texts(database) == ["ik ben er"]


async def test_a_page_counts_as_looking_and_its_own_refresh_does_not(
    database: Database, two: Any, browser: httpx.AsyncClient
) -> None:
    person, els, post = two
    path = f"/console/client/{person.id}"
    await browser.get(path, headers={"x-refresh": "1"})
    async with database.transaction() as session:
        assert await attention.others(session, person.id, els.id, now=datetime.now(UTC)) == []
        await attention.look(session, person.id, els.id, typing=True, now=datetime.now(UTC))
    assert "Els schrijft een antwoord" in (await browser.get(path)).text
    async with database.transaction() as session:
        (jan,) = await attention.others(session, person.id, els.id, now=datetime.now(UTC))
    assert (jan.name, jan.writing_since) == ("Jan", None)
    for state, status in (("schrijft", 204), ("leeg", 204), ("weg", 204), ("onzin", 400)):
        assert (await post("hier", staat=state)).status_code == status
    async with database.transaction() as session:
        rows = (await session.scalars(select(Looking))).all()
    assert [row.staff_id for row in rows] == [els.id]


async def test_what_was_added_after_a_lost_answer_is_not_swallowed(database: Database, two: Any) -> None:
    """The first send arrived and its answer did not; the same id with other words is not the same message."""
    _, _, post = two
    id_ = uuid4()
    assert (await post("antwoord", text="Dag Fatma", client_msg_id=id_)).status_code == 303
    assert (await post("antwoord", text="Dag Fatma", client_msg_id=id_)).status_code == 303
    more = await post("antwoord", text="Dag Fatma, tot morgen", client_msg_id=id_)
    assert more.status_code == 409
    assert "Een eerdere versie van dit bericht is al vertrokken" in more.text
    assert "Dag Fatma, tot morgen</textarea>" in more.text
    assert f'data-sent="{id_}"' in more.text, "by this the browser gives the words an id of their own"
    assert f'name="client_msg_id" value="{id_}"' not in more.text
    assert await _texts(database) == ["Dag Fatma"]


async def test_old_marks_are_removed(world: Any) -> None:
    person, els = await world.person(), await world.staff()
    await attention.look(world.session, person.id, els.id, typing=True, now=NOW)
    await attention.forget_old(world.session, now=NOW + timedelta(hours=2))
    assert (await world.session.scalars(select(Looking))).all() == []
