"""34. A provider that stopped calling us, and a channel that rests: somebody is told, and a reply waits its turn."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from bot.alerts import ALERT
from bot.hub import Hub
from bot.replies import BRUSSELS
from bot.tick import Ticker
from channels import health
from channels.base import Inbound
from data.tables import Job, Message, Status
from tests.desk_fixtures import Desk
from tests.stubs.twilio import sid


async def test_a_channel_on_which_nothing_comes_in_any_more_is_told_once(desk: Desk) -> None:
    """Thirty messages an hour apart, then twenty hours of nothing: the webhook may be off at the provider."""
    for number in range(30):
        await desk.hears(str(number))
    async with desk.database.transaction() as session:
        await health.announce(session, ["sms"])
        await session.execute(
            text(
                "UPDATE message SET created_at = now() - make_interval(hours => 20 + 30 - CAST(text AS int))"
            )
        )
    ticker = Ticker(desk.database, clock=lambda: datetime.now(BRUSSELS))
    for _ in range(3):
        ticker._swept = None
        await ticker.tick()
    told = [job.payload for job in await desk.all(Job) if job.kind == ALERT]
    assert told == [{"kind": "channel_silent", "channel": "sms", "path": "/console/kanalen"}]


async def test_a_reply_of_the_bot_waits_while_its_channel_is_suspended(hub: Hub, number: str) -> None:
    """The reply is checked in the turn itself; also there a channel that rests is left alone, and nothing is lost."""

    async def outgoing() -> Any:
        async with hub.database.transaction() as session:
            rows = await session.execute(
                text(
                    "SELECT m.id, m.status FROM message m JOIN address a ON a.id = m.address_id "
                    "WHERE a.path = :path AND m.direction = 'out' ORDER BY m.id"
                ),
                {"path": number},
            )
            return [(row.id, row.status) for row in rows]

    async def says(words: str) -> None:
        await hub.inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=number, text=words)])
        await hub.worker.run_until_idle()

    await says("hallo")
    async with hub.database.transaction() as session:
        await health.suspend(session, "sms", "Twilio 20003")
    hub.turns._sender._latest.forget("sms")  # another process would hear of it within a second
    await says("wat is een leerwinkel?")
    (first, *waiting) = await outgoing()
    assert first[1] == Status.SENT
    assert [status for _, status in waiting] == [Status.QUEUED]
    async with hub.database.transaction() as session:
        assert await health.try_now(session, "sms")
        await session.execute(text("UPDATE job SET run_at = now() WHERE state = 'ready' AND kind = 'send'"))
    await hub.worker.run_until_idle()
    assert {status for _, status in await outgoing()} == {Status.SENT}
    async with hub.database.transaction() as session:
        assert await session.scalar(text("SELECT health FROM channel_state WHERE channel = 'sms'")) == "on"
        assert (await session.get_one(Message, waiting[0][0])).external_id
