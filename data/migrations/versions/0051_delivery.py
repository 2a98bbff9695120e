"""How messages leave: state and pace of each channel, templates, held messages, opt-outs that last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051_delivery"
down_revision = "0056_calls"
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
    for table in ("suppression", "template_approval", "pace", "channel_state"):
        op.drop_table(table)
