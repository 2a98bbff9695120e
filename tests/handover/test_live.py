"""The stream of news: scoped as it is sent, replayed after an absence, ended with the session."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import delete, select, update

from data import events
from data.db import Database
from data.tables import Event, QueueDiversion, Region, Role, Staff, StaffSession
from handover import access, auth, queue
from handover import conversation as machine
from handover.console import live, newsroom
from handover.console.newsroom import SETTLED, Newsroom, Seen, _newer

HOUR = timedelta(hours=1)


async def _token(world: Any, role: Role, region: str | None) -> str:
    staff = await world.staff(role, region)
    return await auth.start(world.session, staff.id, now=datetime.now(UTC))


async def _ids(stream: AsyncIterator[bytes], at_least: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(5):
        async for part in stream:
            found += [int(id_) for id_ in re.findall(rb"^id: (\d+)$", part, re.MULTILINE)]
            if len(found) >= at_least:
                return found
    return found


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.DISPATCHER, Role.ADMIN, Role.ANALYST])
async def test_only_what_one_may_see_is_sent(database: Database, world: Any, role: Role) -> None:
    token = await _token(world, role, None if role in (Role.ADMIN, Role.ANALYST) else "gent")
    far = await world.conversation(await world.person(region="antwerpen"))
    near = await world.conversation(await world.person())
    sent = {
        "far": await events.record(world.session, "conversation.escalated", region_id="antwerpen"),
        "far, by its conversation": await events.record(
            world.session, "message.sent", conversation_id=far.id, person_id=far.person_id
        ),
        "near": await events.record(world.session, "conversation.escalated", region_id="gent"),
        "near, by its conversation": await events.record(
            world.session, "message.sent", conversation_id=near.id, person_id=near.person_id
        ),
        "last": await events.record(world.session, "conversation.escalated", region_id="gent"),
    }
    await world.session.commit()
    names = {id_: name for name, id_ in sent.items()}
    expected = [name for name in sent if role == Role.ADMIN or "far" not in name]
    async with aclosing(cast(Any, live.news(database, Newsroom(database), token, 0))) as stream:
        if role == Role.ANALYST:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(_ids(stream, 1), 1)
            return
        assert [names[id_] for id_ in await _ids(stream, len(expected))] == expected


async def test_news_comes_soon_after_the_commit_and_nothing_twice(database: Database, world: Any) -> None:
    token = await _token(world, Role.DISPATCHER, "gent")
    await world.session.commit()
    async with aclosing(cast(Any, live.news(database, Newsroom(database), token, 0))) as stream:
        reading = asyncio.create_task(_ids(stream, 2))
        await asyncio.sleep(0.3)
        async with database.transaction() as session:
            first = await events.record(session, "a", region_id="gent")
        await asyncio.sleep(0.3)
        async with database.transaction() as session:
            second = await events.record(session, "b", region_id="gent")
        started = asyncio.get_running_loop().time()
        assert await reading == [first, second]
        assert asyncio.get_running_loop().time() - started < 2


async def test_the_stream_ends_with_the_session(database: Database, world: Any) -> None:
    token = await _token(world, Role.DISPATCHER, "gent")
    await world.session.commit()
    async with database.transaction() as session:
        await auth.end(session, token, now=datetime.now(UTC))
    async with (
        asyncio.timeout(5),
        aclosing(cast(Any, live.news(database, Newsroom(database), token, 0))) as stream,
    ):
        parts = [part async for part in stream]
    assert parts[-1].startswith(b"event: gone")


async def test_news_holds_no_words(database: Database, world: Any) -> None:
    token = await _token(world, Role.DISPATCHER, "gent")
    await events.record(world.session, "note.written", region_id="gent", data={"reason": "geheim"})
    await world.session.commit()
    async with aclosing(cast(Any, live.news(database, Newsroom(database), token, 0))) as stream:
        await anext(stream)
        assert b"geheim" not in await anext(stream)


@pytest.mark.parametrize("role", list(Role))
async def test_what_one_hears_and_counts_is_the_same_without_asking(
    database: Database, world: Any, role: Role
) -> None:
    """Every combination of where an event is, what it is about and who guides: `hears` and the query agree."""
    now = datetime.now(UTC)
    me = await world.staff(role, None if role in (Role.ADMIN, Role.ANALYST) else "gent")
    other = await world.staff(region="antwerpen")
    for region in ("brussel", "limburg"):
        await world.add(Region(id=region, name=region, office_hours={}, answer_minutes=15))
    await world.add(
        QueueDiversion(
            region_id="brussel", to_region_id="gent", starts_at=now - HOUR, ends_at=now + HOUR, reason="x", by_id=other.id
        )
    )  # fmt: skip
    await world.add(
        QueueDiversion(
            region_id="limburg", to_region_id="gent", starts_at=now - HOUR, ends_at=now - HOUR / 2, reason="x", by_id=other.id
        )
    )  # fmt: skip
    made = 0
    for guide in (
        {},
        {"staff_id": me},
        {"staff_id": other, "deputy": me},
        {"staff_id": other, "deputy": me, "closed_at": now},
    ):
        for region in ("gent", "antwerpen", "brussel", "limburg", None):
            for holder in (
                {"holder": "queue"},
                {"holder": "staff", "staff_id": me.id},
                {"holder": "staff", "staff_id": other.id},
            ):
                person = await world.person(region="antwerpen")
                talk = await world.conversation(
                    person, region_id=region, waiting_on="us", urgency="crisis" if made % 7 == 0 else "normal",
                    waiting_since=now - HOUR * made, promised_at=now - HOUR if made % 3 == 0 else now + HOUR, **holder,
                )  # fmt: skip
                if guide:
                    row = await world.trajectory(person, guide["staff_id"], region="antwerpen")
                    row.deputy_id = guide["deputy"].id if "deputy" in guide else None
                    row.closed_at = guide.get("closed_at")
                for kind in ("conversation.escalated", "message.sent"):
                    for about in ({}, {"conversation_id": talk.id}, {"person_id": person.id}):
                        made += 1
                        await events.record(
                            world.session, kind, region_id=region if made % 2 else "antwerpen", **about
                        )
    await world.session.commit()
    async with database.transaction() as session:
        allowed = set(await session.scalars(select(Event.id).where(access.may_see_event(me))))
        heard = []
        seen = Seen(0)
        while part := await _newer(session, seen, 0.0):
            heard += part
            seen.settle(SETTLED + 1)
        counted = await queue.counts(session, me, now=now)
        board = await queue.board(session, now=now)
    assert len(heard) == made
    assert {one.event.id for one in heard if access.hears(me, one)} == allowed
    if role != Role.ANALYST:
        assert board.counts(me) == counted


async def test_one_reader_serves_all_and_stops_with_the_last(database: Database, world: Any) -> None:
    tokens = [await _token(world, Role.DISPATCHER, region) for region in ("gent", "antwerpen")]
    await world.session.commit()
    room = Newsroom(database)
    streams = [cast(Any, live.news(database, room, token, 0)) for token in tokens]
    reading = [asyncio.create_task(_ids(stream, 1)) for stream in streams]
    await asyncio.sleep(0.3)
    async with database.transaction() as session:
        ids = [await events.record(session, "a", region_id=region) for region in ("gent", "antwerpen")]
    assert await asyncio.gather(*reading) == [[ids[0]], [ids[1]]]
    assert room._reader is not None
    reader = room._reader
    for stream in streams:
        await stream.aclose()
    with suppress(asyncio.CancelledError):
        await reader
    assert reader.cancelled()
    assert room._reader is None


async def test_a_stream_is_woken_only_by_what_is_for_it(database: Database, world: Any) -> None:
    """Three hundred streams that each wrote "still here" at every event of every region left no time for pages."""
    tokens = [await _token(world, Role.DISPATCHER, region) for region in ("gent", "antwerpen")]
    await world.session.commit()
    room = Newsroom(database)
    near, far = [cast(Any, live.news(database, room, token, 0)) for token in tokens]
    said: dict[str, list[bytes]] = {"near": [], "far": []}

    async def read(name: str, stream: AsyncIterator[bytes]) -> None:
        async for part in stream:
            said[name].append(part)

    reading = [asyncio.create_task(read("near", near)), asyncio.create_task(read("far", far))]
    await asyncio.sleep(0.5)
    before = {name: len(parts) for name, parts in said.items()}
    for _ in range(3):
        async with database.transaction() as session:
            await events.record(session, "conversation.escalated", region_id="gent")
        await asyncio.sleep(0.2)
    assert len(said["near"]) == before["near"] + 3
    assert len(said["far"]) == before["far"]
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


async def test_the_roll_is_called_once_for_all_streams(
    database: Database, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is logged out without an event is told so; who stays has their session and presence lengthened."""
    monkeypatch.setattr(newsroom, "POLL", 0.1)
    now = datetime.now(UTC)
    tokens = [await _token(world, Role.DISPATCHER, "gent") for _ in range(3)]
    await world.session.execute(update(StaffSession).values(seen_at=now - HOUR))
    await world.session.execute(update(Staff).values(presence="available", presence_at=now - HOUR))
    await world.session.commit()
    room = Newsroom(database)
    streams = [cast(Any, live.news(database, room, token, 0)) for token in tokens]
    reading = [asyncio.create_task(_all(stream)) for stream in streams]
    await asyncio.sleep(0.5)
    async with database.transaction() as session:
        await session.execute(delete(StaffSession).where(StaffSession.token_hash == auth._hash(tokens[0])))
        await session.execute(update(StaffSession).values(seen_at=now - HOUR))
    async with asyncio.timeout(5):
        assert (await reading[0])[-1].startswith(b"event: gone")
    await asyncio.sleep(0.5)
    assert not reading[1].done()
    assert not reading[2].done()
    async with database.transaction() as session:
        assert all(at > now for at in await session.scalars(select(StaffSession.seen_at)))
        assert len([at for at in await session.scalars(select(Staff.presence_at)) if at > now]) == 3
    for task in reading[1:]:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


async def _all(stream: AsyncIterator[bytes]) -> list[bytes]:
    return [part async for part in stream]


async def test_the_bar_is_told_what_to_count(database: Database, world: Any) -> None:
    token = await _token(world, Role.DISPATCHER, "gent")
    person = await world.person()
    await world.session.commit()
    said = b""
    async with (
        asyncio.timeout(5),
        aclosing(cast(Any, live.news(database, Newsroom(database), token, 0))) as stream,
    ):
        async for part in stream:
            said += part
            if b'"waiting":0' in said and b'"waiting":1' not in said and person is not None:
                async with database.transaction() as session:
                    talk = await machine.open_for(session, person.id, "sms", "gent", now=datetime.now(UTC))
                    await machine.move(session, talk, machine.Step.ESCALATE, now=datetime.now(UTC))
                person = None
            if b'"waiting":1' in said:
                break
    assert said.index(b'"waiting":0') < said.index(b'"waiting":1')
