"""How messages leave: state and pace of each channel, templates, held messages, opt-outs that last, call tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051_delivery"
down_revision = "0050_channels"
branch_labels = None
depends_on = None

STATUSES = "status IN ('received', {held}'queued', 'sending', 'unknown', 'sent', 'delivered', 'read', 'failed', 'withheld')"
TIME = sa.DateTime(timezone=True)


def now(name: str) -> sa.Column[object]:
    return sa.Column(name, TIME, server_default=sa.text("now()"), nullable=False)


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("health", sa.Text(), server_default="on", nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.Column("probing_until", TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        now("changed_at"),
        sa.Column("silent_since", TIME, nullable=True),
        sa.CheckConstraint(
            "health IN ('on', 'paused', 'suspended', 'off')", name=op.f("ck_channel_state_health")
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_state")),
    )
    op.create_table(
        "pace",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("booked_until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pace")),
    )
    op.create_table(
        "template_approval",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        now("changed_at"),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'rejected')", name=op.f("ck_template_approval_state")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["staff.id"], name=op.f("fk_template_approval_changed_by_staff")
        ),
        sa.PrimaryKeyConstraint("name", "channel", "language", name=op.f("pk_template_approval")),
    )
    op.create_table(
        "suppression",
        sa.Column("key", sa.Text(), nullable=False),
        flag("reminders_too"),
        now("created_at"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_suppression")),
    )
    op.create_table(
        "call_task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        now("due_at"),
        now("created_at"),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("ck_call_task_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_task_person_id_person")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_call_task_region_id_region")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_call_task_staff_id_staff")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_call_task_message_id_message")),
        sa.ForeignKeyConstraint(["done_by"], ["staff.id"], name=op.f("fk_call_task_done_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_task")),
        sa.UniqueConstraint("message_id", name=op.f("uq_call_task_message_id")),
    )
    op.create_index(op.f("ix_call_task_person_id"), "call_task", ["person_id"])
    op.create_index(
        "ix_call_task_open", "call_task", ["region_id", "due_at"], postgresql_where=sa.text("state = 'open'")
    )
    op.add_column("address", sa.Column("opted_out_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_address_opted_out_by_staff"), "address", "staff", ["opted_out_by"], ["id"])
    op.add_column("address", sa.Column("opt_out_reason", sa.Text(), nullable=True))
    op.add_column("address", flag("reminders_off"))
    op.add_column("address", sa.Column("unreachable", sa.Text(), nullable=True))
    op.add_column("address_link", flag("preferred"))
    op.create_index(
        "uq_address_link_preferred", "address_link", ["person_id"], unique=True,
        postgresql_where=sa.text("preferred AND ended_at IS NULL"),
    )  # fmt: skip
    op.drop_constraint(op.f("ck_message_status"), "message")
    op.create_check_constraint(op.f("ck_message_status"), "message", STATUSES.format(held="'held', "))
    op.add_column("message", sa.Column("template", postgresql.JSONB(), nullable=True))
    op.add_column("message", sa.Column("replaces_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_message_replaces_id_message"), "message", "message", ["replaces_id"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_message_replaces_id"), "message", ["replaces_id"])
    op.add_column("message", sa.Column("slot_at", TIME, nullable=True))
    op.create_index(
        "ix_message_held", "message", ["address_id", "id"], postgresql_where=sa.text("status = 'held'")
    )
    op.create_index("ix_message_created", "message", ["created_at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("ix_message_created", "message")
    op.drop_index("ix_message_held", "message")
    for column in ("slot_at", "replaces_id", "template"):
        op.drop_column("message", column)
    op.execute("UPDATE message SET status = 'withheld' WHERE status = 'held'")
    op.drop_constraint(op.f("ck_message_status"), "message")
    op.create_check_constraint(op.f("ck_message_status"), "message", STATUSES.format(held=""))
    op.drop_index("uq_address_link_preferred", "address_link")
    op.drop_column("address_link", "preferred")
    for column in ("unreachable", "reminders_off", "opt_out_reason", "opted_out_by"):
        op.drop_column("address", column)
    for table in ("call_task", "suppression", "template_approval", "pace", "channel_state"):
        op.drop_table(table)
