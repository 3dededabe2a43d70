"""Which register an elder came from, and under which number, so that it is known when it comes again."""

import sqlalchemy as sa
from alembic import op

revision = "0017_add_elder_source"
down_revision = "0016_add_elder_history"


def upgrade() -> None:
    with op.batch_alter_table("elder") as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("source_ref", sa.String(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_elder_source_source_ref"), ["source", "source_ref"])
        batch_op.create_check_constraint(batch_op.f("ck_elder_source_whole"), "(source IS NULL) = (source_ref IS NULL)")


def downgrade() -> None:
    with op.batch_alter_table("elder") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_elder_source_whole"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_elder_source_source_ref"), type_="unique")
        batch_op.drop_column("source_ref")
        batch_op.drop_column("source")
