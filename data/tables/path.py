"""What happens inside a trajectory: questions of one digit, steps, options with the client's own choice, enrolments."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of
from data.tables.guidance import Phase


class QuestionKind(StrEnum):
    FILE = "file"  # may we open a file: 1 yes, 2 no
    SATISFIED = "satisfied"  # did it help: 1 yes, 2 a little, 3 no


class Question(Base):
    """Something we asked that one digit answers, whoever holds the conversation by then. Asked once."""

    __tablename__ = "question"
    __table_args__ = (
        one_of("kind", QuestionKind),
        CheckConstraint("answer BETWEEN 1 AND 3", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        Index("ix_question_open", "person_id", postgresql_where=sql("answered_at IS NULL")),
        Index(
            "uq_question_satisfied",
            "conversation_id",
            unique=True,
            postgresql_where=sql("kind = 'satisfied'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"))
    kind: Mapped[str]
    channel: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="SET NULL"), doc="Empty: it may not be asked of this person."
    )
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), doc="Who asked; empty: the bot.")
    data: Mapped[dict[str, Any]] = mapped_column(
        server_default=sql("'{}'::jsonb"), doc="What the answer does: of a file the counsellor and the words."
    )
    asked_at: Mapped[datetime] = created()
    answer: Mapped[int | None] = mapped_column(SmallInteger)
    answered_at: Mapped[datetime | None]


class TrajectoryStep(Base):
    """Something to do in a trajectory, by the client or by us. Done or dropped, never deleted."""

    __tablename__ = "trajectory_step"
    __table_args__ = (one_of("phase", Phase), CheckConstraint("by IN ('client', 'staff')", name="by"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    trajectory_id: Mapped[int] = mapped_column(ForeignKey("trajectory.id", ondelete="CASCADE"), index=True)
    phase: Mapped[str]
    text: Mapped[str]
    by: Mapped[str]
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), doc="Who wrote it down.")
    created_at: Mapped[datetime] = created()


class TrajectoryOption(Base):
    """A way that was considered together. The choice is the client's, in the client's words."""

    __tablename__ = "trajectory_option"
    __table_args__ = (CheckConstraint("(chosen_at IS NULL) = (own_words IS NULL)", name="own_words"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    trajectory_id: Mapped[int] = mapped_column(ForeignKey("trajectory.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("run.id"), doc="The course, when it is one we know."
    )
    for_it: Mapped[str | None] = mapped_column(doc="What speaks for it, for this person.")
    against_it: Mapped[str | None]
    chosen_at: Mapped[datetime | None]
    own_words: Mapped[str | None] = mapped_column(doc="Why the client chose it.")
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()


class Enrolment(Base):
    """That a person enrolled somewhere, and whether they stopped. Read for the price of a fourth enrolment."""

    __tablename__ = "enrolment"
    __table_args__ = (CheckConstraint("(stopped_on IS NULL) = (stop_reason IS NULL)", name="stopped"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    trajectory_id: Mapped[int | None] = mapped_column(ForeignKey("trajectory.id", ondelete="SET NULL"))
    what: Mapped[str]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    enrolled_on: Mapped[date]
    stopped_on: Mapped[date | None]
    stop_reason: Mapped[str | None]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()
