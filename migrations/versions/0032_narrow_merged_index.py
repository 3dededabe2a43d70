"""Sites that were merged are few: only they are in the index, so that lists of the others are read by their ids."""

import sqlalchemy as sa
from alembic import op

revision = "0032_narrow_merged_index"
down_revision = "0031_add_partner_keys"
INDEX, COLUMN = "ix_site_merged_into_id", "merged_into_id"
IS_MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index(INDEX, "site")
    op.create_index(INDEX, "site", [COLUMN], sqlite_where=IS_MERGED, postgresql_where=IS_MERGED)


def downgrade() -> None:
    op.drop_index(INDEX, "site")
    op.create_index(INDEX, "site", [COLUMN])
