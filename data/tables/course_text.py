"""What search reads: the texts of courses and the words of the taxonomy, each once, without who teaches it."""

from typing import Any

from sqlalchemy import Computed, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from data.tables.base import Base

WIDTH = 384
"""Numbers in an embedding."""


class Vector(UserDefinedType[str]):
    """pgvector's type, read and written as text: "[0.1,-0.2]"."""

    cache_ok = True

    def __init__(self, width: int | None = None) -> None:
        self.width = width

    def get_col_spec(self, **_: Any) -> str:
        return "vector" if self.width is None else f"vector({self.width})"


ischema_names["vector"] = Vector


class CourseText(Base):
    """One text that one or more courses have, whoever teaches them. A trigger on `course` puts it here.

    `parts` are the words inside its compounds ("natuurgids": natuur gids) and words without their accents, null until `catalog.indexing` has seen it;
    `embedding` is its meaning, by the encoder that `encoder` names, null until it was embedded.
    """

    __tablename__ = "course_text"
    __table_args__ = (
        Index("ix_course_text_search", "search", postgresql_using="gin"),
        Index("ix_course_text_subjects", "subject_ids", postgresql_using="gin"),
        Index("ix_course_text_title_trgm", text("title gin_trgm_ops"), postgresql_using="gin"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]
    subject_ids: Mapped[list[str]]
    parts: Mapped[str | None]
    embedding: Mapped[str | None] = mapped_column(Vector(WIDTH))
    encoder: Mapped[str | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('dutch', title), 'A') || setweight(to_tsvector('dutch', coalesce(parts, '')), 'B')"
            " || setweight(to_tsvector('dutch', description), 'D')",
            persisted=True,
        ),
    )


class SubjectTerm(Base):
    """A word of the taxonomy for a subject, in any language, lower case; kept in step with
    `subjects.toml` and `subject_words.toml`."""

    __tablename__ = "subject_term"
    __table_args__ = (
        PrimaryKeyConstraint("subject_id", "term"),
        Index("ix_subject_term_trgm", text("term gin_trgm_ops"), postgresql_using="gin"),
    )

    subject_id: Mapped[str]
    term: Mapped[str]
    embedding: Mapped[str | None] = mapped_column(Vector(WIDTH))
    encoder: Mapped[str | None]
