"""The elder's record that another one was merged into."""

import sqlalchemy as sa
from alembic import op

revision = "0033_add_elder_merged"
down_revision = "0032_narrow_merged_index"
IS_MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("elder") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(op.f("ck_elder_merged_whole"), "(merged_into_id IS NULL) = (merged_at IS NULL)")
        batch.create_foreign_key(op.f("fk_elder_merged_into_id_elder"), "elder", ["merged_into_id"], ["id"])
    op.create_index(
        "ix_elder_merged_into_id", "elder", ["merged_into_id"], sqlite_where=IS_MERGED, postgresql_where=IS_MERGED
    )


def downgrade() -> None:
    op.drop_index("ix_elder_merged_into_id", "elder")
    with op.batch_alter_table("elder") as batch:
        batch.drop_constraint(op.f("fk_elder_merged_into_id_elder"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_elder_merged_whole"), type_="check")
        batch.drop_column("merged_at")
        batch.drop_column("merged_into_id")
