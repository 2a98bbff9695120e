"""One person over several addresses: merges that can be undone, and codes that prove an address is theirs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, created, one_of


class MergeHow(StrEnum):
    CODE = "code"  # they typed what we sent to the other address
    APPOINTMENT = "appointment"  # they opened the link of their appointment
    STAFF = "staff"  # one of ours saw that they are one


class PersonMerge(Base):
    """That two persons turned out to be one: who kept the name, who said so and why. Undone, never deleted.

    With `rejected` it says the opposite: somebody looked, and they are two.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        one_of("how", MergeHow),
        Index("uq_person_merge_current", "merged_id", unique=True,
              postgresql_where=sql("undone_at IS NULL AND NOT rejected")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    how: Mapped[str]
    reason: Mapped[str | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), doc="Empty: the person, with the bot.")
    rejected: Mapped[bool] = mapped_column(server_default=sql("false"))
    before: Mapped[dict[str, Any]] = mapped_column(
        server_default=sql("'{}'::jsonb"),
        doc="Fields of the kept person that the other filled in, as they were.",
    )
    closed_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id"), doc="Of two open conversations, the one that was closed."
    )
    created_at: Mapped[datetime] = created()
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class MergedValue(Base):
    """One value that a merge changed, as it was before: what undoing puts back."""

    __tablename__ = "merged_value"

    merge_id: Mapped[int] = mapped_column(ForeignKey("person_merge.id"), primary_key=True)
    table: Mapped[str] = mapped_column("table_name", primary_key=True)
    column: Mapped[str] = mapped_column("column_name", primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    value: Mapped[int | None] = mapped_column(BigInteger)


class LinkCode(Base):
    """A code of six digits that proves that an address belongs to a person. Only its keyed hash is kept."""

    __tablename__ = "link_code"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_id: Mapped[int | None] = mapped_column(
        ForeignKey("address.id"), index=True, doc="Where it was asked for; empty: by one of ours."
    )
    to_id: Mapped[int] = mapped_column(ForeignKey("address.id"), index=True, doc="The address to be proved.")
    code_hash: Mapped[str]
    tries: Mapped[int] = mapped_column(server_default=sql("0"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created()
