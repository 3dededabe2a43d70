"""Add the hash chain over journal and access log, and let the database refuse to change either."""

import sqlalchemy as sa
from alembic import op

revision = "0013_add_chain"
down_revision = "0012_let_shifts_pass_midnight"

TABLES = ("journal_entry", "access_log", "chain_link")
# a line of the access log may go when the journal says that its time is over
REMOVABLE = """EXISTS (SELECT 1 FROM journal_entry WHERE subject_id = 'access_log'
    AND kind = 'access_log.lines_removed' AND {up_to_line_no} >= OLD.line_no)"""


def upgrade() -> None:
    op.create_table(
        "chain_link",
        sa.Column("lane_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("line_hash", sa.LargeBinary(), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane_no", "index_no", name=op.f("pk_chain_link")),
        sa.UniqueConstraint("table_name", "line_no", name=op.f("uq_chain_link_table_name_line_no")),
    )
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    for table in TABLES:
        guard(table)


def downgrade() -> None:
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        for name in ("update", "delete", "truncate") if on_postgres else ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{name}" + (f" ON {table}" if on_postgres else ""))
        if on_postgres:
            op.execute(f"DROP FUNCTION {table}_refuse()")
    op.drop_table("chain_link")


def _guard_sqlite(table: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
    up_to = REMOVABLE.format(up_to_line_no="json_extract(facts, '$.up_to_line_no')")
    unless = f"WHEN NOT {up_to}" if table == "access_log" else ""
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless} {refuse}")


def _guard_postgresql(table: str) -> None:
    up_to = REMOVABLE.format(up_to_line_no="(facts ->> 'up_to_line_no')::bigint")
    allow = f"IF TG_OP = 'DELETE' AND {up_to} THEN RETURN OLD; END IF;" if table == "access_log" else ""
    op.execute(
        f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF TG_OP <> 'TRUNCATE' THEN {allow or "NULL;"} END IF;
        RAISE EXCEPTION '{table} is only added to'; END $$"""
    )
    for what in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
