"""Add tries to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0014_add_sign_in_tries"
down_revision = "0013_add_chain"


def upgrade() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_tries")),
    )
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_tries_forgotten_at"), ["forgotten_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_tries_forgotten_at"))

    op.drop_table("sign_in_tries")
