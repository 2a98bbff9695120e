"""What the tests of the sender share: a reply, a step, a status, and a death at the worst moment."""

from datetime import UTC, datetime
from typing import Any

from channels.outbox import SEND
from channels.sender import Sender
from channels.sms import Sms
from data import queue
from data.tables import Message
from handover import conversation as handover
from handover.conversation import Step
from tests.channels.conftest import Desk
from tests.stubs import twilio

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


async def reply(desk: Desk, words: str = "Hallo", **more: Any) -> Message:
    """A reply of the bot, computed for the conversation as it is now."""
    async with desk.database.transaction() as session:
        version = (await desk.conversation(session)).version
    return await desk.says(words, needs_version=version, **more)


async def move(desk: Desk, step: Step, **more: Any) -> None:
    async with desk.database.transaction() as session:
        await handover.move(session, await desk.conversation(session), step, now=NOW, **more)


async def status(desk: Desk, message: Message) -> tuple[str, str | None]:
    now = await desk.again(message)
    return now.status, now.status_reason


async def dies_while_sending(desk: Desk, message: Message, *, taken: bool) -> None:
    """As a process leaves things that was killed between `sending` and `sent`."""
    async with desk.database.transaction() as session:
        jobs = await queue.claim(session, [SEND], "a process that dies", 1)
    assert jobs
    sms = Sms(
        account_sid=twilio.ACCOUNT, auth_token=twilio.TOKEN, number=twilio.NUMBER, public_url="https://x.example",
        api_base=desk.stub.url,
    )  # fmt: skip
    sending = Sender(desk.database, {"sms": sms})
    prepared = await sending._prepare(jobs[0])
    assert prepared is not None
    if taken:
        await sms.send(prepared.message)
    await sms.close()
