"""What is kept of a person, by kind: asked once, because of most people most kinds are empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    Appointment,
    Attachment,
    CallTask,
    Consent,
    ContactWay,
    Conversation,
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


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The kinds of which there is something, whatever its state; and the newest message of all, 0 if there is none."""

    kinds: frozenset[str]
    last_public: int


async def of_person(session: AsyncSession, person_id: int) -> Kept:
    found: Sequence[Any] = (await session.execute(_KEPT, {"person_id": person_id})).one()
    *there, last_public = found
    return Kept(
        kinds=frozenset(name for name, some in zip(_KINDS, there, strict=True) if some),
        last_public=last_public,
    )
