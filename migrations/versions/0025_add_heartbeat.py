"""A row that is written to know that the database can be written."""

import sqlalchemy as sa
from alembic import op

revision = "0025_add_heartbeat"
down_revision = "0024_supersede_area_rules"


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )


def downgrade() -> None:
    op.drop_table("heartbeat")
