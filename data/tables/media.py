"""Files that came with messages."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class AttachmentState(StrEnum):
    WAITING = "waiting"  # still at the provider
    KEPT = "kept"
    REFUSED = "refused"  # too big, of a type we do not take, or gone


class Attachment(Base):
    """A file of a message: first only its name at the provider, then the cleaned bytes under the var folder."""

    __tablename__ = "attachment"
    __table_args__ = (
        one_of("state", AttachmentState),
        Index("ix_attachment_words", sql("search_words(transcript, NULL)"), postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    ref: Mapped[str] = mapped_column(doc="The provider's address or id of it.")
    kind: Mapped[str] = mapped_column(doc="image · audio · video · document · sticker")
    media_type: Mapped[str | None] = mapped_column(
        doc="By the bytes once kept; until then as the provider says."
    )
    name: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(doc="Bytes.")
    state: Mapped[str] = mapped_column(server_default=AttachmentState.WAITING)
    reason: Mapped[str | None] = mapped_column(doc="Why it was refused, in Dutch for staff.")
    file: Mapped[str | None] = mapped_column(doc="Name in the media folder; made by us, never the sender's.")
    seconds: Mapped[float | None] = mapped_column(doc="Length of a voice note.")
    transcript: Mapped[str | None] = mapped_column(
        doc="What is said in it, as somebody of ours wrote it out."
    )
    transcript_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = created()
