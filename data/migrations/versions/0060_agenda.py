"""Absences that are settled, changes that clients must hear of, and private feeds of the agenda."""

import sqlalchemy as sa
from alembic import op

revision = "0060_agenda"
down_revision = "0052_identity"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.add_column("absence", number("settled_by", null=True))
    op.create_foreign_key(op.f("fk_absence_settled_by_staff"), "absence", "staff", ["settled_by"], ["id"])
    op.create_table(
        "appointment_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        number("appointment_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        number("absence_id", null=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        number("message_id", null=True),
        number("created_by", null=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.CheckConstraint(
            "kind IN ('booked', 'moved', 'cancelled', 'deputy', 'another_time', 'call')",
            name=op.f("ck_appointment_change_kind"),
        ),
        sa.CheckConstraint("state IN ('planned', 'asked', 'done')", name=op.f("ck_appointment_change_state")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_change_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absence.id"], name=op.f("fk_appointment_change_absence_id_absence")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_appointment_change_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.id"], name=op.f("fk_appointment_change_created_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_change")),
        sa.UniqueConstraint("appointment_id", "kind", name=op.f("uq_appointment_change_appointment_id_kind")),
    )
    op.create_index(op.f("ix_appointment_change_absence_id"), "appointment_change", ["absence_id"])
    op.create_index(
        "ix_appointment_change_open",
        "appointment_change",
        ["id"],
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_table(
        "agenda_feed",
        number("staff_id"),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_agenda_feed_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_agenda_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agenda_feed_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("agenda_feed")
    op.drop_table("appointment_change")
    op.drop_constraint(op.f("fk_absence_settled_by_staff"), "absence", type_="foreignkey")
    op.drop_column("absence", "settled_by")
