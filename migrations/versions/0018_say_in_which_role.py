"""Let each line of the access log say in which role, and for which office or organization, somebody looked."""

import sqlalchemy as sa
from alembic import op

revision = "0018_say_in_which_role"
down_revision = "0017_add_elder_source"

# columns are added one by one: rebuilding the table would take its triggers and its chain's bytes away
COLUMNS = (("role", sa.String()), ("area_code", sa.String()), ("organization_id", sa.Uuid()))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("access_log", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(COLUMNS):
        op.drop_column("access_log", name)
