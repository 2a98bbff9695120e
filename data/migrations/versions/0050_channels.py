"""What channels tell besides text: files, subjects, edits, automatic mail, and who blocked us."""

import sqlalchemy as sa
from alembic import op

revision = "0050_channels"
down_revision = "0045_not_told"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'kept', 'refused')", name=op.f("ck_attachment_state")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_message_id"), "attachment", ["message_id"], unique=False)
    op.add_column("address", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("subject", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("replies_to_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_message_replies_to_id_message"), "message", "message", ["replies_to_id"], ["id"]
    )
    op.add_column(
        "message", sa.Column("automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("message", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("deleted_at", "edited_at", "automatic", "replies_to_id", "subject"):
        op.drop_column("message", column)
    op.drop_column("address", "blocked_at")
    op.drop_table("attachment")
