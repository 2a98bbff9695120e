"""Indexes for what every page of a thread asks: the trajectories of a person and of a deputy, the lists a person was
shown, and who has the same name in the same town."""

import sqlalchemy as sa
from alembic import op

revision = "0106_threads"
down_revision = "0105_console_language"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_trajectory_person_id", "trajectory", ["person_id"])
    op.create_index("ix_trajectory_deputy_id", "trajectory", ["deputy_id"])
    op.create_index("ix_shown_list_conversation_id", "shown_list", ["conversation_id"])
    op.create_index("ix_person_namesakes", "person", [sa.text("lower(name)"), "municipality"])


def downgrade() -> None:
    op.drop_index("ix_person_namesakes", "person")
    op.drop_index("ix_shown_list_conversation_id", "shown_list")
    op.drop_index("ix_trajectory_deputy_id", "trajectory")
    op.drop_index("ix_trajectory_person_id", "trajectory")
