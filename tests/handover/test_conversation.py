"""The transition table of handover.conversation, row by row, and its rules."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data import events
from data.db import Database
from data.tables import Absence, Conversation, Event, Holder, Life, Presence, Region, Urgency, WaitingOn
from handover import conversation as machine
from handover.conversation import NotAllowed, Step

US, CLIENT, DATE, AS_IS, REFUSED = "us", "client", "date", "as is", "refused"

# step: {state before: (holder, waiting_on) after}; every step × state of the docstring is here.
TABLE: dict[Step, dict[str, Any]] = {
    Step.CLIENT_WROTE: {
        "bot": ("bot", US), "queue": ("queue", US), "staff": ("staff", US), "closed": REFUSED,
    },
    Step.BOT_ANSWERED: {
        "bot": ("bot", CLIENT), "queue": ("queue", AS_IS), "staff": REFUSED, "closed": REFUSED,
    },
    Step.ESCALATE: {
        "bot": ("queue", US), "queue": ("queue", US), "staff": ("staff", US), "closed": ("queue", US),
    },
    Step.TAKE_OVER: {
        "bot": ("staff", AS_IS), "queue": ("staff", AS_IS), "staff": ("staff", AS_IS), "closed": REFUSED,
    },
    Step.STAFF_WROTE: {
        "bot": ("staff", CLIENT), "queue": ("staff", CLIENT), "staff": ("staff", CLIENT),
        "closed": ("staff", CLIENT),
    },
    Step.WROTE_OUTSIDE: {
        "bot": ("queue", CLIENT), "queue": ("queue", CLIENT), "staff": ("staff", CLIENT),
        "closed": ("queue", CLIENT),
    },
    Step.GIVE_BACK: {
        "bot": ("bot", CLIENT), "queue": ("bot", CLIENT), "staff": ("bot", CLIENT), "closed": REFUSED,
    },
    Step.ASSIGN: {
        "bot": ("staff", AS_IS), "queue": ("staff", AS_IS), "staff": ("staff", AS_IS), "closed": REFUSED,
    },
    Step.RELEASE: {
        "bot": REFUSED, "queue": ("queue", US), "staff": ("queue", US), "closed": REFUSED,
    },
    Step.WAIT_FOR_DATE: {
        "bot": ("bot", DATE), "queue": ("queue", DATE), "staff": ("staff", DATE), "closed": REFUSED,
    },
    Step.CLOSE: {
        "bot": "closed", "queue": "closed", "staff": "closed", "closed": "closed",
    },
    Step.REOPEN: {
        "bot": REFUSED, "queue": REFUSED, "staff": REFUSED, "closed": ("bot", US),
    },
}  # fmt: skip


STATES = ("bot", "queue", "staff", "closed")


def _told_in_the_docstring() -> dict[Step, dict[str, Any]]:
    """The table of the module's docstring, in the words of TABLE."""
    head, *rows = [line for line in (machine.__doc__ or "").splitlines() if "|" in line]
    assert tuple(cell.strip() for cell in head.split("|")[1:]) == STATES
    told: dict[Step, dict[str, Any]] = {}
    for step, *cells in (map(str.strip, row.split("|")) for row in rows):
        told[Step(step)] = {state: _read(cell) for state, cell in zip(STATES, cells, strict=True)}
    return told


def _read(cell: str) -> Any:
    if cell == "by the rule of `start`":
        return ("bot", US)  # for somebody without a trajectory; the others are in a test of their own
    bare = cell.removesuffix(" (as is)")
    if bare in (REFUSED, "closed"):
        return bare
    holder, _, waits = bare.partition(", ")
    return (holder, waits or AS_IS)


def test_the_table_names_every_step_and_state_and_stands_in_the_docstring() -> None:
    assert set(TABLE) == set(Step)
    assert all(tuple(row) == STATES for row in TABLE.values())
    assert _told_in_the_docstring() == TABLE


async def _in_state(world: Any, state: str, waiting_on: str) -> tuple[Conversation, int]:
    person, holder, other = await world.person(), await world.staff(), await world.staff()
    more: dict[str, Any] = {"waiting_on": waiting_on, "holder": state}
    if state == "staff":
        more["staff_id"] = holder.id
    if state == "closed":
        more |= {"holder": "bot", "life": "closed", "closed_at": world.now}
    return await world.conversation(person, **more), other.id


async def test_every_transition(world: Any) -> None:
    for step, row in TABLE.items():
        for state in row:
            for waiting_on in (US, CLIENT, DATE):
                await _check_transition(world, step, state, waiting_on)


