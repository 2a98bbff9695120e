"""A region's quiet hours and whether it asks if a conversation helped; what staff say of an answer card."""

import sqlalchemy as sa
from alembic import op

revision = "0092_coordinator"
down_revision = "0091_offers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, hour in (("quiet_from", "21"), ("quiet_until", "8")):
        op.add_column(
            "region", sa.Column(name, sa.SmallInteger(), server_default=sa.text(hour), nullable=False)
        )
    op.create_check_constraint(
        op.f("ck_region_quiet"), "region", "quiet_from BETWEEN 17 AND 24 AND quiet_until BETWEEN 6 AND 12"
    )
    op.add_column(
        "region", sa.Column("ask_satisfied", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "answer_card_check",
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_answer_card_check")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_answer_card_check_by_id_staff")),
        sa.CheckConstraint(
            "(held_at IS NULL) = (held_reason IS NULL)", name=op.f("ck_answer_card_check_held")
        ),
    )


def downgrade() -> None:
    op.drop_table("answer_card_check")
    op.drop_column("region", "ask_satisfied")
    op.drop_constraint(op.f("ck_region_quiet"), "region", type_="check")
    op.drop_column("region", "quiet_until")
    op.drop_column("region", "quiet_from")
