"""A ceiling a school year beside the one a semester, exemptions with dates, and when a fact must be looked at again."""

import sqlalchemy as sa
from alembic import op

revision = "0030_answers"
down_revision = "0020_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("price_rule", sa.Column("year_ceiling", sa.Numeric(8, 2), nullable=True))
    op.add_column("fact", sa.Column("recheck_after", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("fact", "recheck_after")
    op.drop_column("price_rule", "year_ceiling")
