"""Calendars elsewhere: where a counsellor's appointments are written to, and what stands there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class PushState(StrEnum):
    NEW = "new"  # given, not tried yet
    ON = "on"
    STOPPED = "stopped"  # it cannot work until the counsellor mends something
    LEAVING = "leaving"  # what is still ahead is taken out, then the account is forgotten


class CalendarAccount(Base):
    """A counsellor's own calendar at a CalDAV server. new → on ⇄ stopped; leaving → deleted."""

    __tablename__ = "calendar_account"
    __table_args__ = (one_of("state", PushState),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    url: Mapped[str] = mapped_column(doc="Of one calendar, with a slash at the end.")
    username: Mapped[str]
    password: Mapped[str] = mapped_column(doc="Sealed with the secret of the settings.")
    state: Mapped[str] = mapped_column(server_default=PushState.NEW)
    error: Mapped[str | None] = mapped_column(doc="Why the last attempt failed, in words for its owner.")
    failed_since: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(doc="When everything last stood there.")
    created_at: Mapped[datetime] = created()


class CalendarEntry(Base):
    """What stands in a counsellor's calendar: which version of which appointment, where, and its ETag."""

    __tablename__ = "calendar_entry"
    __table_args__ = (Index("ix_calendar_entry_appointment", "appointment_id"),)

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("calendar_account.staff_id", ondelete="CASCADE"), primary_key=True
    )
    uid: Mapped[str] = mapped_column(primary_key=True)
    href: Mapped[str] = mapped_column(doc="Its address at the server.")
    etag: Mapped[str | None] = mapped_column(doc="Empty: the server did not say, so we ask before we write.")
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    sequence: Mapped[int]
    pushed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
