"""Demand that the catalogue does not meet: counts without persons; and wishes of persons who want to be told."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class DemandKind(StrEnum):
    NONE = "none"  # nothing at all
    RELAXED = "relaxed"  # only with another day, hour, start …
    FULL = "full"  # there is one, but it is full
    TOO_FAR = "too_far"  # only farther away than asked
    UNKNOWN_TOPIC = "unknown_topic"  # a subject that the catalogue has no word for


class Demand(Base):
    """One asker, one question, one day, answered poorly or not at all. No person, no text, no hour.

    `bucket` is a number from 0 to 31 that a keyed hash gives to every asker: one in thirty-two people has the same,
    so it points at nobody, and yet as many different buckets as there are, so many askers there are at least.
    """

    __tablename__ = "demand"
    __table_args__ = (
        one_of("kind", DemandKind),
        CheckConstraint("heard IN ('chat', 'page', 'api')", name="heard"),
        Index("ix_demand_day", "day"),
        Index("ix_demand_topic", "topic_key", postgresql_where=sql("topic_key IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    day: Mapped[date]
    kind: Mapped[str]
    wishes: Mapped[list[str]] = mapped_column(
        server_default=sql("'{}'::text[]"), doc="Wishes that were let go, as data.catalog.search names them."
    )
    subject_id: Mapped[str | None]
    level: Mapped[str | None]
    language: Mapped[str] = mapped_column(doc="In which the question was asked: a code such as 'nl'.")
    nis: Mapped[str | None]
    region: Mapped[str | None] = mapped_column(doc="As data.geo.region_of gives it.")
    day_part: Mapped[str | None]
    mode: Mapped[str | None]
    topic_key: Mapped[str | None] = mapped_column(doc="A keyed hash: the word itself waits for DemandTopic.")
    heard: Mapped[str]
    bucket: Mapped[int] = mapped_column(SmallInteger)


class DemandTopic(Base):
    """A word that people use and the catalogue does not know; kept only once enough different askers said it."""

    __tablename__ = "demand_topic"

    key: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str]


class DailyMark(Base):
    """That something was counted today: keyed hashes of who and what, deleted when the day is over."""

    __tablename__ = "daily_mark"
    __table_args__ = (Index("ix_daily_mark_asker", "asker", "purpose"), Index("ix_daily_mark_day", "day"))

    key: Mapped[str] = mapped_column(primary_key=True)
    asker: Mapped[str]
    purpose: Mapped[str] = mapped_column(doc="demand · report")
    day: Mapped[date]


class WishState(StrEnum):
    WAITING = "waiting"
    TOLD = "told"
    STOPPED = "stopped"
    EXPIRED = "expired"


class CourseWish(Base):
    """Somebody wants to be told once when a course comes for which they searched in vain."""

    __tablename__ = "course_wish"
    __table_args__ = (
        one_of("state", WishState),
        Index(
            "uq_course_wish_waiting",
            "person_id",
            "search_key",
            unique=True,
            postgresql_where=sql("state = 'waiting'"),
        ),
        Index("ix_course_wish_due", "checked_at", postgresql_where=sql("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"))
    search: Mapped[dict[str, Any]] = mapped_column(doc="bot.state.Search as JSON.")
    search_key: Mapped[str] = mapped_column(doc="The same search gives the same key.")
    state: Mapped[str] = mapped_column(server_default=WishState.WAITING)
    checked_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = created()
    ended_at: Mapped[datetime | None]
