"""Texts of courses and words of the taxonomy in tables of their own, with vectors; lists shown say what else fitted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.tables.course_text import Vector

revision = "0020_search"
down_revision = "0010"
branch_labels = None
depends_on = None

# array_to_string is only called stable because of other types than text.
KEY = """
    CREATE FUNCTION course_text_key(title text, description text, subject_ids text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN md5(concat(title, chr(10), description, chr(10), array_to_string(subject_ids, ',')))
"""
KEEP = """
    CREATE FUNCTION keep_course_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO course_text (key, title, description, subject_ids)
        VALUES (NEW.text_key, NEW.title, NEW.description, NEW.subject_ids)
        ON CONFLICT (key) DO NOTHING;
        RETURN NULL;
    END $$
"""
TRIGGER = """
    CREATE TRIGGER course_text AFTER INSERT OR UPDATE OF title, description, subject_ids ON course
    FOR EACH ROW EXECUTE FUNCTION keep_course_text()
"""
SEARCH = (
    "setweight(to_tsvector('dutch', title), 'A') || setweight(to_tsvector('dutch', coalesce(parts, '')), 'B')"
    " || setweight(to_tsvector('dutch', description), 'D')"
)


def upgrade() -> None:
    op.create_table(
        "course_text",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("subject_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parts", sa.Text(), nullable=True),
        sa.Column("embedding", Vector(384), nullable=True),
        sa.Column("encoder", sa.Text(), nullable=True),
        sa.Column("search", postgresql.TSVECTOR(), sa.Computed(SEARCH, persisted=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_course_text")),
    )
    op.create_index("ix_course_text_search", "course_text", ["search"], postgresql_using="gin")
    op.create_index("ix_course_text_subjects", "course_text", ["subject_ids"], postgresql_using="gin")
    op.execute("CREATE INDEX ix_course_text_title_trgm ON course_text USING gin (title gin_trgm_ops)")
    op.create_table(
        "subject_term",
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("embedding", Vector(384), nullable=True),
        sa.Column("encoder", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("subject_id", "term", name=op.f("pk_subject_term")),
    )
    op.execute("CREATE INDEX ix_subject_term_trgm ON subject_term USING gin (term gin_trgm_ops)")

    op.drop_index("ix_course_title_trgm", table_name="course")
    op.drop_column("course", "search")
    op.execute(KEY)
    op.execute(KEEP)
    op.add_column(
        "course",
        sa.Column(
            "text_key", sa.Text(), sa.Computed("course_text_key(title, description, subject_ids)", persisted=True),
            nullable=False,
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_course_text_key"), "course", ["text_key"])
    op.execute(TRIGGER)
    op.execute(
        "INSERT INTO course_text (key, title, description, subject_ids)"
        " SELECT DISTINCT ON (text_key) text_key, title, description, subject_ids FROM course"
    )

    op.add_column(
        "shown_list", sa.Column("skipped", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("shown_list", sa.Column("region_id", sa.Text(), nullable=True))
    op.add_column("shown_list", sa.Column("offer", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("shown_list", sa.Column("equals", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_foreign_key(
        op.f("fk_shown_list_region_id_region"), "shown_list", "region", ["region_id"], ["id"]
    )
    op.create_index("ix_shown_list_created_at", "shown_list", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_shown_list_created_at", table_name="shown_list")
    op.drop_constraint(op.f("fk_shown_list_region_id_region"), "shown_list", type_="foreignkey")
    for column in ("equals", "offer", "region_id", "skipped"):
        op.drop_column("shown_list", column)
    op.execute("DROP TRIGGER course_text ON course")
    op.drop_index(op.f("ix_course_text_key"), table_name="course")
    op.drop_column("course", "text_key")
    op.execute("DROP FUNCTION keep_course_text")
    op.execute("DROP FUNCTION course_text_key")
    op.drop_table("subject_term")
    op.drop_table("course_text")
    op.add_column(
        "course",
        sa.Column(
            "search", postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('dutch', title), 'A') || setweight(to_tsvector('dutch', description), 'C')",
                persisted=True,
            ),
            nullable=False,
        ),
    )  # fmt: skip
    op.create_index("ix_course_search", "course", ["search"], postgresql_using="gin")
    op.execute("CREATE INDEX ix_course_title_trgm ON course USING gin (title gin_trgm_ops)")
