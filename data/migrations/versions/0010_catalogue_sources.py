"""A row for each import of the catalogue; the country of a place."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f("ck_catalogue_import_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_import")),
    )
    op.create_index("ix_catalogue_import_source", "catalogue_import", ["source", "created_at"], unique=False)
    op.add_column("place", sa.Column("country", sa.Text(), server_default="BE", nullable=False))
    op.create_check_constraint(op.f("ck_run_lesson_hours"), "run", "lesson_hours >= 0")


def downgrade() -> None:
    op.drop_column("place", "country")
    op.drop_constraint(op.f("ck_run_lesson_hours"), "run", type_="check")
    op.drop_index("ix_catalogue_import_source", table_name="catalogue_import")
    op.drop_table("catalogue_import")
