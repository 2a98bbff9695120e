"""What a person may know of their own file: who of ours opened it, and the link by which they read it themselves."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created


class FileLook(Base):
    """That a member of staff opened a person's thread or file on a day, and how often. The person may read it."""

    __tablename__ = "file_look"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, doc="In Belgium.")
    times: Mapped[int] = mapped_column(server_default=sql("1"))


class OwnLink(Base):
    """The address of the page where a person reads their own file; it was sent to `address_id`, and to nowhere else.

    Only the hash of its token is kept; the message that carried it is made unreadable (`concealed_at`).
    """

    __tablename__ = "own_link"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True, doc="SHA-256, in hex.")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), doc="Who sent it; empty: they asked.")
    created_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None] = mapped_column(doc="The first time; programs open links too.")
    concealed_at: Mapped[datetime | None]
