"""Demand without offer, wishes to be told, reports of what is wrong in the catalogue, and accepted corrections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040_gaps"
down_revision = "0030_answers"
branch_labels = None
depends_on = None

CONSENTS = "kind IN ('file', 'follow_up', 'referral'{more})"


def upgrade() -> None:
    op.create_table(
        "daily_mark",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_daily_mark")),
    )
    op.create_index("ix_daily_mark_asker", "daily_mark", ["asker", "purpose"], unique=False)
    op.create_index("ix_daily_mark_day", "daily_mark", ["day"], unique=False)
    op.create_table(
        "demand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "wishes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("nis", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("day_part", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("topic_key", sa.Text(), nullable=True),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("heard IN ('chat', 'page', 'api')", name=op.f("ck_demand_heard")),
        sa.CheckConstraint(
            "kind IN ('none', 'relaxed', 'full', 'too_far', 'unknown_topic')", name=op.f("ck_demand_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
    )
    op.create_index("ix_demand_day", "demand", ["day"], unique=False)
    op.create_index(
        "ix_demand_topic",
        "demand",
        ["topic_key"],
        unique=False,
        postgresql_where=sa.text("topic_key IS NOT NULL"),
    )
    op.create_table(
        "demand_topic",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_demand_topic")),
    )
    op.create_table(
        "record_correction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted_by", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('run', 'course', 'place', 'provider', 'price_rule', 'fact')",
            name=op.f("ck_record_correction_kind"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_record_correction_ended")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["staff.id"], name=op.f("fk_record_correction_accepted_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_correction")),
    )
    op.create_index(
        "uq_record_correction_live",
        "record_correction",
        ["kind", "source", "source_id", "field"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "catalogue_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("region_id", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("address_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("thanks_id", sa.BigInteger(), nullable=True),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_catalogue_report_decided_at")
        ),
        sa.CheckConstraint(
            "heard IN ('chat', 'page', 'console', 'import')", name=op.f("ck_catalogue_report_heard")
        ),
        sa.CheckConstraint(
            "kind IN ('run', 'course', 'place', 'provider', 'price_rule', 'fact')",
            name=op.f("ck_catalogue_report_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused')", name=op.f("ck_catalogue_report_state")
        ),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["address.id"],
            name=op.f("fk_catalogue_report_address_id_address"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_catalogue_report_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_catalogue_report_decided_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_catalogue_report_message_id_message"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_catalogue_report_person_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_catalogue_report_region_id_region")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_catalogue_report_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["thanks_id"],
            ["message.id"],
            name=op.f("fk_catalogue_report_thanks_id_message"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_report")),
        sa.UniqueConstraint("message_id", name=op.f("uq_catalogue_report_message_id")),
    )
    op.create_index(
        "ix_catalogue_report_open",
        "catalogue_report",
        ["region_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_catalogue_report_record", "catalogue_report", ["kind", "source", "source_id"], unique=False
    )
    op.create_table(
        "course_wish",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("consent_id", sa.BigInteger(), nullable=False),
        sa.Column("search", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'told', 'stopped', 'expired')", name=op.f("ck_course_wish_state")
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_course_wish_address_id_address"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_course_wish_consent_id_consent"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_course_wish_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_course_wish_message_id_message"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_course_wish_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_wish")),
    )
    op.create_index(
        "ix_course_wish_due",
        "course_wish",
        ["checked_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_course_wish_person_id"), "course_wish", ["person_id"], unique=False)
    op.create_index(
        "uq_course_wish_waiting",
        "course_wish",
        ["person_id", "search_key"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_constraint(op.f("ck_consent_kind"), "consent", type_="check")
    op.create_check_constraint(op.f("ck_consent_kind"), "consent", CONSENTS.format(more=", 'news'"))


def downgrade() -> None:
    op.drop_index(
        "uq_course_wish_waiting", table_name="course_wish", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index(op.f("ix_course_wish_person_id"), table_name="course_wish")
    op.drop_index(
        "ix_course_wish_due", table_name="course_wish", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_table("course_wish")
    op.drop_index("ix_catalogue_report_record", table_name="catalogue_report")
    op.drop_index(
        "ix_catalogue_report_open", table_name="catalogue_report", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_table("catalogue_report")
    op.drop_index(
        "uq_record_correction_live",
        table_name="record_correction",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("record_correction")
    op.drop_table("demand_topic")
    op.drop_index("ix_demand_topic", table_name="demand", postgresql_where=sa.text("topic_key IS NOT NULL"))
    op.drop_index("ix_demand_day", table_name="demand")
    op.drop_table("demand")
    op.drop_index("ix_daily_mark_day", table_name="daily_mark")
    op.drop_index("ix_daily_mark_asker", table_name="daily_mark")
    op.drop_table("daily_mark")
    op.execute("DELETE FROM consent WHERE kind = 'news'")
    op.drop_constraint(op.f("ck_consent_kind"), "consent", type_="check")
    op.create_check_constraint(op.f("ck_consent_kind"), "consent", CONSENTS.format(more=""))
