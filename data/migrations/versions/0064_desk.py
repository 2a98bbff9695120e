"""Who looks at which thread, a queue that is diverted for a while, and what each member of staff knows and can carry."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0064_desk"
down_revision = "0063_referral_mail"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "looking",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "staff_id", name=op.f("pk_looking")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_looking_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_looking_staff_id_staff"), ondelete="CASCADE"
        ),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "queue_diversion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=False),
        sa.Column("to_region_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_diversion")),
        sa.CheckConstraint("region_id <> to_region_id", name=op.f("ck_queue_diversion_elsewhere")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_queue_diversion_order")),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_queue_diversion_region_id_region")
        ),
        sa.ForeignKeyConstraint(
            ["to_region_id"], ["region.id"], name=op.f("fk_queue_diversion_to_region_id_region")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_queue_diversion_by_id_staff")),
    )
    for name in ("region_id", "to_region_id"):
        op.create_index(op.f(f"ix_queue_diversion_{name}"), "queue_diversion", [name])
    op.add_column(
        "staff", sa.Column("topics", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False)
    )
    op.add_column("staff", sa.Column("capacity", sa.Integer(), server_default=sa.text("25"), nullable=False))
    op.add_column("staff", sa.Column("duty", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("ck_staff_capacity"), "staff", "capacity >= 0")
    op.create_index("uq_staff_duty", "staff", ["region_id"], unique=True, postgresql_where=sa.text("duty"))


def downgrade() -> None:
    op.drop_index("uq_staff_duty", "staff")
    op.drop_constraint(op.f("ck_staff_capacity"), "staff", type_="check")
    for name in ("duty", "capacity", "topics"):
        op.drop_column("staff", name)
    op.drop_table("queue_diversion")
    op.drop_table("looking")
