"""One person over several addresses: merges that can be undone, codes that prove an address, shared phones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052_identity"
down_revision = "0051_delivery"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.add_column("person", number("merged_into_id", null=True))
    op.create_foreign_key(
        op.f("fk_person_merged_into_id_person"), "person", "person", ["merged_into_id"], ["id"]
    )
    op.create_index(op.f("ix_person_merged_into_id"), "person", ["merged_into_id"])
    op.add_column(
        "address", sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "person_merge",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        number("kept_id"),
        number("merged_id"),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        number("by_id", null=True),
        sa.Column("rejected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("before", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        number("closed_id", null=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        number("undone_by", null=True),
        sa.CheckConstraint("how IN ('code', 'appointment', 'staff')", name=op.f("ck_person_merge_how")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id_person")),
        sa.ForeignKeyConstraint(["merged_id"], ["person.id"], name=op.f("fk_person_merge_merged_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_person_merge_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["closed_id"], ["conversation.id"], name=op.f("fk_person_merge_closed_id_conversation")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_person_merge_undone_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index(op.f("ix_person_merge_kept_id"), "person_merge", ["kept_id"])
    op.create_index(
        "uq_person_merge_current", "person_merge", ["merged_id"], unique=True,
        postgresql_where=sa.text("undone_at IS NULL AND NOT rejected"),
    )  # fmt: skip
    op.create_table(
        "merged_value",
        number("merge_id"),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        number("row_id"),
        number("value", null=True),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["person_merge.id"], name=op.f("fk_merged_value_merge_id_person_merge")
        ),
        sa.PrimaryKeyConstraint(
            "merge_id", "table_name", "column_name", "row_id", name=op.f("pk_merged_value")
        ),
    )
    op.create_table(
        "link_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        number("person_id"),
        number("from_id", null=True),
        number("to_id"),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        number("by_id", null=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_code_person_id_person")),
        sa.ForeignKeyConstraint(["from_id"], ["address.id"], name=op.f("fk_link_code_from_id_address")),
        sa.ForeignKeyConstraint(["to_id"], ["address.id"], name=op.f("fk_link_code_to_id_address")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_link_code_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_code")),
    )
    for column in ("person_id", "from_id", "to_id"):
        op.create_index(op.f(f"ix_link_code_{column}"), "link_code", [column])


def downgrade() -> None:
    for table in ("link_code", "merged_value", "person_merge"):
        op.drop_table(table)
    op.drop_column("address", "shared")
    op.drop_column("person", "merged_into_id")
