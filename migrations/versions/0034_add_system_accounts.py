"""Accounts of partner systems, which nobody signs in to: only their keys act as them."""

import sqlalchemy as sa
from alembic import op

revision = "0034_add_system_accounts"
down_revision = "0033_add_elder_merged"


def upgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("is_system", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("account") as batch:
        batch.alter_column("is_system", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.drop_column("is_system")
