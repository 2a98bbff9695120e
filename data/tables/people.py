"""Persons, the addresses that reach them, and what they agreed to.

Person and address are apart: a link is a row that says who, when and why, and can be undone; one address
may be shared by several persons.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class Person(Base):
    """Somebody we help. May stay anonymous for ever: everything but the id is optional."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_namesakes", text("lower(name)"), "municipality"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="nl")
    postcode: Mapped[str | None]
    municipality: Mapped[str | None]
    nis: Mapped[str | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'::jsonb"),
        doc="What the person told us that answers need: age, diploma, status, nt2_level.",
    )
    invented: Mapped[bool] = mapped_column(server_default=text("false"), doc="Demo data.")
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True, doc="Who this turned out to be; everything of theirs is there."
    )
    created_at: Mapped[datetime] = created()
    last_seen_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None] = mapped_column(
        doc="When they had everything erased: what is left are counts of nobody (handover.erasing)."
    )


class Address(Base):
    """One way to reach somebody: `sms` +32470…, `web` sha256(token), `mailto` …, unique by scheme and path."""

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("scheme", "path"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    scheme: Mapped[str]
    path: Mapped[str]
    display: Mapped[str | None] = mapped_column(doc="How staff see it; never logged.")
    opted_out_at: Mapped[datetime | None] = mapped_column(
        doc="No message but notices and reminders of an own appointment."
    )
    opted_out_by: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id"), doc="Who set it; empty: the person."
    )
    opt_out_reason: Mapped[str | None]
    shared: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Several persons write from here: ask who it is."
    )
    reminders_off: Mapped[bool] = mapped_column(
        server_default=text("false"),
        doc="Nor reminders: STOP was the answer to one, or the provider blocks us.",
    )
    last_in_at: Mapped[datetime | None] = mapped_column(
        doc="Opens the 24-hour window of WhatsApp and Messenger."
    )
    blocked_at: Mapped[datetime | None] = mapped_column(doc="They blocked us at the provider.")
    unreachable: Mapped[str | None] = mapped_column(
        doc="Why the provider cannot deliver here, in words for staff; empty again once they write."
    )
    created_at: Mapped[datetime] = created()


class AddressLink(Base):
    """Whose address it is, since when, by whom and why. Ended, never deleted."""

    __tablename__ = "address_link"
    __table_args__ = (
        Index(
            "uq_address_link_current",
            "address_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_address_link_preferred",
            "person_id",
            unique=True,
            postgresql_where=text("preferred AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_primary: Mapped[bool] = mapped_column(
        server_default=text("true"), doc="Who is taken to write when nobody says so."
    )
    preferred: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Where this person wants us to write first."
    )
    reason: Mapped[str] = mapped_column(server_default="first message")
    verified: Mapped[bool] = mapped_column(server_default=text("false"))
    linked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()
    ended_at: Mapped[datetime | None]


class ConsentKind(StrEnum):
    FILE = "file"  # a trajectory file may be opened
    FOLLOW_UP = "follow_up"  # we may write first
    REFERRAL = "referral"  # a summary may go to a partner
    NEWS = "news"  # one message when a course comes
    PROGRESS = "progress"  # who referred them may hear how it goes


class ConsentText(Base):
    """How a region puts in one language what people are asked. Never changed: other words are the next version."""

    __tablename__ = "consent_text"
    __table_args__ = (
        UniqueConstraint("region_id", "kind", "language", "version"),
        one_of("kind", ConsentKind),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_id: Mapped[str] = mapped_column(ForeignKey("region.id"))
    kind: Mapped[str]
    language: Mapped[str]
    version: Mapped[int] = mapped_column(SmallInteger)
    parts: Mapped[dict[str, Any]] = mapped_column(
        doc="The part of the text → its words, with places in braces; empty: the standard text from here on."
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()


class Consent(Base):
    """What a person agreed to, in which words, through which channel, and when it was taken back."""

    __tablename__ = "consent"
    __table_args__ = (one_of("kind", ConsentKind),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    wording: Mapped[str]
    text_id: Mapped[int | None] = mapped_column(
        ForeignKey("consent_text.id"),
        index=True,
        doc="Which version of a region these words are; empty: the standard text, or other words.",
    )
    channel: Mapped[str]
    keep_years: Mapped[int | None] = mapped_column(
        SmallInteger,
        doc="Of a file: how long after the last contact these words say that it is kept at most.",
    )
    given_at: Mapped[datetime] = created()
    withdrawn_at: Mapped[datetime | None]
