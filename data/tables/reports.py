"""What people say is wrong in the catalogue, and the corrections that outlive the next import."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class RecordKind(StrEnum):
    """The records of the catalogue that can be wrong; each is the name of its table."""

    RUN = "run"
    COURSE = "course"
    PLACE = "place"
    PROVIDER = "provider"
    PRICE_RULE = "price_rule"
    FACT = "fact"


class ReportState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class CatalogueReport(Base):
    """Somebody says that a record is wrong: a task for the region where the record is, for all when it is nowhere.

    The record is named by its source, so that the report stays true when the row is imported anew.
    """

    __tablename__ = "catalogue_report"
    __table_args__ = (
        one_of("kind", RecordKind),
        one_of("state", ReportState),
        CheckConstraint("heard IN ('chat', 'page', 'console', 'import')", name="heard"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at"),
        Index("ix_catalogue_report_open", "region_id", "id", postgresql_where=sql("state = 'open'")),
        Index("ix_catalogue_report_record", "kind", "source", "source_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[str]
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"))
    about: Mapped[str | None] = mapped_column(doc="What seems wrong: a code of bot.pages.report, or a field.")
    text: Mapped[str] = mapped_column(doc="In their words, without names and numbers of persons.")
    shown: Mapped[dict[str, Any]] = mapped_column(doc="The record as it was when it was reported.")
    heard: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("address.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="SET NULL"), unique=True, doc="The message that said so."
    )
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), doc="Who reported it, when staff.")
    state: Mapped[str] = mapped_column(server_default=ReportState.OPEN)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    thanks_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    thanked_at: Mapped[datetime | None] = mapped_column(doc="When the reporter was told, or could not be.")
    created_at: Mapped[datetime] = created()


class RecordCorrection(Base):
    """An accepted value of one field of one record, laid over whatever its source says, until it ends."""

    __tablename__ = "record_correction"
    __table_args__ = (
        one_of("kind", RecordKind),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        Index(
            "uq_record_correction_live",
            "kind",
            "source",
            "source_id",
            "field",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[str]
    field: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB, doc="As to_jsonb gives the column.")
    was: Mapped[Any] = mapped_column(JSONB, doc="What the source says; the correction holds against this.")
    accepted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    accepted_at: Mapped[datetime] = created()
    reason: Mapped[str]
    applied_at: Mapped[datetime | None] = mapped_column(doc="When it was last laid over; empty while lifted.")
    changed_at: Mapped[datetime | None] = mapped_column(
        doc="When the source said something new, other than this; empty once staff were told."
    )
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(doc="taken_over · replaced · withdrawn")


class AnswerCardCheck(Base):
    """What staff say of an answer card: hidden with a reason, or looked at again. The text itself stays a reviewed file."""

    __tablename__ = "answer_card_check"
    __table_args__ = (CheckConstraint("(held_at IS NULL) = (held_reason IS NULL)", name="held"),)

    card_id: Mapped[str] = mapped_column(primary_key=True)
    held_at: Mapped[datetime | None] = mapped_column(doc="Since when nobody is shown it.")
    held_reason: Mapped[str | None]
    checked_on: Mapped[date | None] = mapped_column(doc="When staff last compared it with its pages.")
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), doc="Who said the last of these.")
    changed_at: Mapped[datetime] = created()
