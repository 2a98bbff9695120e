"""In which language somebody uses the console."""

import sqlalchemy as sa
from alembic import op

revision = "0105_console_language"
down_revision = "0104_lift"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("console_language", sa.Text(), server_default="nl", nullable=False))
    op.create_check_constraint(
        op.f("ck_staff_console_language"), "staff", "console_language IN ('nl', 'fr', 'en')"
    )


def downgrade() -> None:
    op.drop_column("staff", "console_language")
