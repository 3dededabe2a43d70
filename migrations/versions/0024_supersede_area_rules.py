"""What is changed of an area's rule is superseded."""

import sqlalchemy as sa
from alembic import op

revision = "0024_supersede_area_rules"
down_revision = "0023_add_search"

COLUMNS = ["area_code", "rule_key", "status", "valid_from"]
OLD, NEW = "uq_area_rule_area_code_rule_key_status_valid_from", "uq_area_rule_area_code_rule_key_status_valid_from_now"
STANDS = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("area_rule") as batch_op:
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f(OLD), type_="unique")
    op.create_index(NEW, "area_rule", COLUMNS, unique=True, sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    rows = sa.table("area_rule", sa.column("superseded_at"))
    op.execute(sa.delete(rows).where(rows.c.superseded_at.is_not(None)))
    op.drop_index(NEW, table_name="area_rule")
    with op.batch_alter_table("area_rule") as batch_op:
        batch_op.drop_column("superseded_at")
        batch_op.create_unique_constraint(batch_op.f(OLD), COLUMNS)
