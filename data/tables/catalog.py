"""The catalogue: Provider → Place, Course → Run, PriceRule, Fact; every record with its source and dates."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import SmallInteger, Text

from data.tables.base import Base, created, one_of


class Sourced:
    """Where a record comes from, when it was fetched and checked, and when it holds."""

    source: Mapped[str]
    source_id: Mapped[str]
    source_url: Mapped[str | None]
    licence: Mapped[str | None]
    fetched_at: Mapped[datetime]
    checked_on: Mapped[date]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    invented: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Demo data; said wherever it shows."
    )


class Provider(Sourced, Base):
    """A public provider of adult learning. Ranking never sees it."""

    __tablename__ = "provider"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(doc="cbe · cvo · hogeschool · vdab · syntra · avansa")
    url: Mapped[str | None]
    phone: Mapped[str | None]


class Place(Sourced, Base):
    """Where a provider teaches."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str]
    street: Mapped[str | None]
    postcode: Mapped[str]
    municipality: Mapped[str]
    nis: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    wheelchair: Mapped[bool | None]


class PriceRule(Sourced, Base):
    """A dated tariff: euro per lesson hour, or a fixed amount, with exemptions and a ceiling."""

    __tablename__ = "price_rule"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(index=True, doc="Groups the versions of one rule: 'cvo.standard'.")
    per_hour: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    fixed: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    ceiling: Mapped[Decimal | None] = mapped_column(Numeric(8, 2), doc="The most that a semester costs.")
    year_ceiling: Mapped[Decimal | None] = mapped_column(
        Numeric(8, 2), doc="The most that a school year costs, for a course that is no chain of modules."
    )
    exemptions: Mapped[list[Any]] = mapped_column(
        server_default=text("'[]'::jsonb"),
        doc='[{"status": "leefloon", "per_hour": "0", "prove": "attest OCMW", "source": …}, …]',
    )
    disputed: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Official pages disagree: the answer says that it must be checked."
    )
    statement: Mapped[str]


class Course(Sourced, Base):
    """What is taught, apart from when and where."""

    __tablename__ = "course"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index("ix_course_search", "search", postgresql_using="gin"),
        Index("ix_course_subjects", "subject_ids", postgresql_using="gin"),
        Index("ix_course_title_trgm", text("title gin_trgm_ops"), postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    subject_ids: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    level: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="nl")
    requirements: Mapped[str | None] = mapped_column(doc="What one needs to start, in plain Dutch.")
    certificate: Mapped[str | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('dutch', title), 'A') || setweight(to_tsvector('dutch', description), 'C')",
            persisted=True,
        ),
    )


class RunStatus(StrEnum):
    OPEN = "open"
    FULL = "full"
    CANCELLED = "cancelled"
    ENDED = "ended"


class Run(Sourced, Base):
    """One run of a course: a place, days, hours and dates (DAVINCI's ingerichte modulevariant)."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        one_of("status", RunStatus),
        CheckConstraint("mode IN ('contact', 'blended', 'online')", name="mode"),
        CheckConstraint("material_cost >= 0", name="material_cost"),
        Index("ix_run_course_start", "course_id", "start_date"),
        Index("ix_run_place", "place_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    start_date: Mapped[date]
    end_date: Mapped[date | None]
    enrol_until: Mapped[date | None]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), doc="0 is Monday.")
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    day_parts: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="morning · afternoon · evening")
    mode: Mapped[str] = mapped_column(server_default="contact")
    lesson_hours: Mapped[int]
    price_rule_id: Mapped[int] = mapped_column(ForeignKey("price_rule.id"))
    material_cost: Mapped[Decimal] = mapped_column(Numeric(8, 2), server_default=text("0"))
    status: Mapped[str] = mapped_column(server_default=RunStatus.OPEN)
    url: Mapped[str | None]


class Fact(Sourced, Base):
    """A sourced statement for questions that are no course list."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("source_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[str] = mapped_column(index=True, doc="An intent, or 'norm' and 'indicators'.")
    statement: Mapped[str]
    value: Mapped[str | None]
    unit: Mapped[str | None]
    as_of: Mapped[str]
    status: Mapped[str] = mapped_column(doc="seen · unverified")
    conflicts_with: Mapped[str | None]
    recheck_after: Mapped[date | None] = mapped_column(
        doc="From the day after, an answer says that this has to be checked again."
    )


class ShownList(Base):
    """Which runs were shown, in which order, for which question: the base of the neutrality audit."""

    __tablename__ = "shown_list"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    query: Mapped[dict[str, Any]]
    run_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    relaxed: Mapped[str | None]
    created_at: Mapped[datetime] = created()
