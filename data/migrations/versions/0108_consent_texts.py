"""How a region puts what people are asked, in versions; and which of them somebody agreed to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0108_consent_texts"
down_revision = "0107_keeping"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_text",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_consent_text_region_id_region")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_consent_text_by_id_staff")),
        sa.UniqueConstraint(
            "region_id", "kind", "language", "version",
            name=op.f("uq_consent_text_region_id_kind_language_version"),
        ),
        sa.CheckConstraint(
            "kind IN ('file', 'follow_up', 'referral', 'news', 'progress')", name=op.f("ck_consent_text_kind")
        ),
    )  # fmt: skip
    op.add_column("consent", sa.Column("text_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_consent_text_id_consent_text"), "consent", "consent_text", ["text_id"], ["id"]
    )
    op.create_index(op.f("ix_consent_text_id"), "consent", ["text_id"])


def downgrade() -> None:
    op.drop_column("consent", "text_id")
    op.drop_table("consent_text")
