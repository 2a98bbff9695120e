"""Messages planned for later: each goes out once, unless the person wrote first or somebody thought better."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from channels import outbox
from channels import plan as plan_of
from channels.abilities import channel_of
from data import events
from data.db import Database
from data.tables import (
    Address,
    Appointment,
    AppointmentStatus,
    Direction,
    FollowUp,
    FollowUpState,
    Holder,
    Message,
    Person,
    Staff,
    Trajectory,
)
from data.translation import _
from dispatch.clock import ZONE
from handover import call_tasks, conversation, microcontacts
from handover.conversation import NotAllowed, Step
from handover.put_back import MEANWHILE

CALLED_OFF = "staff"
WROTE = "client_wrote"
MOVED = "appointment_moved"
STANDS = (
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ATTENDED,
)  # of an appointment that is as it was agreed
TO_CALL = "to_call"
NO_ADDRESS = "no_address"
FOR_SILENCE = FollowUp.state == FollowUpState.PLANNED, FollowUp.cancel_if_wrote
"""What was planned for the case that the client does not write."""


async def plan(
    session: AsyncSession,
    person_id: int,
    *,
    staff_id: int,
    text: str,
    due_at: datetime,
    cancel_if_wrote: bool = True,
    cancel_if_moved_id: int | None = None,
    address_id: int | None = None,
    now: datetime,
) -> FollowUp:
    """Plan a message in the name of `staff_id`; `address_id` None lets the sender choose the channel then.

    It does not leave when the person wrote (`cancel_if_wrote`), or when that appointment of theirs is moved or cancelled.
    """
    if not text.strip():
        raise NotAllowed(_("Schrijf eerst wat je wil laten weten."))
    trajectory = await session.scalar(
        select(Trajectory).where(Trajectory.person_id == person_id, Trajectory.closed_at.is_(None))
    )
    row = FollowUp(
        person_id=person_id, trajectory_id=trajectory.id if trajectory else None, staff_id=staff_id,
        address_id=address_id, text=text.strip(), due_at=due_at, cancel_if_wrote=cancel_if_wrote,
        cancel_if_moved_id=cancel_if_moved_id, state=FollowUpState.PLANNED, created_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await _tell(session, "follow_up.planned", row, staff_id)
    return row


async def cancel(session: AsyncSession, follow_up_id: int, *, by_id: int, reason: str = CALLED_OFF) -> None:
    """Call it off. Raises NotAllowed when it has left already."""
    row = await session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    if row is None or row.state == FollowUpState.SENT:
        raise NotAllowed(_("Dit bericht is al vertrokken."))
    row.state, row.state_reason = FollowUpState.CANCELLED, reason
    await session.flush()
    await _tell(session, "follow_up.cancelled", row, by_id)


async def plan_after_all(session: AsyncSession, follow_up_id: int, *, by_id: int, now: datetime) -> None:
    """What somebody called off leaves after all. Raises NotAllowed when it has left, or its moment is over."""
    row = await session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != FollowUpState.CANCELLED or row.state_reason != CALLED_OFF:
        raise NotAllowed(_(MEANWHILE))
    if row.due_at <= now:
        raise NotAllowed(_("Het moment van dit bericht is voorbij. Plan het opnieuw."))
    row.state, row.state_reason = FollowUpState.PLANNED, None
    await session.flush()
    await _tell(session, "follow_up.planned", row, by_id)


async def client_wrote(session: AsyncSession, person_id: int) -> int:
    """Cancel what was planned for the case of silence; returns how many."""
    done = await session.scalars(
        update(FollowUp)
        .where(FollowUp.person_id == person_id, *FOR_SILENCE)
        .values(state=FollowUpState.CANCELLED, state_reason=WROTE)
        .returning(FollowUp)
    )
    rows = done.all()
    for row in rows:
        await _tell(session, "follow_up.cancelled", row, None)
    return len(rows)


async def send_due(database: Database, *, now: datetime, limit: int = 50) -> int:
    """Send what is due, each in a transaction of its own; returns how many were dealt with. Run by a timer."""
    async with database.transaction() as session:
        await call_off_moved(session)
        found = await session.execute(
            select(FollowUp.id, FollowUp.person_id)
            .where(FollowUp.state == FollowUpState.PLANNED, FollowUp.due_at <= now)
            .order_by(FollowUp.due_at, FollowUp.id)
            .limit(limit)
        )
        due = found.all()
    for follow_up_id, person_id in due:
        async with database.transaction() as session:
            await conversation.lock_person(session, person_id)
            row = await session.get(FollowUp, follow_up_id, with_for_update=True)
            if row is not None and row.state == FollowUpState.PLANNED:
                await send(session, row, now=now)
    return len(due)


async def call_off_moved(session: AsyncSession) -> int:
    """Cancel what hangs on an appointment that is not as it was any more; returns how many."""
    changed = select(Appointment.id).where(
        Appointment.id == FollowUp.cancel_if_moved_id, Appointment.status.not_in(STANDS)
    )
    done = await session.scalars(
        update(FollowUp)
        .where(FollowUp.state == FollowUpState.PLANNED, changed.exists())
        .values(state=FollowUpState.CANCELLED, state_reason=MOVED)
        .returning(FollowUp)
    )
    rows = done.all()
    for row in rows:
        await _tell(session, "follow_up.cancelled", row, None)
    return len(rows)


async def send(session: AsyncSession, row: FollowUp, *, now: datetime) -> Message | None:
    """Send one planned message, locked by the caller after its person; None when it is called off instead.

    The answer comes to who sent it: the message is a take-over, except while a colleague holds the
    conversation or it waits in the queue, where the holder stays as it is; and except when who wrote it left: then it is
    sent all the same, because the client was promised it, and the answer goes where any other goes.
    """
    if row.cancel_if_moved_id is not None:
        about = await session.get_one(Appointment, row.cancel_if_moved_id, populate_existing=True)
        if about.status not in STANDS:
            await _call_off(session, row, MOVED)
            return None
    if row.cancel_if_wrote and await _wrote_since(session, row.person_id, row.created_at):
        await _call_off(session, row, WROTE)
        return None
    planned = await plan_of.ways(session, row.person_id, purpose="follow_up", now=now.astimezone(ZONE))
    way = plan_of.first_choice(planned) if row.address_id is None else None
    address_id = row.address_id or (way.address.id if way is not None else None)
    if address_id is None:
        await _call_instead(session, row, now=now)
        return None
    person = await session.get(Person, row.person_id)
    scheme = await session.scalar(select(Address.scheme).where(Address.id == address_id)) or ""
    held = await conversation.open_for(
        session, row.person_id, channel_of(scheme), person.region_id if person else None, now=now
    )
    works_here = await session.scalar(select(Staff.active).where(Staff.id == row.staff_id))
    if works_here and (held.holder == Holder.BOT or held.staff_id == row.staff_id):
        await conversation.move(session, held, Step.STAFF_WROTE, staff_id=row.staff_id, now=now)
    message = await outbox.staff_message(
        session, conversation=held, staff_id=row.staff_id, text=row.text,
        client_msg_id=f"follow-up:{row.id}", purpose="follow_up", address_id=address_id,
    )  # fmt: skip
    row.state, row.message_id, row.state_reason = FollowUpState.SENT, message.id, None
    await session.flush()
    await microcontacts.note_message(session, message, at=now)
    await _tell(session, "follow_up.sent", row, row.staff_id)
    return message


async def _call_instead(session: AsyncSession, row: FollowUp, *, now: datetime) -> None:
    """Nothing can be written to this person: whose message it was calls them."""
    await call_tasks.ask(
        session, row.person_id, reason="no_channel", about=row.text, staff_id=row.staff_id, by_id=row.staff_id,
        key=f"follow_up:{row.id}", now=now,
    )  # fmt: skip
    await _call_off(session, row, TO_CALL)


async def _wrote_since(session: AsyncSession, person_id: int, since: datetime) -> bool:
    query = select(Message.id).where(
        Message.person_id == person_id, Message.direction == Direction.IN, Message.created_at > since
    )
    return await session.scalar(query.limit(1)) is not None


async def _call_off(session: AsyncSession, row: FollowUp, reason: str) -> None:
    row.state, row.state_reason = FollowUpState.CANCELLED, reason
    await session.flush()
    await _tell(session, "follow_up.cancelled", row, None)


async def _tell(session: AsyncSession, kind: str, row: FollowUp, by_id: int | None) -> None:
    region_id = await session.scalar(select(Person.region_id).where(Person.id == row.person_id))
    await events.record(
        session, kind, person_id=row.person_id, region_id=region_id, staff_id=by_id,
        data={"follow_up_id": row.id, "reason": row.state_reason},
    )  # fmt: skip
