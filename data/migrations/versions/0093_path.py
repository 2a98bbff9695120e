"""Questions of one digit, and what happens inside a trajectory: intake, steps, options, enrolments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0093_path"
down_revision = "0092_coordinator"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
EMPTY = sa.text("'{}'::jsonb")
PHASES = "'toeleiding', 'aanmelding', 'intake', 'traject', 'keuze', 'opvolging', 'nazorg'"


def upgrade() -> None:
    op.add_column("trajectory", sa.Column("intake", JSONB(), server_default=EMPTY, nullable=False))
    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _to("person_id", "question", "person", ondelete="CASCADE"),
        _to("conversation_id", "question", "conversation", ondelete="CASCADE"),
        sa.Column("region_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        _to("message_id", "question", "message", nullable=True, ondelete="SET NULL"),
        _to("staff_id", "question", "staff", nullable=True),
        sa.Column("data", JSONB(), server_default=EMPTY, nullable=False),
        _moment("asked_at", default=True),
        sa.Column("answer", sa.SmallInteger(), nullable=True),
        _moment("answered_at"),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_question_region_id_region")),
        sa.CheckConstraint("kind IN ('file', 'satisfied')", name=op.f("ck_question_kind")),
        sa.CheckConstraint("answer BETWEEN 1 AND 3", name=op.f("ck_question_answer")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_question_answered")),
    )
    op.create_index(op.f("ix_question_person_id"), "question", ["person_id"])
    op.create_index(
        "ix_question_open", "question", ["person_id"], postgresql_where=sa.text("answered_at IS NULL")
    )
    op.create_index(
        "uq_question_satisfied", "question", ["conversation_id"], unique=True,
        postgresql_where=sa.text("kind = 'satisfied'"),
    )  # fmt: skip
    op.create_table(
        "trajectory_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _to("trajectory_id", "trajectory_step", "trajectory", ondelete="CASCADE"),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        _moment("done_at"),
        _moment("dropped_at"),
        _to("staff_id", "trajectory_step", "staff"),
        _moment("created_at", default=True),
        sa.CheckConstraint(f"phase IN ({PHASES})", name=op.f("ck_trajectory_step_phase")),
        sa.CheckConstraint("by IN ('client', 'staff')", name=op.f("ck_trajectory_step_by")),
    )
    op.create_index(op.f("ix_trajectory_step_trajectory_id"), "trajectory_step", ["trajectory_id"])
    op.create_table(
        "trajectory_option",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _to("trajectory_id", "trajectory_option", "trajectory", ondelete="CASCADE"),
        sa.Column("text", sa.Text(), nullable=False),
        _to("run_id", "trajectory_option", "run", nullable=True),
        sa.Column("for_it", sa.Text(), nullable=True),
        sa.Column("against_it", sa.Text(), nullable=True),
        _moment("chosen_at"),
        sa.Column("own_words", sa.Text(), nullable=True),
        _to("staff_id", "trajectory_option", "staff"),
        _moment("created_at", default=True),
        sa.CheckConstraint(
            "(chosen_at IS NULL) = (own_words IS NULL)", name=op.f("ck_trajectory_option_own_words")
        ),
    )
    op.create_index(op.f("ix_trajectory_option_trajectory_id"), "trajectory_option", ["trajectory_id"])
    op.create_table(
        "enrolment",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _to("person_id", "enrolment", "person", ondelete="CASCADE"),
        _to("trajectory_id", "enrolment", "trajectory", nullable=True, ondelete="SET NULL"),
        sa.Column("what", sa.Text(), nullable=False),
        _to("course_id", "enrolment", "course", nullable=True),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        _to("staff_id", "enrolment", "staff"),
        _moment("created_at", default=True),
        sa.CheckConstraint("(stopped_on IS NULL) = (stop_reason IS NULL)", name=op.f("ck_enrolment_stopped")),
    )
    op.create_index(op.f("ix_enrolment_person_id"), "enrolment", ["person_id"])


def downgrade() -> None:
    for table in ("enrolment", "trajectory_option", "trajectory_step", "question"):
        op.drop_table(table)
    op.drop_column("trajectory", "intake")


def _to(
    name: str, table: str, target: str, *, nullable: bool = False, ondelete: str | None = None
) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{name}_{target}"), ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)


def _moment(name: str, *, default: bool = False) -> sa.Column[object]:
    kind = sa.DateTime(timezone=True)
    return sa.Column(name, kind, server_default=NOW if default else None, nullable=not default)
