"""Codes with which somebody chooses a password or binds an account to an elder."""

import sqlalchemy as sa
from alembic import op

revision = "0027_add_one_time_codes"
down_revision = "0026_add_coverage_publication"


def upgrade() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("use IN ('set_password', 'link_elder')", name=op.f("ck_one_time_code_use")),
        sa.CheckConstraint("(use = 'link_elder') = (elder_id IS NOT NULL)", name=op.f("ck_one_time_code_elder")),
        sa.CheckConstraint("(use = 'set_password') = (account_id IS NOT NULL)", name=op.f("ck_one_time_code_account")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_one_time_code_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
        sa.UniqueConstraint("code_index", name=op.f("uq_one_time_code_code_index")),
    )
    op.create_index(op.f("ix_one_time_code_account_id"), "one_time_code", ["account_id"])
    op.create_index(op.f("ix_one_time_code_elder_id"), "one_time_code", ["elder_id"])


def downgrade() -> None:
    op.drop_table("one_time_code")
