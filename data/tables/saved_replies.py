"""Texts that staff use again: per language, with fields, and who changed what."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created


class SavedReply(Base):
    """A text to use again, by its name; what it says stands in its wordings."""

    __tablename__ = "saved_reply"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_id: Mapped[str | None] = mapped_column(
        ForeignKey("region.id"), index=True, doc="Empty: everywhere."
    )
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()


class SavedWording(Base):
    """What a saved reply says in one language since somebody wrote it so. The newest counts; an empty one takes it back."""

    __tablename__ = "saved_wording"
    __table_args__ = (Index("ix_saved_wording_newest", "reply_id", "language", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("saved_reply.id"))
    language: Mapped[str]
    text: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()
