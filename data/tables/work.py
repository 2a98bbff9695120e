"""Leased jobs and the append-only event log."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class JobState(StrEnum):
    READY = "ready"
    DONE = "done"
    DEAD = "dead"


class Job(Base):
    """A piece of work owned by whoever holds its lease.

    ready --claim(lease, fence+1, attempts+1)--> ready and leased --complete(fence)--> done
    A lease that runs out makes it claimable again; too many attempts make it dead. Jobs with one `key` run
    one after the other, in the order of their ids.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        Index("ix_job_due", "lane", "run_at", "id", postgresql_where=text("state = 'ready'")),
        Index("ix_job_key", "key", "id", postgresql_where=text("state = 'ready'")),
        Index("uq_job_dedupe", "dedupe", unique=True, postgresql_where=text("dedupe IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    lane: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=JobState.READY)
    run_at: Mapped[datetime] = created()
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    dedupe: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = created()
    done_at: Mapped[datetime | None]


class Event(Base):
    """Something that happened, for ever: feeds the console, the audit trail, the ledger and the reports."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"))
    staff_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id"), doc="Who did it; empty: the machine."
    )
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime] = created()
