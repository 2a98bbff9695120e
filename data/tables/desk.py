"""The desk itself: who looks at which thread, and a queue that another region answers for a while."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created


class Looking(Base):
    """That somebody of ours has a thread before them, and writes an answer in it. Not logged by the database: a crash may lose it."""

    __tablename__ = "looking"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
    typing_since: Mapped[datetime | None] = mapped_column(
        doc="The first keystroke of an answer; empty when it was sent or emptied."
    )
    typed_at: Mapped[datetime | None] = mapped_column(doc="The last keystroke of that answer.")


class QueueDiversion(Base):
    """For a while a region's queue is also the queue of another region, whose hours and people then count."""

    __tablename__ = "queue_diversion"
    __table_args__ = (
        CheckConstraint("region_id <> to_region_id", name="elsewhere"),
        CheckConstraint("ends_at >= starts_at", name="order"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_id: Mapped[str] = mapped_column(ForeignKey("region.id"), index=True)
    to_region_id: Mapped[str] = mapped_column(ForeignKey("region.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()
