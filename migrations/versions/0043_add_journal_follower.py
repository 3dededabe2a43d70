"""Followers of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0043_add_journal_follower"
down_revision = "0042_add_targets"


def upgrade() -> None:
    op.create_table(
        "journal_follower",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("transaction_no", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_journal_follower")),
    )


def downgrade() -> None:
    op.drop_table("journal_follower")
