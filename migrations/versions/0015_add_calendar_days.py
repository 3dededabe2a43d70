"""Add the days that an office enters: holidays and make-up workdays."""

import sqlalchemy as sa
from alembic import op

revision = "0015_add_calendar_days"
down_revision = "0014_add_sign_in_tries"


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'workday', 'ordinary')", name=op.f("ck_calendar_day_kind")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_calendar_day_source")),
        sa.PrimaryKeyConstraint("day_on", name=op.f("pk_calendar_day")),
    )


def downgrade() -> None:
    op.drop_table("calendar_day")