async def _check_transition(world: Any, step: Step, state: str, waiting_on: str) -> None:
    conversation, other_id = await _in_state(world, state, waiting_on)
    before = (conversation.holder, conversation.staff_id, conversation.life)
    expected = TABLE[step][state]
    if expected == REFUSED:
        with pytest.raises(NotAllowed, match=r"\.$"):
            await machine.move(world.session, conversation, step, staff_id=other_id, now=world.now)
        assert before == (conversation.holder, conversation.staff_id, conversation.life)
        assert conversation.version == 1
        return
    await machine.move(world.session, conversation, step, staff_id=other_id, now=world.now)
    await world.session.refresh(conversation)
    if expected == "closed":
        assert conversation.life == Life.CLOSED
        assert conversation.closed_at is not None
    else:
        holder, waits = expected
        assert conversation.life == Life.OPEN
        assert conversation.holder == holder
        assert conversation.waiting_on == (waiting_on if waits == AS_IS else waits)
        assert (conversation.waiting_since is not None) == (waits == US)
    after = (conversation.holder, conversation.staff_id, conversation.life)
    assert conversation.version == (2 if before != after else 1)


async def test_escalation_with_nobody_there_waits_with_a_promise(world: Any) -> None:
    conversation = await world.conversation(await world.person(region=None))
    await machine.move(
        world.session, conversation, Step.ESCALATE, reason="wants_person", urgency=Urgency.HIGH, now=world.now
    )
    assert (conversation.holder, conversation.urgency) == (Holder.QUEUE, Urgency.HIGH)
    assert conversation.promised_at is not None
    assert conversation.promised_at > world.now
    promised = conversation.promised_at
    await machine.move(world.session, conversation, Step.ESCALATE, now=world.now + timedelta(minutes=1))
    assert conversation.promised_at == promised, "asking again does not put the client off"
    assert conversation.urgency == Urgency.HIGH, "urgency never falls by asking again"
    assert conversation.waiting_since == world.now


async def test_promise_follows_presence_and_office_hours(world: Any) -> None:
    conversation = await world.conversation(await world.person())
    await machine.move(world.session, conversation, Step.ESCALATE, now=world.now)
    assert conversation.promised_at == world.now + timedelta(minutes=15)
    await world.staff(presence=Presence.AVAILABLE, presence_at=world.now)
    other = await world.conversation(await world.person())
    await machine.move(world.session, other, Step.ESCALATE, now=world.now)
    assert other.promised_at == world.now + timedelta(minutes=5)


async def test_crisis_while_staff_hold_it_stays_with_them_and_is_told(world: Any) -> None:
    staff = await world.staff()
    conversation = await world.conversation(await world.person(), holder="staff", staff_id=staff.id)
    await machine.move(
        world.session, conversation, Step.ESCALATE, reason="crisis", urgency=Urgency.CRISIS, now=world.now
    )
    assert (conversation.holder, conversation.staff_id) == (Holder.STAFF, staff.id)
    assert (conversation.urgency, conversation.version) == (Urgency.CRISIS, 1)
    told = (await events.since(world.session, 0))[-1]
    assert (told.kind, told.region_id, told.data["urgency"]) == ("conversation.escalated", "gent", "crisis")


async def test_a_public_message_by_staff_is_a_take_over_and_says_how_long_was_waited(world: Any) -> None:
    staff = await world.staff()
    conversation = await world.conversation(
        await world.person(), holder="queue", waiting_on="us", waiting_since=world.now
    )
    later = world.now + timedelta(seconds=90)
    await machine.move(world.session, conversation, Step.STAFF_WROTE, staff_id=staff.id, now=later)
    assert (conversation.holder, conversation.staff_id, conversation.version) == ("staff", staff.id, 2)
    told = (await events.since(world.session, 0))[-1]
    assert (told.kind, told.staff_id, told.data["waited_s"]) == ("conversation.taken_over", staff.id, 90)
    await machine.move(world.session, conversation, Step.STAFF_WROTE, staff_id=staff.id, now=later)
    assert conversation.version == 2, "writing on is no new take-over"


async def test_first_unanswered_message_starts_the_wait(world: Any) -> None:
    conversation = await world.conversation(await world.person())
    await machine.move(world.session, conversation, Step.CLIENT_WROTE, now=world.now)
    later = world.now + timedelta(minutes=4)
    await machine.move(world.session, conversation, Step.CLIENT_WROTE, now=later)
    assert conversation.waiting_since == world.now


async def test_nobody_is_assigned_to_somebody_who_left(world: Any) -> None:
    gone = await world.staff(active=False)
    conversation = await world.conversation(await world.person())
    with pytest.raises(NotAllowed, match="werkt hier niet meer"):
        await machine.move(world.session, conversation, Step.ASSIGN, staff_id=gone.id, now=world.now)


async def test_a_conversation_without_region_gets_that_of_who_takes_it(world: Any) -> None:
    staff = await world.staff()
    conversation = await world.conversation(await world.person(region=None), holder="queue")
    await machine.move(world.session, conversation, Step.TAKE_OVER, staff_id=staff.id, now=world.now)
    assert conversation.region_id == "gent"


