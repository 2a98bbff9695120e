"""Corrections by staff in a table of their own, with a wording to learn from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("slots", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_correction_message_id_message"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_correction_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_correction_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("message_id", name=op.f("uq_correction_message_id")),
    )
    op.create_index(op.f("ix_correction_person_id"), "correction", ["person_id"], unique=False)
    op.execute(
        "INSERT INTO correction (message_id, person_id, staff_id, intent, tier, slots, language, model_version,"
        " created_at) SELECT d.message_id, m.person_id, d.corrected_by, coalesce(d.corrected_intent, d.intent),"
        " coalesce(d.corrected_tier, d.tier), coalesce(d.understanding -> 'slots', '[]'::jsonb), d.language,"
        " d.model_version, d.created_at FROM decision d JOIN message m ON m.id = d.message_id"
        " WHERE d.corrected_by IS NOT NULL"
    )
    op.drop_constraint(op.f("fk_decision_corrected_by_staff"), "decision", type_="foreignkey")
    for column in ("corrected_by", "corrected_tier", "corrected_intent"):
        op.drop_column("decision", column)
    op.create_index(op.f("ix_decision_created_at"), "decision", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_decision_created_at"), table_name="decision")
    op.add_column("decision", sa.Column("corrected_intent", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("corrected_tier", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("corrected_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_decision_corrected_by_staff"), "decision", "staff", ["corrected_by"], ["id"]
    )
    op.execute(
        "UPDATE decision d SET corrected_intent = c.intent, corrected_tier = c.tier, corrected_by = c.staff_id"
        " FROM correction c WHERE c.message_id = d.message_id"
    )
    op.drop_index(op.f("ix_correction_person_id"), table_name="correction")
    op.drop_table("correction")
