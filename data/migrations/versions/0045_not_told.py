"""A run may have no first day, and a place no point on the map: the source does not tell."""

import sqlalchemy as sa
from alembic import op

revision = "0045_not_told"
down_revision = "0040_gaps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("run", "start_date", existing_type=sa.Date(), nullable=True)
    for name in ("lat", "lon"):
        op.alter_column("place", name, existing_type=sa.Float(), nullable=True)


def downgrade() -> None:
    # What cannot be kept without them is ended at its source's next import anyway.
    op.execute(
        "UPDATE run SET start_date = coalesce(end_date, enrol_until, checked_on) WHERE start_date IS NULL"
    )
    op.execute(
        "UPDATE place SET lat = coalesce(lat, 50.85), lon = coalesce(lon, 4.35) WHERE lat IS NULL OR lon IS NULL"
    )
    for name in ("lat", "lon"):
        op.alter_column("place", name, existing_type=sa.Float(), nullable=False)
    op.alter_column("run", "start_date", existing_type=sa.Date(), nullable=False)
