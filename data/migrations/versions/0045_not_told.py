"""A run may have no first day, and a place no point on the map: the source does not tell. Runs that two sources offer."""

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
    op.add_column("run", sa.Column("same_as", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_run_same_as_run"), "run", "run", ["same_as"], ["id"])
    op.create_index("ix_run_same_as", "run", ["same_as"], postgresql_where=sa.text("same_as IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_run_same_as", table_name="run")
    op.drop_constraint(op.f("fk_run_same_as_run"), "run", type_="foreignkey")
    op.drop_column("run", "same_as")
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
