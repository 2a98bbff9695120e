"""Whether a counter has a lift."""

import sqlalchemy as sa
from alembic import op

revision = "0104_lift"
down_revision = "0103_calendar_file"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("counter", sa.Column("lift", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("counter", "lift")
