"""The site that another one was merged into."""

import sqlalchemy as sa
from alembic import op

revision = "0030_add_merged_into"
down_revision = "0029_add_erased_at"


def upgrade() -> None:
    with op.batch_alter_table("site") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_site_merged_into_id_site"), "site", ["merged_into_id"], ["id"])
        batch.create_index(op.f("ix_site_merged_into_id"), ["merged_into_id"])


def downgrade() -> None:
    with op.batch_alter_table("site") as batch:
        batch.drop_index(op.f("ix_site_merged_into_id"))
        batch.drop_constraint(op.f("fk_site_merged_into_id_site"), type_="foreignkey")
        batch.drop_column("merged_into_id")