async def test_open_for_without_trajectory_is_the_bots_and_found_again(world: Any) -> None:
    person = await world.person()
    first = await machine.open_for(world.session, person.id, "web", None, now=world.now)
    again = await machine.open_for(world.session, person.id, "sms", "gent", now=world.now)
    assert first.id == again.id
    assert (again.holder, again.region_id, again.channel) == (Holder.BOT, "gent", "sms")


@pytest.mark.parametrize("there", ["counsellor", "deputy", "nobody"])
async def test_an_own_client_who_writes_again_comes_to_their_counsellor(world: Any, there: str) -> None:
    own, deputy, person = await world.staff(), await world.staff(), await world.person()
    await world.trajectory(person, own, deputy_id=deputy.id)
    for who, staff in (("counsellor", own), ("deputy", deputy)):
        if who == there:
            staff.presence, staff.presence_at = Presence.AVAILABLE, world.now
    conversation = await machine.open_for(world.session, person.id, "sms", "gent", now=world.now)
    expected = {"counsellor": own.id, "deputy": deputy.id, "nobody": None}[there]
    assert conversation.staff_id == expected
    assert conversation.holder == (Holder.STAFF if expected else Holder.QUEUE)
    assert conversation.promised_at is not None
    told = [
        event for event in await events.since(world.session, 0) if event.kind == "conversation.own_client"
    ]
    assert [(event.data["counsellor_id"], event.data["deputy_id"]) for event in told] == [(own.id, deputy.id)]


async def test_an_absence_goes_before_a_browser_that_was_left_open(world: Any) -> None:
    here: dict[str, Any] = {"presence": Presence.AVAILABLE, "presence_at": world.now}
    own, deputy, person = await world.staff(**here), await world.staff(**here), await world.person()
    await world.trajectory(person, own, deputy_id=deputy.id)
    hour = timedelta(hours=1)
    await world.add(Absence(staff_id=own.id, starts_at=world.now - hour, ends_at=world.now + hour))
    conversation = await machine.open_for(world.session, person.id, "sms", "gent", now=world.now)
    assert conversation.staff_id == deputy.id
    await machine.move(world.session, conversation, Step.CLOSE, now=world.now)
    own.presence_at = world.now + hour
    again = await machine.open_for(world.session, person.id, "sms", "gent", now=world.now + hour)
    assert again.staff_id == own.id, "the absence is over"


@pytest.mark.parametrize("there", ["counsellor", "nobody"])
async def test_reopening_follows_the_same_rule(world: Any, there: str) -> None:
    own, person = await world.staff(), await world.person()
    await world.trajectory(person, own)
    if there == "counsellor":
        own.presence, own.presence_at = Presence.AVAILABLE, world.now
    closed = await world.conversation(person, life="closed", closed_at=world.now)
    await machine.move(world.session, closed, Step.REOPEN, by_id=own.id, now=world.now)
    assert (closed.holder, closed.staff_id) == (
        (Holder.STAFF, own.id) if there == "counsellor" else (Holder.QUEUE, None)
    )
    assert closed.reason == machine.REASON_OWN_CLIENT


async def test_a_closed_conversation_does_not_open_beside_a_newer_one(world: Any) -> None:
    person = await world.person()
    old = await world.conversation(person, life="closed", closed_at=world.now)
    await machine.open_for(world.session, person.id, "sms", "gent", now=world.now)
    for step in (Step.REOPEN, Step.ESCALATE):
        with pytest.raises(NotAllowed, match="nieuwer gesprek"):
            await machine.move(world.session, old, step, now=world.now)


async def test_two_messages_at_once_open_one_conversation(database: Database, world: Any) -> None:
    person_id = (await world.person()).id
    await world.session.commit()

    async def write() -> int:
        async with database.transaction() as session:
            return (await machine.open_for(session, person_id, "sms", "gent", now=world.now)).id

    assert len(set(await asyncio.gather(*(write() for _ in range(8))))) == 1


async def test_two_take_overs_at_once_leave_one_holder_and_both_in_the_log(
    database: Database, world: Any
) -> None:
    conversation_id = (await world.conversation(await world.person(), holder="queue")).id
    staff = [(await world.staff()).id for _ in range(4)]
    await world.session.commit()

    async def take(staff_id: int) -> int:
        async with database.transaction() as session:
            conversation = await machine.lock(session, conversation_id)
            await machine.move(session, conversation, Step.TAKE_OVER, staff_id=staff_id, now=world.now)
            return conversation.version

    assert sorted(await asyncio.gather(*(take(staff_id) for staff_id in staff))) == [2, 3, 4, 5]
    async with database.transaction() as session:
        kinds = await session.scalars(select(Event.kind))
        assert list(kinds) == ["conversation.taken_over"] * 4


async def test_a_region_row_is_not_needed_to_escalate(world: Any) -> None:
    assert await world.session.get(Region, "limburg") is None
    conversation = await world.conversation(await world.person(region=None))
    await machine.move(world.session, conversation, Step.ESCALATE, now=world.now)
    assert conversation.waiting_on == WaitingOn.US
