"""Interpreters, rooms, info sessions with seats, and how long a conversation lasts in each region."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

revision = "0102_resources"
down_revision = "0101_calendar_push"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NOTHING, EMPTY = sa.text("'{}'::text[]"), sa.text("'{}'::jsonb")
SPAN = (sa.text("tstzrange(starts_at, ends_at)"), "&&")
BUSY = "status IN ('held', 'confirmed')"


def upgrade() -> None:
    op.add_column("region", sa.Column("minutes", JSONB(), server_default=EMPTY, nullable=False))
    op.add_column("counter", sa.Column("rooms", ARRAY(sa.Text()), server_default=NOTHING, nullable=False))
    op.create_table(
        "interpreter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("languages", ARRAY(sa.Text()), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("hours", JSONB(), nullable=False),
        sa.Column("days_off", ARRAY(sa.Date()), server_default=sa.text("'{}'::date[]"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_interpreter_region_id_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter")),
    )
    op.create_index(op.f("ix_interpreter_region_id"), "interpreter", ["region_id"])
    op.create_table(
        "info_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=False),
        sa.Column("counter_id", sa.BigInteger(), nullable=False),
        sa.Column("room", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="nl", nullable=False),
        sa.Column("status", sa.Text(), server_default="planned", nullable=False),
        sa.Column("wall_start", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), server_default="Europe/Brussels", nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('planned', 'cancelled')", name=op.f("ck_info_session_status")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_info_session_taken")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_info_session_order")),
        ExcludeConstraint(
            ("staff_id", "="), SPAN, where=sa.text("status = 'planned'"), using="gist",
            name="ex_info_session_counsellor",
        ),
        ExcludeConstraint(
            ("counter_id", "="), ("room", "="), SPAN, where=sa.text("status = 'planned'"), using="gist",
            name="ex_info_session_room",
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_info_session_region_id_region")),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_info_session_counter_id_counter")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_info_session_staff_id_staff")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_info_session_created_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_info_session")),
    )  # fmt: skip
    op.create_index(op.f("ix_info_session_region_id"), "info_session", ["region_id"])
    for name, table in (("interpreter_id", "interpreter"), ("session_id", "info_session")):
        op.add_column("appointment", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_appointment_{name}_{table}"), "appointment", table, [name], ["id"])
    _kinds("'information', 'mediation', 'trajectory', 'session'")
    op.create_check_constraint(
        op.f("ck_appointment_seat"), "appointment", "(kind = 'session') = (session_id IS NOT NULL)"
    )
    _exclusions(f"{BUSY} AND session_id IS NULL")
    _exclude("ex_appointment_interpreter", "interpreter_id WITH =", f"{BUSY} AND interpreter_id IS NOT NULL")
    op.create_index(
        "uq_appointment_seat", "appointment", ["session_id", "person_id"], unique=True,
        postgresql_where=sa.text(f"{BUSY} AND session_id IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("uq_appointment_seat", "appointment")
    op.drop_constraint("ex_appointment_interpreter", "appointment")
    op.execute(
        "DELETE FROM calendar_entry WHERE appointment_id IN (SELECT id FROM appointment WHERE kind = 'session')"
    )
    for table in ("reminder", "appointment_change"):
        op.execute(
            f"DELETE FROM {table} WHERE appointment_id IN (SELECT id FROM appointment WHERE kind = 'session')"  # noqa: S608
        )
    op.execute("DELETE FROM appointment WHERE kind = 'session'")  # there are no seats without sessions
    _exclusions(BUSY)
    op.drop_constraint(op.f("ck_appointment_seat"), "appointment", type_="check")
    _kinds("'information', 'mediation', 'trajectory'")
    for name, table in (("session_id", "info_session"), ("interpreter_id", "interpreter")):
        op.drop_constraint(op.f(f"fk_appointment_{name}_{table}"), "appointment", type_="foreignkey")
        op.drop_column("appointment", name)
        op.drop_table(table)
    op.drop_column("counter", "rooms")
    op.drop_column("region", "minutes")


def _kinds(known: str) -> None:
    op.drop_constraint(op.f("ck_appointment_kind"), "appointment", type_="check")
    op.create_check_constraint(op.f("ck_appointment_kind"), "appointment", f"kind IN ({known})")


def _exclusions(where: str) -> None:
    for name, columns in (
        ("ex_appointment_counsellor", "staff_id WITH ="),
        ("ex_appointment_room", "counter_id WITH =, room WITH ="),
    ):
        op.drop_constraint(name, "appointment")
        _exclude(name, columns, where)


def _exclude(name: str, columns: str, where: str) -> None:
    op.execute(
        f"ALTER TABLE appointment ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"({columns}, tstzrange(starts_at, ends_at) WITH &&) WHERE ({where})"
    )
