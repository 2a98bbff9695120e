"""Referrals in by organisations that are in no register yet, and the key of a partner that refers by program."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0061_referral_in"
down_revision = "0061_warm_handover"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("referral", "partner_id", existing_type=sa.BigInteger(), nullable=True)
    op.create_check_constraint(
        op.f("ck_referral_to_somebody"), "referral", "direction = 'in' OR partner_id IS NOT NULL"
    )
    op.add_column("referral", sa.Column("referrer", JSONB(), nullable=True))
    op.add_column("referral", sa.Column("reference", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_referral_reference"), "referral", ["reference"])
    op.add_column("partner", sa.Column("key_hash", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_partner_key_hash"), "partner", ["key_hash"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_partner_key_hash"), "partner", type_="unique")
    op.drop_column("partner", "key_hash")
    op.drop_constraint(op.f("uq_referral_reference"), "referral", type_="unique")
    op.drop_column("referral", "reference")
    op.drop_column("referral", "referrer")
    op.drop_constraint(op.f("ck_referral_to_somebody"), "referral", type_="check")
    op.execute("DELETE FROM referral WHERE partner_id IS NULL")
    op.alter_column("referral", "partner_id", existing_type=sa.BigInteger(), nullable=False)
