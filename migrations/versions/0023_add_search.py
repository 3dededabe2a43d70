"""Tokens of names, by which organizations, sites and services are found."""

import sqlalchemy as sa
from alembic import op

revision = "0023_add_search"
down_revision = "0022_add_carer_history"

TABLES = ("organization", "site", "service")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("search", sa.String(), nullable=False, server_default=""))
        if op.get_bind().dialect.name == "postgresql":
            tokens = sa.text("string_to_array(search, ' ')")
            op.create_index(f"ix_{table}_search", table, [tokens], postgresql_using="gin")


def downgrade() -> None:
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.drop_index(f"ix_{table}_search", table_name=table)
        op.drop_column(table, "search")
