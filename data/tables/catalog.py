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
from sqlalchemy.dialects.postgresql import ARRAY
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
    kind: Mapped[str] = mapped_column(doc="cbe · cvo · hogeschool · vdab · syntra · avansa · other")
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
    municipality: Mapped[str] = mapped_column(doc="Empty, like the postcode, when the source does not tell.")
    country: Mapped[str] = mapped_column(server_default="BE", doc="ISO 3166-1, two letters.")
    nis: Mapped[str] = mapped_column(doc="Empty for a place outside Belgium, and for one that is not told.")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
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
        Index("ix_course_subjects", "subject_ids", postgresql_using="gin"),
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
    text_key: Mapped[str] = mapped_column(
        Computed("course_text_key(title, description, subject_ids)", persisted=True),
        index=True,
        doc="Of its `CourseText`.",
    )


class RunStatus(StrEnum):
    """What the source says of a run, or `ENDED` when it is over or gone from its source. That a run has started is
    no status: it follows from its dates, and would be wrong a day later."""

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
        CheckConstraint("lesson_hours >= 0", name="lesson_hours"),
        Index("ix_run_course_start", "course_id", "start_date"),
        Index("ix_run_place", "place_id"),
        Index("ix_run_same_as", "same_as", postgresql_where=text("same_as IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    start_date: Mapped[date | None] = mapped_column(doc="Null: the source does not tell.")
    end_date: Mapped[date | None]
    enrol_until: Mapped[date | None]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), doc="0 is Monday.")
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    day_parts: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="morning · afternoon · evening")
    mode: Mapped[str] = mapped_column(server_default="contact")
    lesson_hours: Mapped[int] = mapped_column(doc="0: the source does not tell.")
    price_rule_id: Mapped[int] = mapped_column(ForeignKey("price_rule.id"))
    material_cost: Mapped[Decimal] = mapped_column(Numeric(8, 2), server_default=text("0"))
    status: Mapped[str] = mapped_column(server_default=RunStatus.OPEN)
    url: Mapped[str | None]
    same_as: Mapped[int | None] = mapped_column(
        ForeignKey("run.id"),
        doc="The run of another source that is the same, which lists show for both (`catalog.twins`).",
    )


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


class CatalogueImport(Base):
    """One import of a file or an address: what came of it. Not written for a dry run."""

    __tablename__ = "catalogue_import"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'refused')", name="outcome"),
        Index("ix_catalogue_import_source", "source", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(
        doc="As in the records: gone is what this source had and no longer has."
    )
    format: Mapped[str]
    origin: Mapped[str] = mapped_column(doc="The file's name, or the address.")
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    licence: Mapped[str | None]
    checked_on: Mapped[date]
    started_by: Mapped[str] = mapped_column(doc="Who ran the command, or a member of staff.")
    outcome: Mapped[str] = mapped_column(doc="done, or refused: then the catalogue is as it was.")
    counts: Mapped[dict[str, Any]] = mapped_column(
        doc='{"read": …, "rejected": …, "run": {"new": …, "changed": …, "gone": …}, "course": …, …}'
    )
    problems: Mapped[list[Any]] = mapped_column(
        doc="The first hundred rejected records: line, page, sentence."
    )
    notes: Mapped[list[str]] = mapped_column(doc="How the file was read, and why it was refused.")
    started_at: Mapped[datetime]
    created_at: Mapped[datetime] = created()


class ShownList(Base):
    """Which runs were shown, in which order, for which question: the base of the neutrality audit.

    `skipped` runs stood on pages before. `offer`: provider → runs that fitted. `equals`: for each run shown, the
    providers of the runs that were as good for the question, → how many; null in lists of before this was kept.
    """

    __tablename__ = "shown_list"
    __table_args__ = (Index("ix_shown_list_created_at", "created_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    query: Mapped[dict[str, Any]]
    run_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    relaxed: Mapped[str | None]
    skipped: Mapped[int] = mapped_column(server_default=text("0"))
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"))
    offer: Mapped[dict[str, Any] | None]
    equals: Mapped[list[Any] | None]
    created_at: Mapped[datetime] = created()
