"""Counsellors' own calendars: where appointments are written to, and what stands there. Who said: I am coming."""

import sqlalchemy as sa
from alembic import op

revision = "0101_calendar_push"
down_revision = "0093_path"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("appointment", sa.Column("coming_at", TIME, nullable=True))
    op.create_table(
        "calendar_account",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failed_since", TIME, nullable=True),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'on', 'stopped', 'leaving')", name=op.f("ck_calendar_account_state")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_calendar_account_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_calendar_account")),
    )
    op.create_table(
        "calendar_entry",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("appointment_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("pushed_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["calendar_account.staff_id"],
            name=op.f("fk_calendar_entry_staff_id_calendar_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_calendar_entry_appointment_id_appointment")
        ),
        sa.PrimaryKeyConstraint("staff_id", "uid", name=op.f("pk_calendar_entry")),
    )
    op.create_index("ix_calendar_entry_appointment", "calendar_entry", ["appointment_id"])


def downgrade() -> None:
    op.drop_table("calendar_entry")
    op.drop_table("calendar_account")
    op.drop_column("appointment", "coming_at")
