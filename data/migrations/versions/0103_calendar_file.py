"""The calendar file that goes along with a message about an appointment, by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0103_calendar_file"
down_revision = "0102_resources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("calendar", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "calendar")
