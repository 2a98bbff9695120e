"""Whom a counter is for, by postcode and by distance; sittings that are not held in school holidays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062_places"
down_revision = "0061_referral_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "counter",
        sa.Column(
            "postcodes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
    )
    op.add_column("counter", sa.Column("reach_km", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_counter_reach"), "counter", "reach_km > 0")
    op.add_column("sitting", sa.Column("schools", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_sitting_schools"), "sitting", "schools IN ('flemish', 'french')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_sitting_schools"), "sitting", type_="check")
    op.drop_column("sitting", "schools")
    op.drop_constraint(op.f("ck_counter_reach"), "counter", type_="check")
    op.drop_column("counter", "reach_km")
    op.drop_column("counter", "postcodes")
