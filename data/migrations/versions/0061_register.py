"""The register of partners: which postcodes they serve, when they are open, how they want to be reached."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0061_register"
down_revision = "0061_promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "partner",
        sa.Column("postcodes", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    )
    op.add_column("partner", sa.Column("hours", sa.Text(), nullable=True))
    op.add_column("partner", sa.Column("reached_by", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_partner_reached_by"), "partner", "reached_by IN ('phone', 'email', 'url')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_partner_reached_by"), "partner", type_="check")
    for name in ("reached_by", "hours", "postcodes"):
        op.drop_column("partner", name)
