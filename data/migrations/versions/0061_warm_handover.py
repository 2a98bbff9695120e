"""A referral as the client sees it: its lines, the link to them, and how it was passed on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0061_warm_handover"
down_revision = "0061_register"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("referral", sa.Column("token", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_referral_token"), "referral", ["token"])
    op.add_column(
        "referral",
        sa.Column("lines", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    )
    for name in ("staff_id", "passed_by_id"):
        op.add_column("referral", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_referral_{name}_staff"), "referral", "staff", [name], ["id"])
    op.add_column("referral", sa.Column("passed_via", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("referral", "passed_via")
    for name in ("passed_by_id", "staff_id"):
        op.drop_constraint(op.f(f"fk_referral_{name}_staff"), "referral", type_="foreignkey")
        op.drop_column("referral", name)
    op.drop_column("referral", "lines")
    op.drop_constraint(op.f("uq_referral_token"), "referral", type_="unique")
    op.drop_column("referral", "token")
