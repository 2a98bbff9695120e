"""What of a question is counted, from chat, page and API: through the real program."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import delete, select, update

from bot.app import create_app
from bot.hub import Hub
from bot.settings import Settings
from channels.base import Inbound
from data.catalog.demand import Asked, DemandLog
from data.db import Database
from data.tables import Course, DailyMark, Demand, DemandKind, Message, Place, Run

GLASS = {"q": "glasblazen", "where": "9000"}


@pytest.fixture
async def counted(hub: Hub) -> Database:
    async with hub.database.transaction() as session:
        await session.execute(delete(Demand))
        await session.execute(delete(DailyMark))
    return hub.database


@pytest.fixture
async def visitor(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings())
    app.state.database, app.state.demand = hub.database, DemandLog(b"test", k=5)
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.example") as client:
        yield client


async def say(hub: Hub, number: str, text: str) -> str:
    (accepted,) = await hub.inbox.accept(
        "sms", "sms", [Inbound(external_id=uuid4().hex, path=number, text=text)]
    )
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        answers = await session.scalars(select(Message.text).where(Message.answers_id == accepted.message_id))
        return "\n".join(answers.all())


async def demands(database: Database) -> list[Demand]:
    async with database.transaction() as session:
        return list((await session.scalars(select(Demand).order_by(Demand.id))).all())


async def test_a_conversation(hub: Hub, counted: Database, number: str) -> None:
    await say(hub, number, "ik zoek een cursus glasblazen in Gent")
    await say(hub, number, "ik zoek een cursus glasblazen in Gent")
    await say(hub, number, "Spaanse les in Gent op dinsdagavond?")
    (glass,) = await demands(counted)
    assert (glass.kind, glass.subject_id, glass.nis, glass.region) == ("unknown_topic", None, "44021", "gent")
    assert (glass.language, glass.heard) == ("nl", "chat")
    assert glass.topic_key
    assert "glas" not in glass.topic_key
    await say(hub, number, "cursus lassen in De Panne op zondagvoormiddag")
    _, relaxed = await demands(counted)
    assert relaxed.kind in ("relaxed", "too_far")
    assert (relaxed.subject_id, relaxed.day_part, relaxed.wishes) == ("lassen", "morning", ["weekday"])


async def test_what_is_full_and_what_is_far(hub: Hub, counted: Database, number: str) -> None:
    near = select(Place.id).where(Place.nis == "44021")
    spanish = select(Course.id).where(Course.subject_ids.contains(["spaans"]))
    in_ghent = Run.place_id.in_(near), Run.course_id.in_(spanish)
    async with counted.transaction() as session:
        was = (await session.execute(select(Run.id, Run.status).where(Run.course_id.in_(spanish)))).all()
        await session.execute(update(Run).where(*in_ghent).values(status="full"))
        await session.execute(
            update(Run).where(Run.course_id.in_(spanish), Run.status != "full").values(status="ended")
        )
    try:
        await say(hub, number, "Spaanse les in Gent?")
        async with counted.transaction() as session:
            await session.execute(update(Run).where(Run.course_id.in_(spanish)).values(status="ended"))
        await say(hub, number, "Spaanse les in Gent op dinsdagavond?")
    finally:
        async with counted.transaction() as session:
            for run_id, status in was:
                await session.execute(update(Run).where(Run.id == run_id).values(status=status))
    assert [(row.kind, row.subject_id, row.day_part) for row in await demands(counted)] == [
        ("full", "spaans", None), ("none", "spaans", "evening"),
    ]  # fmt: skip


async def test_a_visitor_is_counted_once_whatever_they_reload(
    counted: Database, visitor: httpx.AsyncClient
) -> None:
    for query in (GLASS, GLASS, GLASS | {"page": "2"}, GLASS | {"lang": "nl"}):
        assert (await visitor.get("/aanbod", params=query)).status_code == 200
    await visitor.get("/aanbod", params=GLASS, headers={"user-agent": "Somebot/1.0 (crawler)"})
    await visitor.get("/aanbod", params=GLASS, headers={"sec-purpose": "prefetch"})
    await visitor.get("/aanbod", params={"where": "9000"})
    (row,) = await demands(counted)
    assert (row.kind, row.heard, row.nis, row.language) == ("unknown_topic", "page", "44021", "nl")
    await visitor.get("/aanbod", params=GLASS, headers={"user-agent": "a second browser of the same house"})
    first, second = await demands(counted)
    assert first.bucket == second.bucket, "one network is one asker where it counts"


async def test_the_api(counted: Database, visitor: httpx.AsyncClient) -> None:
    for _ in range(2):
        await visitor.get("/api/v1/courses", params={"text": "glasblazen", "postcode": "9000"})
    await visitor.get("/api/v1/courses", params={"subject": "spaans", "postcode": "9000"})
    assert [row.heard for row in await demands(counted)] == ["api"]


async def test_what_a_failed_turn_counted_is_undone(hub: Hub, counted: Database) -> None:
    """Counted in the transaction of the turn: no reply, no count."""
    log, day = DemandLog(b"x", k=5), date(2026, 11, 24)
    with pytest.raises(RuntimeError):
        async with counted.transaction() as session:
            await log.record(session, Asked(language="nl"), DemandKind.NONE, heard="chat", asker="p", day=day)
            raise RuntimeError
    assert await demands(counted) == []
