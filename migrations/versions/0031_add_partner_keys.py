"""Keys of partner systems: live ones, and test ones that keep nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0031_add_partner_keys"
down_revision = "0030_add_merged_into"


def upgrade() -> None:
    op.create_table(
        "partner_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key_index", sa.LargeBinary(), nullable=False),
        sa.Column("begins_with", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("ck_partner_key_mode")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_partner_key_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_key")),
        sa.UniqueConstraint("key_index", name=op.f("uq_partner_key_key_index")),
    )
    op.create_index(op.f("ix_partner_key_account_id"), "partner_key", ["account_id"])


def downgrade() -> None:
    op.drop_table("partner_key")
