"""The stream of news: scoped as it is sent, replayed after an absence, ended with the session."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from data import events
from data.db import Database
from data.tables import Role
from handover import auth
from handover.console import live


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
    async with aclosing(cast(Any, live.news(database, token, 0))) as stream:
        if role == Role.ANALYST:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(_ids(stream, 1), 1)
            return
        assert [names[id_] for id_ in await _ids(stream, len(expected))] == expected


async def test_news_comes_soon_after_the_commit_and_nothing_twice(database: Database, world: Any) -> None:
    token = await _token(world, Role.DISPATCHER, "gent")
    await world.session.commit()
    async with aclosing(cast(Any, live.news(database, token, 0))) as stream:
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
    async with asyncio.timeout(5), aclosing(cast(Any, live.news(database, token, 0))) as stream:
        parts = [part async for part in stream]
    assert parts[-1].startswith(b"event: gone")


async def test_news_holds_no_words(database: Database, world: Any) -> None:
    token = await _token(world, Role.DISPATCHER, "gent")
    await events.record(world.session, "note.written", region_id="gent", data={"reason": "geheim"})
    await world.session.commit()
    async with aclosing(cast(Any, live.news(database, token, 0))) as stream:
        await anext(stream)
        assert b"geheim" not in await anext(stream)
