"""When an elder was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0029_add_erased_at"
down_revision = "0028_add_emergency_access"


def upgrade() -> None:
    op.add_column("elder", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("elder", "erased_at")
