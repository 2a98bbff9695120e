"""Calls that staff have to make, and what asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0056_calls"
down_revision = "0050_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=True),
        sa.Column("region_id", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="nl", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'failed', 'cancelled')", name=op.f("ck_call_task_state")
        ),
        sa.CheckConstraint(
            "outcome IN ('reached', 'not_reached', 'voicemail', 'wrong_number')",
            name=op.f("ck_call_task_outcome"),
        ),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_call_task_ended_at")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_task_person_id_person")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_call_task_address_id_address")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_call_task_region_id_region")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_call_task_staff_id_staff")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_call_task_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_task")),
    )
    op.create_index(op.f("ix_call_task_person_id"), "call_task", ["person_id"], unique=False)
    op.create_index(op.f("ix_call_task_staff_id"), "call_task", ["staff_id"], unique=False)
    op.create_index(
        "uq_call_task_open",
        "call_task",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_call_task_due", "call_task", ["due_at"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "call_source",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("call_task_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_task_id"],
            ["call_task.id"],
            name=op.f("fk_call_source_call_task_id_call_task"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_call_source")),
    )
    op.create_index(op.f("ix_call_source_call_task_id"), "call_source", ["call_task_id"], unique=False)
    op.create_index(
        "ix_message_unspoken",
        "message",
        ["id"],
        unique=False,
        postgresql_where=sa.text("channel = 'voice' AND status = 'queued'"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_unspoken", table_name="message")
    op.drop_table("call_source")
    op.drop_table("call_task")
