"""Elders' ID numbers and phones: sealed, with a blind index."""

import sqlalchemy as sa
from alembic import op

revision = "0011_add_elder_identity"
down_revision = "0010_add_sessions"


def upgrade() -> None:
    with op.batch_alter_table("elder", schema=None) as batch_op:
        batch_op.add_column(sa.Column("id_no_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("id_no_index", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("phone_index", sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_elder_id_no_index"), ["id_no_index"])
        batch_op.create_index(batch_op.f("ix_elder_phone_index"), ["phone_index"], unique=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_elder_id_no_whole"), "(id_no_sealed IS NULL) = (id_no_index IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_elder_phone_whole"), "(phone_sealed IS NULL) = (phone_index IS NULL)"
        )


def downgrade() -> None:
    with op.batch_alter_table("elder", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_elder_phone_whole"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_elder_id_no_whole"), type_="check")
        batch_op.drop_index(batch_op.f("ix_elder_phone_index"))
        batch_op.drop_constraint(batch_op.f("uq_elder_id_no_index"), type_="unique")
        batch_op.drop_column("phone_index")
        batch_op.drop_column("phone_sealed")
        batch_op.drop_column("id_no_index")
        batch_op.drop_column("id_no_sealed")
