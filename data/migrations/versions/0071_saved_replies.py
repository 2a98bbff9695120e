"""Texts that staff use again, and planned messages that are called off when an appointment moves."""

import sqlalchemy as sa
from alembic import op

revision = "0071_saved_replies"
down_revision = "0070_thread_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_reply",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_saved_reply_region_id_region")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_saved_reply_created_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reply")),
    )
    op.create_index(op.f("ix_saved_reply_region_id"), "saved_reply", ["region_id"])
    op.create_table(
        "saved_wording",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["saved_reply.id"], name=op.f("fk_saved_wording_reply_id_saved_reply")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_saved_wording_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_wording")),
    )
    op.create_index("ix_saved_wording_newest", "saved_wording", ["reply_id", "language", "id"])
    op.add_column("follow_up", sa.Column("cancel_if_moved_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_follow_up_cancel_if_moved_id_appointment"), "follow_up", "appointment", ["cancel_if_moved_id"], ["id"]
    )  # fmt: skip


def downgrade() -> None:
    op.drop_constraint(op.f("fk_follow_up_cancel_if_moved_id_appointment"), "follow_up", type_="foreignkey")
    op.drop_column("follow_up", "cancel_if_moved_id")
    op.drop_table("saved_wording")
    op.drop_table("saved_reply")
