"""Regions, staff, counters, sittings and appointments: who helps, where and when."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class Region(Base):
    """A regional or city leerwinkel; every staff member, counter and conversation belongs to one."""

    __tablename__ = "region"

    id: Mapped[str] = mapped_column(primary_key=True, doc="As data.geo.region_of gives it, e.g. 'gent'.")
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    office_hours: Mapped[dict[str, Any]] = mapped_column(
        doc='Weekday to hours of wall time: {"mo": [["09:00", "12:30"], ["13:00", "17:00"]], …}. With'
        ' {"school_holidays": {"schools": "flemish", "mo": …}} other hours in the holidays of those schools.'
    )
    answer_minutes: Mapped[int] = mapped_column(
        server_default=text("15"), doc="The promise within office hours when nobody is free at once."
    )
    minutes: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'::jsonb"),
        doc="Kind of appointment to its length here, where that is not the usual one.",
    )
    quiet_from: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("21"), doc="From this hour of wall time we write nobody first,"
    )
    quiet_until: Mapped[int] = mapped_column(SmallInteger, server_default=text("8"), doc="until this one.")
    ask_satisfied: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Ask once, after a conversation is closed, whether it helped."
    )
    keep_chat_days: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("90"), doc="After the last contact; see handover.retention."
    )
    keep_contact_days: Mapped[int] = mapped_column(SmallInteger, server_default=text("365"))
    keep_file_years: Mapped[int] = mapped_column(SmallInteger, server_default=text("5"))


class Role(StrEnum):
    COUNSELLOR = "counsellor"
    DISPATCHER = "dispatcher"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    ADMIN = "admin"


class Presence(StrEnum):
    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


class Staff(Base):
    """Somebody who works here. Analyst and admin may be without a region."""

    __tablename__ = "staff"
    __table_args__ = (
        one_of("role", Role),
        one_of("presence", Presence),
        CheckConstraint("region_id IS NOT NULL OR role IN ('analyst', 'admin')", name="has_region"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("console_language IN ('nl', 'fr', 'en')", name="console_language"),
        Index("uq_staff_duty", "region_id", unique=True, postgresql_where=text("duty")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"), index=True)
    password_hash: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(server_default=text("'{nl}'::text[]"))
    console_language: Mapped[str] = mapped_column(server_default="nl", doc="See data.translation.")
    topics: Mapped[list[str]] = mapped_column(
        server_default=text("'{}'::text[]"), doc="Intents that this person knows best; empty: all alike."
    )
    capacity: Mapped[int] = mapped_column(
        server_default=text("25"), doc="What they can carry, in the weights of handover.load."
    )
    duty: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Answers for the region when nobody is there; at most one a region."
    )
    presence: Mapped[str] = mapped_column(server_default=Presence.OFFLINE)
    presence_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = created()


class StaffSession(Base):
    """A log-in: only the hash of the cookie's token is stored."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime] = created()
    seen_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """A failed log-in, counted per account and per network address (both as keyed hashes)."""

    __tablename__ = "login_attempt"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = created()


class CounterKind(StrEnum):
    PLACE = "place"
    PHONE = "phone"
    VIDEO = "video"


