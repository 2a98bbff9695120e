"""What is booked along with a counsellor, or by many at once; and calendars elsewhere, which appointments are written to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class Interpreter(Base):
    """Somebody who interprets for a region, at set hours; in one appointment at a time."""

    __tablename__ = "interpreter"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_id: Mapped[str] = mapped_column(ForeignKey("region.id"), index=True)
    name: Mapped[str]
    languages: Mapped[list[str]]
    contact: Mapped[str | None] = mapped_column(doc="How staff reach them.")
    hours: Mapped[dict[str, Any]] = mapped_column(doc="As `Region.office_hours`.")
    days_off: Mapped[list[date]] = mapped_column(ARRAY(Date()), server_default=text("'{}'::date[]"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = created()


class SessionStatus(StrEnum):
    PLANNED = "planned"
    CANCELLED = "cancelled"


class InfoSession(Base):
    """A talk for many: planned → cancelled. Who has a seat has an appointment with its id.

    `taken` counts the seats that are agreed; it is swapped together with them and never passes `seats`.
    """

    __tablename__ = "info_session"
    __table_args__ = (
        one_of("status", SessionStatus),
        CheckConstraint("taken BETWEEN 0 AND seats", name="taken"),
        CheckConstraint("starts_at < ends_at", name="order"),
        ExcludeConstraint(
            ("staff_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("status = 'planned'"),
            using="gist",
            name="ex_info_session_counsellor",
        ),
        ExcludeConstraint(
            ("counter_id", "="),
            ("room", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("status = 'planned'"),
            using="gist",
            name="ex_info_session_room",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_id: Mapped[str] = mapped_column(ForeignKey("region.id"), index=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    room: Mapped[str | None]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    title: Mapped[str] = mapped_column(doc="What it is about, as clients read it.")
    language: Mapped[str] = mapped_column(server_default="nl")
    status: Mapped[str] = mapped_column(server_default=SessionStatus.PLANNED)
    wall_start: Mapped[str]
    zone: Mapped[str] = mapped_column(server_default="Europe/Brussels")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=text("0"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()


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


class AgendaFeed(Base):
    """The secret address at which a calendar program reads a counsellor's appointments. Only its hash is kept."""

    __tablename__ = "agenda_feed"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = created()
    read_at: Mapped[datetime | None]
