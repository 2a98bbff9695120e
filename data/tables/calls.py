"""Calls that one of ours has to make: somebody asked for it, rang in vain, or cannot be written to."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class CallState(StrEnum):
    OPEN = "open"
    DONE = "done"
    FAILED = "failed"  # tried, and given up
    CANCELLED = "cancelled"


class CallOutcome(StrEnum):
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    VOICEMAIL = "voicemail"  # a message was left on their voicemail
    WRONG_NUMBER = "wrong_number"


class CallTask(Base):
    """open → done | failed | cancelled; not reached the first time, it stays open with a later `due_at`.

    A person has at most one open task: who rings three times is called back once.
    """

    __tablename__ = "call_task"
    __table_args__ = (
        one_of("state", CallState),
        CheckConstraint("outcome IN ('reached', 'not_reached', 'voicemail', 'wrong_number')", name="outcome"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
        Index("uq_call_task_open", "person_id", unique=True, postgresql_where=sql("state = 'open'")),
        Index("ix_call_task_due", "due_at", postgresql_where=sql("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    address_id: Mapped[int | None] = mapped_column(
        ForeignKey("address.id"), doc="The number to call; empty: whichever we have."
    )
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"), doc="Empty: nobody knows yet.")
    staff_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id"), index=True, doc="Whose call it is; empty: anybody's of the region."
    )
    reason: Mapped[str] = mapped_column(doc="A code of handover.call_tasks.")
    about: Mapped[str | None] = mapped_column(doc="What to say or to ask, for staff.")
    language: Mapped[str] = mapped_column(server_default="nl")
    due_at: Mapped[datetime] = mapped_column(doc="Not before this.")
    promised_at: Mapped[datetime | None] = mapped_column(doc="What the person was told.")
    state: Mapped[str] = mapped_column(server_default=CallState.OPEN)
    outcome: Mapped[str | None] = mapped_column(doc="Of the last attempt.")
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), doc="Who called last.")
    created_at: Mapped[datetime] = created()
    ended_at: Mapped[datetime | None]


class CallSource(Base):
    """What asked for a call (a phone call, a message), each once: a provider that repeats asks for nothing new."""

    __tablename__ = "call_source"

    key: Mapped[str] = mapped_column(primary_key=True)
    call_task_id: Mapped[int] = mapped_column(ForeignKey("call_task.id", ondelete="CASCADE"), index=True)
