"""When a promise was made, and whether staff were warned of it and it was broken."""

import sqlalchemy as sa
from alembic import op

revision = "0061_promises"
down_revision = "0060_agenda"
branch_labels = None
depends_on = None

COLUMNS = ("promise_made_at", "promise_warned_at", "promise_broken_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("conversation", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("conversation", name)
