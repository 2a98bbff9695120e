"""What may not be erased yet, and what was: a proof without the person."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class ErasureHold(Base):
    """Nothing of this person is erased until it is released: not when their term is over, and not when they ask."""

    __tablename__ = "erasure_hold"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(doc="The person reads it in their own file.")
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class KeptAs(StrEnum):
    CHAT = "chat"  # only the bot ever spoke with them
    CONTACT = "contact"  # a colleague helped them, or they made an appointment
    FILE = "file"  # they have or had a trajectory


class ErasedWhy(StrEnum):
    TERM = "term"
    ASKED = "asked"


class Erasure(Base):
    """That somebody was erased: when, why, by which rules and how many rows. Nothing in it leads to who it was."""

    __tablename__ = "erasure"
    __table_args__ = (one_of("kind", KeptAs), one_of("why", ErasedWhy))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    why: Mapped[str]
    region_id: Mapped[str | None] = mapped_column(ForeignKey("region.id"), index=True)
    term: Mapped[int] = mapped_column(SmallInteger, doc="Days, and of a file years.")
    rows: Mapped[dict[str, Any]] = mapped_column(doc="Table → how many of its rows were deleted or emptied.")
    rules: Mapped[str] = mapped_column(doc="The schema, and the fingerprint of handover.erased_columns.")
    erased_at: Mapped[datetime]
