"""The ledger of micro-contacts: who wrote a row, and rows that say that there was no contact after all."""

import sqlalchemy as sa
from alembic import op

revision = "0072_ledger"
down_revision = "0071_saved_replies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "micro_contact", sa.Column("voided", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("micro_contact", sa.Column("noted_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_micro_contact_noted_by_id_staff"), "micro_contact", "staff", ["noted_by_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_micro_contact_voided"), "micro_contact", "NOT voided OR replaces_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_micro_contact_voided"), "micro_contact", type_="check")
    op.drop_constraint(op.f("fk_micro_contact_noted_by_id_staff"), "micro_contact", type_="foreignkey")
    op.drop_column("micro_contact", "noted_by_id")
    op.drop_column("micro_contact", "voided")
