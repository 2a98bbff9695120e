"""Trajectories, micro-contacts, follow-ups, partners and referrals."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class Phase(StrEnum):
    TOELEIDING = "toeleiding"
    AANMELDING = "aanmelding"
    INTAKE = "intake"
    TRAJECT = "traject"
    KEUZE = "keuze"
    OPVOLGING = "opvolging"
    NAZORG = "nazorg"


class Trajectory(Base):
    """One person's guidance: one counsellor from intake to aftercare, and a deputy."""

    __tablename__ = "trajectory"
    __table_args__ = (
        one_of("phase", Phase),
        Index("uq_trajectory_open", "person_id", unique=True, postgresql_where=sql("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    region_id: Mapped[str] = mapped_column(ForeignKey("region.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    phase: Mapped[str] = mapped_column(server_default=Phase.AANMELDING)
    question: Mapped[str | None] = mapped_column(doc="The learning question or need, in a sentence.")
    consent_at: Mapped[datetime | None] = mapped_column(doc="When the person agreed to a file.")
    intake: Mapped[dict[str, Any]] = mapped_column(
        server_default=sql("'{}'::jsonb"), doc="The intake form: a key of handover.path.INTAKE to an answer."
    )
    opened_at: Mapped[datetime] = created()
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class PhaseChange(Base):
    """When a trajectory entered a phase, and by whom."""

    __tablename__ = "phase_change"
    __table_args__ = (one_of("phase", Phase),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    trajectory_id: Mapped[int] = mapped_column(ForeignKey("trajectory.id"), index=True)
    phase: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()


class ContactWay(StrEnum):
    MESSAGE = "message"
    CALL = "call"
    VISIT = "visit"
    NO_SHOW = "no_show"


class MicroContact(Base):
    """One countable touch in a trajectory. Corrected by a newer row, never erased."""

    __tablename__ = "micro_contact"
    __table_args__ = (
        one_of("way", ContactWay),
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("NOT voided OR replaces_id IS NOT NULL", name="voided"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    trajectory_id: Mapped[int | None] = mapped_column(ForeignKey("trajectory.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    way: Mapped[str]
    direction: Mapped[str]
    channel: Mapped[str] = mapped_column(doc="A channel name, or 'phone', 'desk'.")
    minutes: Mapped[int] = mapped_column(server_default=sql("0"))
    purpose: Mapped[str | None]
    outcome: Mapped[str | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("micro_contact.id"), unique=True)
    voided: Mapped[bool] = mapped_column(
        server_default=sql("false"),
        doc="Says of the row it replaces that there was no contact; counts nowhere.",
    )
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id"), doc="Who put the earlier row right; empty: nobody had to."
    )
    at: Mapped[datetime] = created()


class FollowUpState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    CANCELLED = "cancelled"


class FollowUp(Base):
    """A message to be sent later, unless the client wrote first."""

    __tablename__ = "follow_up"
    __table_args__ = (
        one_of("state", FollowUpState),
        Index("ix_follow_up_due", "due_at", postgresql_where=sql("state = 'planned'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    trajectory_id: Mapped[int | None] = mapped_column(ForeignKey("trajectory.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    address_id: Mapped[int | None] = mapped_column(
        ForeignKey("address.id"), doc="Empty: the channel plan chooses."
    )
    text: Mapped[str]
    due_at: Mapped[datetime]
    cancel_if_wrote: Mapped[bool] = mapped_column(server_default=sql("true"))
    cancel_if_moved_id: Mapped[int | None] = mapped_column(
        ForeignKey("appointment.id"), doc="Does not leave when this appointment is moved or cancelled."
    )
    state: Mapped[str] = mapped_column(server_default=FollowUpState.PLANNED)
    state_reason: Mapped[str | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    created_at: Mapped[datetime] = created()


class ReachedBy(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"


class Partner(Base):
    """A service that owns another kind of need; editable per region."""

    __tablename__ = "partner"
    __table_args__ = (one_of("reached_by", ReachedBy),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(index=True, doc="clb · vdab · agii · ocmw · caw · ligo · naric · …")
    name: Mapped[str]
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"), doc="Empty: everywhere.")
    owns: Mapped[str] = mapped_column(doc="What they help with, as told to a client.")
    phone: Mapped[str | None]
    email: Mapped[str | None]
    url: Mapped[str | None]
    contact_name: Mapped[str | None]
    reached_by: Mapped[str | None] = mapped_column(doc="How they want to be reached; empty: any way.")
    hours: Mapped[str | None] = mapped_column(doc="Opening hours, in words.")
    postcodes: Mapped[list[str]] = mapped_column(
        server_default=sql("'{}'::text[]"), doc="Whom they serve; empty: the whole region, or everybody."
    )
    key_hash: Mapped[str | None] = mapped_column(
        unique=True, doc="SHA-256 of the key with which they refer by program."
    )
    source: Mapped[str | None]
    invented: Mapped[bool] = mapped_column(server_default=sql("false"))
    active: Mapped[bool] = mapped_column(server_default=sql("true"))


class ReferralState(StrEnum):
    OFFERED = "offered"
    CONSENTED = "consented"
    DECLINED = "declined"
    SENT = "sent"
    ARRIVED = "arrived"


class Referral(Base):
    """A person brought to (out) or by (in) a partner, with what the person agreed to pass on."""

    __tablename__ = "referral"
    __table_args__ = (
        one_of("state", ReferralState),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("direction = 'in' OR partner_id IS NOT NULL", name="to_somebody"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    partner_id: Mapped[int | None] = mapped_column(
        ForeignKey("partner.id"), index=True, doc="Empty: referred in by who is in no register."
    )
    direction: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=ReferralState.OFFERED)
    summary: Mapped[str | None] = mapped_column(
        doc="What is or would be passed on; what was agreed to, word for word."
    )
    token: Mapped[str | None] = mapped_column(
        unique=True, doc="Of the page where the person reads and answers it."
    )
    lines: Mapped[list[str]] = mapped_column(
        server_default=sql("'{}'::text[]"), doc="The summary as lines that can be struck out one by one."
    )
    staff_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id"), doc="Who drafted it; empty: the bot."
    )
    passed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    passed_via: Mapped[str | None] = mapped_column(doc="phone · email · url")
    partner_token: Mapped[str | None] = mapped_column(
        unique=True,
        doc="Of the page where the partner reads it and says that it arrived; only in the mail to them.",
    )
    mailed_at: Mapped[datetime | None] = mapped_column(
        doc="When handing that mail over began: it is not sent twice."
    )
    told_at: Mapped[datetime | None] = mapped_column(doc="When the person was told that it arrived.")
    chased_at: Mapped[datetime | None] = mapped_column(doc="When a colleague was asked why it did not.")
    progress_allowed_at: Mapped[datetime | None] = mapped_column(
        doc="Since when who referred in may hear how it goes; empty: they may not."
    )
    referrer: Mapped[dict[str, Any] | None] = mapped_column(
        doc="Who referred in: organisation, name, contact, and whether by form or api."
    )
    reference: Mapped[str | None] = mapped_column(
        unique=True, doc="What who referred in was given to ask after it."
    )
    created_at: Mapped[datetime] = created()
    state_at: Mapped[datetime] = created()
