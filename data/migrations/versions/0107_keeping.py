"""How long a region keeps people, what may not be erased yet, and the proof of what was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0107_keeping"
down_revision = "0106_threads"
branch_labels = None
depends_on = None

TERMS = (("keep_chat_days", "90"), ("keep_contact_days", "365"), ("keep_file_years", "5"))


def upgrade() -> None:
    for name, term in TERMS:
        op.add_column(
            "region", sa.Column(name, sa.SmallInteger(), server_default=sa.text(term), nullable=False)
        )
    op.create_check_constraint(
        op.f("ck_region_keep"),
        "region",
        "keep_chat_days BETWEEN 7 AND 365 AND keep_contact_days BETWEEN 30 AND 1825"
        " AND keep_file_years BETWEEN 1 AND 10",
    )
    op.add_column("consent", sa.Column("keep_years", sa.SmallInteger(), nullable=True))
    op.create_table(
        "erasure_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_hold")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_erasure_hold_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_erasure_hold_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["staff.id"], name=op.f("fk_erasure_hold_released_by_id_staff")
        ),
    )
    op.create_index(op.f("ix_erasure_hold_person_id"), "erasure_hold", ["person_id"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=True),
        sa.Column("term", sa.SmallInteger(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_erasure_region_id_region")),
        sa.CheckConstraint("kind IN ('chat', 'contact', 'file')", name=op.f("ck_erasure_kind")),
        sa.CheckConstraint("why IN ('term', 'asked')", name=op.f("ck_erasure_why")),
    )
    op.create_index(op.f("ix_erasure_region_id"), "erasure", ["region_id"])


def downgrade() -> None:
    op.drop_table("erasure")
    op.drop_table("erasure_hold")
    op.drop_column("consent", "keep_years")
    op.drop_constraint(op.f("ck_region_keep"), "region")
    for name, _ in TERMS:
        op.drop_column("region", name)