class Counter(Base):
    """A place (or the phone, or video) where counsellors sit at set hours, often in a partner's building.

    Its area is who lives in one of `postcodes` or within `reach_km`. With neither it is everybody who is near.
    """

    __tablename__ = "counter"
    __table_args__ = (one_of("kind", CounterKind), CheckConstraint("reach_km > 0", name="reach"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_id: Mapped[str] = mapped_column(ForeignKey("region.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default=CounterKind.PLACE)
    name: Mapped[str] = mapped_column(doc="Short, as said in a message: 'bib Aalst'.")
    host: Mapped[str | None] = mapped_column(doc="The partner whose building it is.")
    host_kind: Mapped[str | None]
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    municipality: Mapped[str | None]
    nis: Mapped[str | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    wheelchair: Mapped[bool] = mapped_column(server_default=text("false"))
    lift: Mapped[bool] = mapped_column(server_default=text("false"))
    walk_in: Mapped[bool] = mapped_column(server_default=text("false"))
    languages: Mapped[list[str]] = mapped_column(server_default=text("'{nl}'::text[]"))
    directions: Mapped[str | None]
    rooms: Mapped[list[str]] = mapped_column(
        server_default=text("'{}'::text[]"), doc="Empty: there is room for whoever sits there."
    )
    postcodes: Mapped[list[str]] = mapped_column(
        server_default=text("'{}'::text[]"), doc="Whom it is for, beside `reach_km`; empty: whoever is near."
    )
    reach_km: Mapped[int | None] = mapped_column(
        SmallInteger, doc="How far away it is offered, in a straight line; empty: the usual."
    )
    invented: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Schools(StrEnum):
    """Whose school holidays: those of the Flemish or of the French Community."""

    FLEMISH = "flemish"
    FRENCH = "french"


class Sitting(Base):
    """A recurring weekly block of wall time during which one counsellor sits at one counter.

    Never on a public holiday; with `schools` neither in the holidays of those schools.
    """

    __tablename__ = "sitting"
    __table_args__ = (
        one_of("schools", Schools),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts < ends", name="order"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, doc="0 is Monday.")
    starts: Mapped[time]
    ends: Mapped[time]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    schools: Mapped[str | None] = mapped_column(
        doc="Not in the holidays of these schools; empty: in all weeks."
    )


class SittingException(Base):
    """A day on which a sitting does not take place."""

    __tablename__ = "sitting_exception"
    __table_args__ = (UniqueConstraint("sitting_id", "day"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    day: Mapped[date]
    reason: Mapped[str | None]


class Absence(Base):
    """Time during which a counsellor cannot be booked."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str | None]
    settled_by: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id"), doc="Who said that the clients may be told; empty: nobody yet."
    )


class AppointmentKind(StrEnum):
    INFORMATION = "information"
    MEDIATION = "mediation"
    TRAJECTORY = "trajectory"
    SESSION = "session"  # a seat in an info session


class AppointmentStatus(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    MOVED = "moved"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


BUSY = text("status IN ('held', 'confirmed') AND session_id IS NULL")


class Appointment(Base):
    """held → confirmed → attended | no_show | moved | cancelled; a hold that runs out is expired.

    The exclusion constraints make double booking impossible: one counsellor, one room, one interpreter at a time. A
    seat in an info session takes up none of these; the session does.
    Wall time and zone are what was agreed; `starts_at` (UTC) is derived from them.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        one_of("status", AppointmentStatus),
        one_of("kind", AppointmentKind),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("(status = 'held') = (held_until IS NOT NULL)", name="held_until"),
        ExcludeConstraint(
            ("staff_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=BUSY,
            using="gist",
            name="ex_appointment_counsellor",
        ),
        ExcludeConstraint(
            ("counter_id", "="),
            ("room", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=BUSY,
            using="gist",
            name="ex_appointment_room",
        ),
        ExcludeConstraint(
            ("interpreter_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("status IN ('held', 'confirmed') AND interpreter_id IS NOT NULL"),
            using="gist",
            name="ex_appointment_interpreter",
        ),
        CheckConstraint("(kind = 'session') = (session_id IS NOT NULL)", name="seat"),
        Index(
            "uq_appointment_seat",
            "session_id",
            "person_id",
            unique=True,
            postgresql_where=text("status IN ('held', 'confirmed') AND session_id IS NOT NULL"),
        ),
        Index("ix_appointment_counter", "counter_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token: Mapped[str] = mapped_column(unique=True, doc="256 random bits: the key of /a/{token}.")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("address.id"), doc="Where reminders go.")
    region_id: Mapped[str] = mapped_column(ForeignKey("region.id"), index=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    room: Mapped[str | None] = mapped_column(doc="Empty: the counter has room for all its counsellors.")
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    interpreter_id: Mapped[int | None] = mapped_column(ForeignKey("interpreter.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("info_session.id"))
    kind: Mapped[str] = mapped_column(server_default=AppointmentKind.MEDIATION)
    status: Mapped[str] = mapped_column(server_default=AppointmentStatus.HELD)
    held_until: Mapped[datetime | None]
    wall_start: Mapped[str] = mapped_column(doc="Agreed wall time, ISO without offset: '2026-11-27T14:00'.")
    zone: Mapped[str] = mapped_column(server_default="Europe/Brussels")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(server_default="nl")
    topic: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(server_default=text("0"), doc="iCalendar SEQUENCE.")
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    coming_at: Mapped[datetime | None] = mapped_column(doc="The answer to a reminder was: I am coming.")
    created_by: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id"), doc="Empty: the client, with the bot."
    )
    created_at: Mapped[datetime] = created()


class ReminderState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Reminder(Base):
    """A reminder made when the appointment is; cancelled or moved with it."""

    __tablename__ = "reminder"
    __table_args__ = (
        one_of("state", ReminderState),
        UniqueConstraint("appointment_id", "kind"),
        Index("ix_reminder_due", "due_at", postgresql_where=text("state = 'planned'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    kind: Mapped[str] = mapped_column(doc="'day' (24 hours before) or 'hours' (2 hours before).")
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=ReminderState.PLANNED)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))


class ChangeKind(StrEnum):
    """What becomes of an appointment by our doing, and what the client hears of it."""

    BOOKED = "booked"  # done already, for them; tell them when it is
    MOVED = "moved"  # done already; tell them when it is now
    CANCELLED = "cancelled"  # done already; tell them
    DEPUTY = "deputy"  # somebody else takes over at the same time, else as ANOTHER_TIME
    ANOTHER_TIME = "another_time"  # it cannot take place: cancel it and offer others
    CALL = "call"  # a colleague calls them about it


class ChangeState(StrEnum):
    PLANNED = "planned"
    ASKED = "asked"  # told, and an answer is needed
    DONE = "done"


class AppointmentChange(Base):
    """A change that we made or must make, until the client knows of it; each kind once for an appointment."""

    __tablename__ = "appointment_change"
    __table_args__ = (
        one_of("kind", ChangeKind),
        one_of("state", ChangeState),
        UniqueConstraint("appointment_id", "kind"),
        Index("ix_appointment_change_open", "id", postgresql_where=text("state <> 'done'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=ChangeState.PLANNED)
    absence_id: Mapped[int | None] = mapped_column(ForeignKey("absence.id"), index=True)
    outcome: Mapped[str | None] = mapped_column(doc="What it came to: a ChangeKind.")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()
    told_at: Mapped[datetime | None]
