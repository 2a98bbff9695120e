"""Putting out: once, with its job; and status that only moves forward."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from channels import outbox
from channels.outbox import RANK, SEND, apply_parked
from data.tables import Author, Event, Job, Message, ParkedStatus, Status
from handover import conversation as handover
from handover.conversation import Step
from tests.channels.conftest import CLIENT, Desk

ARRIVED = "SM" + "b" * 32


async def _sent(desk: Desk) -> Message:
    """A message that Twilio took."""
    await desk.hears()
    message = await desk.says()
    await desk.run()
    return await desk.again(message)


async def test_the_row_and_its_job_are_born_together(desk: Desk) -> None:
    await desk.hears()
    message = await desk.says("ê" * 71)
    (job,) = [job for job in await desk.all(Job) if job.kind == SEND]
    assert job.payload == {"message_id": message.id, "channel": "sms"}
    assert (message.status, message.segments) == (Status.QUEUED, 1)  # sent as e: one part


async def test_undone_together_too(desk: Desk) -> None:
    await desk.hears()
    before = len(await desk.all(Job))
    with pytest.raises(ZeroDivisionError):
        async with desk.database.transaction() as session:
            conversation = await desk.conversation(session)
            address = await outbox.last_address(session, conversation.person_id)
            await outbox.put(
                session, conversation=conversation, address_id=address, channel="sms",
                author=Author.BOT, text="weg",
            )  # fmt: skip
            raise ZeroDivisionError
    assert len(await desk.all(Job)) == before
    assert len(await desk.all(Message)) == 1


@pytest.mark.parametrize("same", [{"client_msg_id": "abc"}, {"step": 0}])
async def test_the_same_message_put_twice_is_one_message(desk: Desk, same: dict[str, object]) -> None:
    heard = await desk.hears()
    if "step" in same:
        same = same | {"answers_id": heard.message_id}
    first = await desk.says("een", **same)
    second = await desk.says("een, maar anders", **same)
    assert (first.id, second.text) == (second.id, "een")
    await desk.run()
    assert desk.stub.bodies() == ["een"]


async def test_a_double_click_is_one_message(desk: Desk) -> None:
    await desk.hears()
    messages = await asyncio.gather(*(desk.says("een", client_msg_id="abc") for _ in range(10)))
    assert len({message.id for message in messages}) == 1
    assert len([job for job in await desk.all(Job) if job.kind == SEND]) == 1


async def test_messages_without_an_id_are_each_their_own(desk: Desk) -> None:
    await desk.hears()
    assert len({(await desk.says("een")).id for _ in range(3)}) == 3


async def test_staff_write_on_the_clients_own_channel(desk: Desk, make_staff: int) -> None:
    await desk.hears()
    async with desk.database.transaction() as session:
        conversation = await desk.conversation(session)
        await handover.move(
            session, conversation, Step.STAFF_WROTE, staff_id=make_staff, now=datetime.now(UTC)
        )
        for _ in range(2):
            message = await outbox.staff_message(
                session, conversation=conversation, staff_id=make_staff, text="Dag", client_msg_id="k1"
            )
    assert (message.channel, message.author, message.staff_id) == ("sms", Author.STAFF, make_staff)
    await desk.run()
    assert desk.stub.bodies(CLIENT) == ["Dag"]


async def test_nobody_to_write_to_is_said(desk: Desk) -> None:
    async with desk.database.transaction() as session:
        with pytest.raises(LookupError):
            await outbox.last_address(session, 12345)


async def test_web_messages_are_there_at_once(desk: Desk) -> None:
    await desk.hears()
    async with desk.database.wakeups.subscribe(outbox.address_topic("sms", CLIENT)) as woken:
        message = await desk.says(channel="web")
        assert woken.is_set()
    assert message.status == Status.SENT
    assert [job for job in await desk.all(Job) if job.kind == SEND] == []


async def test_a_follow_up_for_the_morning_holds_up_no_reply(desk: Desk) -> None:
    await desk.hears()
    await desk.says("later", purpose="follow_up", delay=timedelta(hours=9))
    await desk.says("nu")
    await desk.run()
    assert desk.stub.bodies() == ["nu"]


# Status


async def test_news_moves_a_message_forward(desk: Desk) -> None:
    message = await _sent(desk)
    assert message.status == Status.SENT
    for status in (Status.DELIVERED, Status.READ):
        await desk.news(message, status)
        assert (await desk.again(message)).status == status
    kinds = [event.kind for event in await desk.all(Event)]
    assert kinds.count("message.sent") == kinds.count("message.delivered") == kinds.count("message.read") == 1


@pytest.mark.parametrize(
    ("arrives", "ends"),
    [
        ([Status.READ, Status.SENT, Status.DELIVERED], Status.READ),
        ([Status.DELIVERED, Status.QUEUED, Status.SENDING, Status.SENT], Status.DELIVERED),
        ([Status.FAILED, Status.SENT], Status.FAILED),
        ([Status.DELIVERED, Status.FAILED], Status.DELIVERED),
        ([Status.FAILED, Status.DELIVERED], Status.DELIVERED),  # proof of arrival
        ([Status.SENT, Status.SENT], Status.SENT),
    ],
)
async def test_news_in_any_order_never_moves_it_back(desk: Desk, arrives: list[Status], ends: Status) -> None:
    message = await _sent(desk)
    for status in arrives:
        await desk.news(message, status, "code 1" if status == Status.FAILED else None)
    assert (await desk.again(message)).status == ends


async def test_all_orders_of_all_news_end_the_same(desk: Desk) -> None:
    message = await _sent(desk)
    for order in itertools.permutations([Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED]):
        async with desk.database.transaction() as session:
            await session.execute(text("UPDATE message SET status = 'sent' WHERE direction = 'out'"))
        seen = []
        for status in order:
            await desk.news(message, status)
            seen.append(RANK[Status((await desk.again(message)).status)])
        assert seen == sorted(seen)
        assert seen[-1] == RANK[Status.READ]


async def test_why_it_failed_is_kept(desk: Desk) -> None:
    message = await _sent(desk)
    await desk.news(message, Status.FAILED, "nummer bestaat niet")
    message = await desk.again(message)
    assert (message.status, message.status_reason) == (Status.FAILED, "nummer bestaat niet")


async def test_news_that_comes_before_our_own_commit_is_parked(desk: Desk) -> None:
    await desk.news(ARRIVED, Status.DELIVERED)
    await desk.news(ARRIVED, Status.SENT)
    assert len(await desk.all(ParkedStatus)) == 2
    await desk.hears()
    message = await desk.says()
    async with desk.database.transaction() as session:
        await session.execute(
            text("UPDATE message SET external_id = :id, status = 'sending' WHERE id = :message"),
            {"id": ARRIVED, "message": message.id},
        )
        assert await apply_parked(session, "sms", ARRIVED) == 2
    assert (await desk.again(message)).status == Status.DELIVERED
    assert await desk.all(ParkedStatus) == []


async def test_news_about_messages_of_others_stays_parked(desk: Desk) -> None:
    message = await _sent(desk)
    await desk.news(ARRIVED, Status.FAILED)
    async with desk.database.transaction() as session:
        assert await apply_parked(session) == 0
    assert (await desk.again(message)).status == Status.SENT


async def test_no_news_touches_what_came_in(desk: Desk) -> None:
    same = "SM" + "c" * 32
    accepted = await desk.hears(message_sid=same)
    await desk.news(same, Status.FAILED)
    async with desk.database.transaction() as session:
        assert (await session.get_one(Message, accepted.message_id)).status == Status.RECEIVED
