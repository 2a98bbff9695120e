"""What is kept of a person, by kind: asked once, because of most people most kinds are empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    Appointment,
    AppointmentStatus,
    Attachment,
    CallTask,
    Consent,
    ContactWay,
    Conversation,
    Counter,
    CourseWish,
    FollowUp,
    Message,
    MicroContact,
    Note,
    OwnLink,
    PersonMerge,
    PhaseChange,
    Referral,
    Reminder,
    ShownList,
    Staff,
    Trajectory,
)

_ID = bindparam("person_id", type_=BigInteger)


def _any(column: Any, *also: ColumnElement[bool]) -> Select[int]:
    return select(column).where(column == _ID, *also)


_KINDS = {
    "appointments": _any(Appointment.person_id),
    "calls": _any(CallTask.person_id),
    "consents": _any(Consent.person_id),
    "contacts": _any(MicroContact.person_id, MicroContact.way != ContactWay.MESSAGE),
    "files": _any(Message.person_id).join(Attachment, Attachment.message_id == Message.id),
    "follow_ups": _any(FollowUp.person_id),
    "ledger": _any(MicroContact.person_id),
    "merges": _any(PersonMerge.kept_id),
    "notes": _any(Note.person_id),
    "own_links": _any(OwnLink.person_id),
    "phases": _any(Trajectory.person_id).join(PhaseChange, PhaseChange.trajectory_id == Trajectory.id),
    "referrals": _any(Referral.person_id),
    "reminders": _any(Appointment.person_id).join(Reminder, Reminder.appointment_id == Appointment.id),
    "shown": _any(Conversation.person_id).join(ShownList, ShownList.conversation_id == Conversation.id),
    "wishes": _any(CourseWish.person_id),
}
_LAST_PUBLIC = func.coalesce(
    select(func.max(Message.id))
    .where(Message.person_id == _ID, Message.author != "system")
    .scalar_subquery(),
    0,
)
_KEPT = select(*(query.exists() for query in _KINDS.values()), _LAST_PUBLIC)


_APPOINTMENTS = (
    select(Appointment, Counter.name, Staff.name)
    .join(Counter, Counter.id == Appointment.counter_id)
    .join(Staff, Staff.id == Appointment.staff_id)
    .where(Appointment.person_id == _ID, Appointment.status.not_in(("held", "expired")))
    .order_by(Appointment.starts_at)
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The kinds of which there is something, whatever its state; and the newest message of all, 0 if there is none.

    The appointments themselves, the first first, with counter and counsellor: the thread, the file and the composer
    show them.
    """

    kinds: frozenset[str]
    last_public: int
    appointments: Sequence[tuple[Appointment, str, str]]

    def coming(self, now: datetime) -> list[Appointment]:
        """Confirmed appointments that have not ended, the first first."""
        return [
            row
            for row, *_ in self.appointments
            if row.status == AppointmentStatus.CONFIRMED and row.ends_at > now
        ]


async def of_person(session: AsyncSession, person_id: int) -> Kept:
    asked = {"person_id": person_id}
    found: Sequence[Any] = (await session.execute(_KEPT, asked)).one()
    *there, last_public = found
    kinds = frozenset(name for name, some in zip(_KINDS, there, strict=True) if some)
    appointments: Sequence[Any] = ()
    if "appointments" in kinds:
        appointments = (await session.execute(_APPOINTMENTS, asked)).all()
    return Kept(kinds=kinds, last_public=last_public, appointments=appointments)
