"""The one state machine of a conversation: holder × waiting_on × life, and the version.

Nothing else writes these columns, except `put_back`, which undoes a step. Rows are what happens, columns who holds the
conversation when it happens:

    step           | bot            | queue          | staff            | closed
    ---------------+----------------+----------------+------------------+-----------------
    client_wrote   | bot, us        | queue, us      | staff, us        | refused
    bot_answered   | bot, client    | queue (as is)  | refused          | refused
    escalate       | queue, us      | queue, us      | staff, us        | queue, us
    take_over      | staff          | staff          | staff            | refused
    staff_wrote    | staff, client  | staff, client  | staff, client    | staff, client
    wrote_outside  | queue, client  | queue, client  | staff, client    | queue, client
    give_back      | bot, client    | bot, client    | bot, client      | refused
    assign         | staff          | staff          | staff            | refused
    release        | refused        | queue, us      | queue, us        | refused
    wait_for_date  | bot, date      | queue, date    | staff, date      | refused
    close          | closed         | closed         | closed           | closed (as is)
    reopen         | refused        | refused        | refused          | by the rule of `start`

`us`, `client`, `date` is what the conversation then waits on; without it that stays as it was.
Any public message by staff is a take-over, also one typed in the provider's own app (`wrote_outside`), where nobody
knows who typed it: it silences the bot and belongs to the team. `escalate` cannot fail: with nobody there it is still a row in the
queue with a promise, with staff holding it the holder stays and the urgency rises, and a closed conversation
opens again. (Refused is only a closed conversation beside another open one of the same person: go to that one.)

`version` rises with every change of holder, staff or life, and with nothing else: a bot reply computed for
version v may leave only while the version is still v.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Conversation, Holder, Life, Person, Staff, Trajectory, Urgency, WaitingOn
from data.translation import N_, _
from handover import presence, put_back
from handover.refusal import NotAllowed as NotAllowed


class Step(StrEnum):
    CLIENT_WROTE = "client_wrote"
    BOT_ANSWERED = "bot_answered"
    ESCALATE = "escalate"
    TAKE_OVER = "take_over"
    STAFF_WROTE = "staff_wrote"
    WROTE_OUTSIDE = "wrote_outside"
    GIVE_BACK = "give_back"
    ASSIGN = "assign"
    RELEASE = "release"
    WAIT_FOR_DATE = "wait_for_date"
    CLOSE = "close"
    REOPEN = "reopen"


RANK = {Urgency.NORMAL: 0, Urgency.HIGH: 1, Urgency.CRISIS: 2}
REASON_OWN_CLIENT = "own_client"
REASON_OUTSIDE = "wrote_outside"
BROKEN = "conversation.promise_broken"
FOLLOWED = "conversation.followed"

CLOSED = N_("Dit gesprek is gesloten. Heropen het eerst.")
_REFUSALS = {
    Step.CLIENT_WROTE: N_("Dit gesprek is gesloten. Een nieuw bericht opent een nieuw gesprek."),
    Step.BOT_ANSWERED: N_("Een medewerker heeft dit gesprek. De bot zwijgt."),
    Step.RELEASE: N_("De bot heeft dit gesprek. Er is niemand om het van terug te nemen."),
    Step.REOPEN: N_("Dit gesprek is al open."),
}
_NEEDS_STAFF = frozenset({Step.TAKE_OVER, Step.STAFF_WROTE, Step.ASSIGN})
_OPENS_CLOSED = frozenset({Step.ESCALATE, Step.STAFF_WROTE, Step.WROTE_OUTSIDE, Step.REOPEN})


async def lock_person(session: AsyncSession, person_id: int) -> Person:
    """The person, locked until the end of the transaction. Every writer of a thread takes this lock first.

    As a lock that leaves foreign keys alone: somebody who books a time that this person's hold kept too long
    records an event about this person, and must not wait for that.
    """
    query = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def lock(session: AsyncSession, conversation_id: int) -> Conversation:
    """The conversation as it stands now, locked (after its person, so that two writers never deadlock).

    Raises sqlalchemy.exc.NoResultFound when there is none.
    """
    person_id = (
        await session.scalars(select(Conversation.person_id).where(Conversation.id == conversation_id))
    ).one()
    await lock_person(session, person_id)
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def open_for(
    session: AsyncSession, person_id: int, channel: str, region_id: str | None, *, now: datetime
) -> Conversation:
    """The person's open conversation, locked; or a new one, held as `start` says.

    Also notes where the person is reached last (`channel`) and the region once it is known.
    """
    person = await lock_person(session, person_id)
    query = (
        select(Conversation)
        .where(Conversation.person_id == person_id, Conversation.life == Life.OPEN)
        .with_for_update()
    )
    found = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if found is not None:
        found.channel = channel
        found.region_id = found.region_id or region_id or person.region_id
        await session.flush()
        return found
    conversation = Conversation(
        person_id=person_id, channel=channel, region_id=region_id or person.region_id,
        holder=Holder.BOT, waiting_on=WaitingOn.US, life=Life.OPEN, urgency=Urgency.NORMAL, version=1,
        opened_at=now, dialogue={},
    )  # fmt: skip
    session.add(conversation)
    await start(session, conversation, now=now)
    await record(session, "conversation.opened", conversation, by_id=None)
    return conversation


async def start(session: AsyncSession, conversation: Conversation, *, now: datetime) -> None:
    """Who holds a conversation that (again) opens.

    No trajectory: the bot. An open trajectory: the own counsellor if available, else the deputy if available,
    else the queue of the trajectory's region, with the counsellor named in the event so that they are told.
    """
    await session.flush()
    trajectory = (
        await session.scalars(
            select(Trajectory).where(
                Trajectory.person_id == conversation.person_id, Trajectory.closed_at.is_(None)
            )
        )
    ).one_or_none()
    conversation.waiting_on = WaitingOn.US
    conversation.waiting_since = now
    if trajectory is None:
        conversation.holder, conversation.staff_id = Holder.BOT, None
        await session.flush()
        return
    conversation.region_id = trajectory.region_id
    conversation.reason = REASON_OWN_CLIENT
    holder_id = None
    for staff_id in (trajectory.staff_id, trajectory.deputy_id):
        if staff_id is not None and await presence.staff_present(session, staff_id, now=now):
            holder_id = staff_id
            break
    conversation.holder = Holder.STAFF if holder_id else Holder.QUEUE
    conversation.staff_id = holder_id
    _stands(conversation, (await presence.promise_for(session, conversation.region_id, now=now)).at, now)
    await session.flush()
    await record(
        session, "conversation.own_client", conversation, by_id=None, counsellor_id=trajectory.staff_id,
        deputy_id=trajectory.deputy_id,
    )  # fmt: skip


async def move(
    session: AsyncSession,
    conversation: Conversation,
    step: Step,
    *,
    staff_id: int | None = None,
    by_id: int | None = None,
    reason: str | None = None,
    promised_at: datetime | None = None,
    urgency: Urgency | None = None,
    now: datetime,
) -> Conversation:
    """Take `step` with a conversation locked by `lock` or `open_for`; see the table above.

    `staff_id` is who holds it afterwards (take_over, staff_wrote, assign); `by_id` who did it, where that is
    somebody else. `reason`, `promised_at` and `urgency` go with escalate and release; a promise that is not
    given is made from presence and office hours. Raises `NotAllowed` with a sentence.
    """
    if step in _NEEDS_STAFF:
        if staff_id is None:
            raise ValueError(f"{step} needs staff_id")
        staff = await session.get(Staff, staff_id)
        if staff is None or not staff.active:
            raise NotAllowed(_("Die medewerker werkt hier niet meer. Kies iemand anders."))
        conversation.region_id = conversation.region_id or staff.region_id
    was = put_back.state_of(conversation)
    waited_from = conversation.waiting_since if conversation.waiting_on == WaitingOn.US else None

    if conversation.life == Life.CLOSED:
        if step is Step.CLOSE:
            return conversation
        if step not in _OPENS_CLOSED:
            raise NotAllowed(_(_REFUSALS[step] if step is Step.CLIENT_WROTE else CLOSED))
        await _open_again(session, conversation, now=now)
    elif _refused_while_open(step, conversation):
        raise NotAllowed(_(_REFUSALS[step]))

    match step:
        case Step.CLIENT_WROTE:
            _wait_on_us(conversation, now)
        case Step.BOT_ANSWERED:
            if conversation.holder == Holder.BOT:
                _wait_on(conversation, WaitingOn.CLIENT)
        case Step.ESCALATE | Step.RELEASE:
            if conversation.holder == Holder.BOT or step is Step.RELEASE:
                conversation.holder, conversation.staff_id = Holder.QUEUE, None
            conversation.reason = reason or conversation.reason
            conversation.urgency = max(
                Urgency(conversation.urgency), urgency or Urgency.NORMAL, key=RANK.__getitem__
            )
            _wait_on_us(conversation, now)
            await _promise(session, conversation, promised_at, now=now)
        case Step.TAKE_OVER | Step.ASSIGN:
            conversation.holder, conversation.staff_id = Holder.STAFF, staff_id
        case Step.STAFF_WROTE:
            conversation.holder, conversation.staff_id = Holder.STAFF, staff_id
            conversation.reason = None
            _wait_on(conversation, WaitingOn.CLIENT)
        case Step.WROTE_OUTSIDE:
            if conversation.holder == Holder.BOT:
                conversation.holder = Holder.QUEUE
            conversation.reason = REASON_OUTSIDE
            _wait_on(conversation, WaitingOn.CLIENT)
        case Step.GIVE_BACK:
            conversation.holder, conversation.staff_id = Holder.BOT, None
            conversation.reason = None
            conversation.urgency = Urgency.NORMAL
            _wait_on(conversation, WaitingOn.CLIENT)
        case Step.WAIT_FOR_DATE:
            _wait_on(conversation, WaitingOn.DATE)
        case Step.CLOSE:
            conversation.life, conversation.closed_at = Life.CLOSED, now
            conversation.reason = reason
            _wait_on(conversation, WaitingOn.CLIENT)
        case Step.REOPEN:
            await start(session, conversation, now=now)

    changed = any(was[name] != getattr(conversation, name) for name in ("holder", "staff_id", "life"))
    if changed:
        conversation.version += 1
    await session.flush()
    await _tell(
        session, conversation, step, was=was, changed=changed, waited_from=waited_from,
        by_id=by_id or (staff_id if step in (Step.TAKE_OVER, Step.STAFF_WROTE) else None), now=now,
    )  # fmt: skip
    return conversation


def _refused_while_open(step: Step, conversation: Conversation) -> bool:
    match step:
        case Step.REOPEN:
            return True
        case Step.RELEASE:
            return conversation.holder == Holder.BOT
        case Step.BOT_ANSWERED:
            return conversation.holder == Holder.STAFF
        case _:
            return False


async def _open_again(session: AsyncSession, conversation: Conversation, *, now: datetime) -> None:
    other = await session.scalar(
        select(Conversation.id).where(
            Conversation.person_id == conversation.person_id, Conversation.life == Life.OPEN
        )
    )
    if other is not None:
        raise NotAllowed(_("Met deze persoon loopt al een nieuwer gesprek. Ga daar verder."))
    conversation.life, conversation.closed_at = Life.OPEN, None
    conversation.holder, conversation.staff_id = Holder.BOT, None
    conversation.urgency, conversation.reason = Urgency.NORMAL, None


def _wait_on_us(conversation: Conversation, now: datetime) -> None:
    """The wait counts from the first unanswered message."""
    if conversation.waiting_on != WaitingOn.US or conversation.waiting_since is None:
        conversation.waiting_since = now
    conversation.waiting_on = WaitingOn.US


def _wait_on(conversation: Conversation, waiting_on: WaitingOn) -> None:
    conversation.waiting_on = waiting_on
    conversation.waiting_since = None
    conversation.promised_at = conversation.promise_made_at = None
    conversation.promise_warned_at = conversation.promise_broken_at = None


async def _promise(
    session: AsyncSession, conversation: Conversation, promised_at: datetime | None, *, now: datetime
) -> datetime:
    """Keep a promise that still stands; a new one never puts the client off without a caller asking for it."""
    if conversation.region_id is None:
        person = await session.get(Person, conversation.person_id)
        conversation.region_id = person.region_id if person else None
    before = conversation.promised_at
    stands = promised_at or before
    passed = promised_at is None and before is not None and before < now
    if stands is None or passed:
        stands = (await presence.promise_for(session, conversation.region_id, now=now)).at
    if stands != before:
        _stands(conversation, stands, now)
    if passed and before is not None:
        conversation.promise_broken_at = conversation.promise_broken_at or now
        await record(session, BROKEN, conversation, by_id=None, passed=before.isoformat())
    return stands


def _stands(conversation: Conversation, promised_at: datetime, now: datetime) -> None:
    conversation.promised_at, conversation.promise_made_at = promised_at, now
    conversation.promise_warned_at = None


async def follow(session: AsyncSession, conversation: Conversation, region_id: str | None) -> bool:
    """Bring a conversation to the region that receives its person, so that who sees them there sees the thread.

    Only while the bot holds it: who waits was promised an answer by a region, who is helped has somebody. A client in
    a trajectory stays with their own region. Returns whether it went; an event keeps where it came from.
    """
    came_from = conversation.region_id
    if region_id is None or region_id == came_from:
        return False
    if conversation.life != Life.OPEN or conversation.holder != Holder.BOT:
        return False
    guided = select(Trajectory.id).where(
        Trajectory.person_id == conversation.person_id, Trajectory.closed_at.is_(None)
    )
    if await session.scalar(guided) is not None:
        return False
    conversation.region_id = region_id
    await session.flush()
    await record(session, FOLLOWED, conversation, by_id=None, from_region=came_from)
    return True


async def keep_promise(session: AsyncSession, conversation: Conversation, *, now: datetime) -> datetime:
    """The promise that stands at `now`; one that passed, or was never made, is made anew and kept in the row."""
    promised = await _promise(session, conversation, None, now=now)
    await session.flush()
    return promised


_KINDS = {
    Step.ESCALATE: "conversation.escalated",
    Step.TAKE_OVER: "conversation.taken_over",
    Step.STAFF_WROTE: "conversation.taken_over",
    Step.WROTE_OUTSIDE: "conversation.taken_over",
    Step.GIVE_BACK: "conversation.given_back",
    Step.ASSIGN: "conversation.assigned",
    Step.RELEASE: "conversation.released",
    Step.WAIT_FOR_DATE: "conversation.waits_for_date",
    Step.CLOSE: "conversation.closed",
    Step.REOPEN: "conversation.reopened",
}
_ALWAYS_TOLD = frozenset({Step.ESCALATE, Step.WAIT_FOR_DATE})


async def _tell(
    session: AsyncSession,
    conversation: Conversation,
    step: Step,
    *,
    was: Mapping[str, Any],
    changed: bool,
    waited_from: datetime | None,
    by_id: int | None,
    now: datetime,
) -> None:
    """Record what changed; that somebody wrote is recorded with the message itself."""
    if step not in _KINDS or not (changed or step in _ALWAYS_TOLD):
        return
    waited = {"waited_s": int((now - waited_from).total_seconds())} if waited_from else {}
    await record(
        session, _KINDS[step], conversation, by_id=by_id, step=step.value, from_holder=was["holder"],
        from_staff_id=was["staff_id"], **waited, **({"was": was} if step in put_back.STEPS and by_id else {}),
    )  # fmt: skip


async def record(
    session: AsyncSession, kind: str, conversation: Conversation, *, by_id: int | None, **data: object
) -> None:
    await events.record(
        session, kind, person_id=conversation.person_id, conversation_id=conversation.id,
        region_id=conversation.region_id, staff_id=by_id,
        data={
            "holder": conversation.holder, "holder_staff_id": conversation.staff_id,
            "version": conversation.version, "urgency": conversation.urgency, "reason": conversation.reason,
            "promised_at": conversation.promised_at.isoformat() if conversation.promised_at else None,
            **data,
        },
    )  # fmt: skip
