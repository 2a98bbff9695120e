"""What the client agreed to is mailed to the partner, who says that it arrived; referrers hear how it goes, with consent."""

import sqlalchemy as sa
from alembic import op

revision = "0063_referral_mail"
down_revision = "0062_places"
branch_labels = None
depends_on = None

MOMENTS = ("mailed_at", "told_at", "chased_at", "progress_allowed_at")


def upgrade() -> None:
    op.add_column("referral", sa.Column("partner_token", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_referral_partner_token"), "referral", ["partner_token"])
    for name in MOMENTS:
        op.add_column("referral", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_consent_kind"), "consent", type_="check")
    op.create_check_constraint(
        op.f("ck_consent_kind"), "consent", "kind IN ('file', 'follow_up', 'referral', 'news', 'progress')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_consent_kind"), "consent", type_="check")
    op.execute("DELETE FROM consent WHERE kind = 'progress'")
    op.create_check_constraint(
        op.f("ck_consent_kind"), "consent", "kind IN ('file', 'follow_up', 'referral', 'news')"
    )
    for name in reversed(MOMENTS):
        op.drop_column("referral", name)
    op.drop_constraint(op.f("uq_referral_partner_token"), "referral", type_="unique")
    op.drop_column("referral", "partner_token")
