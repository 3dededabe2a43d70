"""Elders opened in an emergency, each with its reason."""

import sqlalchemy as sa
from alembic import op

revision = "0028_add_emergency_access"
down_revision = "0027_add_one_time_codes"


def upgrade() -> None:
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_emergency_access_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )
    op.create_index(op.f("ix_emergency_access_account_id_closes_at"), "emergency_access", ["account_id", "closes_at"])
    op.create_index(op.f("ix_emergency_access_area_code_opened_at"), "emergency_access", ["area_code", "opened_at"])
    op.create_index(op.f("ix_emergency_access_elder_id"), "emergency_access", ["elder_id"])


def downgrade() -> None:
    op.drop_table("emergency_access")
