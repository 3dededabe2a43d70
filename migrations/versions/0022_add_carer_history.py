"""Carers have a phone, a register and certificates; what is corrected of their parts is superseded."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_add_carer_history"
down_revision = "0021_add_deadlines_and_uploads"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
AT = sa.DateTime(timezone=True)
STANDS = "superseded_at IS NULL"
NOW = {  # table: what no two of its rows that stand may share
    "qualification": ["carer_id", "skill", "valid_from"],
    "shift": ["carer_id", "weekday", "from_time", "valid_from"],
    "shift_exception": ["carer_id", "on_date", "kind", "from_time"],
}
WHOLE_DAY = "uq_shift_exception_whole_day"


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    with op.batch_alter_table("carer") as batch_op:
        for name in ("source", "source_ref", "source_crs"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
        batch_op.add_column(sa.Column("source_raw", JSON, nullable=True))
        for name in ("phone_sealed", "phone_index"):
            batch_op.add_column(sa.Column(name, sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_carer_source_source_ref"), ["source", "source_ref"])
        batch_op.create_check_constraint(batch_op.f("ck_carer_source_whole"), "(source IS NULL) = (source_ref IS NULL)")
        batch_op.create_check_constraint(
            batch_op.f("ck_carer_phone_whole"), "(phone_sealed IS NULL) = (phone_index IS NULL)"
        )
    op.create_index(op.f("ix_carer_source_ref"), "carer", ["source_ref"])
    op.create_index(op.f("ix_carer_phone_index"), "carer", ["phone_index"])

    with op.batch_alter_table("qualification") as batch_op:
        batch_op.add_column(sa.Column("certificate_no", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("checked_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("superseded_at", AT, nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_qualification_carer_id_skill_valid_from"), type_="unique")
    with op.batch_alter_table("shift") as batch_op:
        batch_op.add_column(sa.Column("superseded_at", AT, nullable=True))
    op.drop_index(WHOLE_DAY, table_name="shift_exception")
    with op.batch_alter_table("shift_exception") as batch_op:
        batch_op.add_column(sa.Column("recorded_at", AT, nullable=True))
        batch_op.add_column(sa.Column("superseded_at", AT, nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_shift_exception_carer_id_on_date_kind_from_time"), type_="unique")
    # nobody wrote down when these were recorded: they are known since now at the latest
    is_postgres = op.get_bind().dialect.name == "postgresql"
    now = "CURRENT_TIMESTAMP" if is_postgres else "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
    op.execute(f"UPDATE shift_exception SET recorded_at = {now}")  # noqa: S608 - one of two texts above
    with op.batch_alter_table("shift_exception") as batch_op:
        batch_op.alter_column("recorded_at", existing_type=AT, nullable=False)
    for table, columns in NOW.items():
        _unique(f"uq_{table}_{'_'.join(columns)}_now", table, columns, STANDS)
    _unique(WHOLE_DAY, "shift_exception", ["carer_id", "on_date", "kind"], f"from_time IS NULL AND {STANDS}")


def downgrade() -> None:
    op.drop_index(WHOLE_DAY, table_name="shift_exception")
    for table, columns in NOW.items():
        rows = sa.table(table, sa.column("superseded_at"))
        op.execute(sa.delete(rows).where(rows.c.superseded_at.is_not(None)))
        op.drop_index(f"uq_{table}_{'_'.join(columns)}_now", table_name=table)
    with op.batch_alter_table("shift_exception") as batch_op:
        batch_op.drop_column("superseded_at")
        batch_op.drop_column("recorded_at")
        batch_op.create_unique_constraint(
            batch_op.f("uq_shift_exception_carer_id_on_date_kind_from_time"),
            ["carer_id", "on_date", "kind", "from_time"],
        )
    _unique(WHOLE_DAY, "shift_exception", ["carer_id", "on_date", "kind"], "from_time IS NULL")
    with op.batch_alter_table("shift") as batch_op:
        batch_op.drop_column("superseded_at")
    with op.batch_alter_table("qualification") as batch_op:
        for name in ("superseded_at", "checked_by", "certificate_no"):
            batch_op.drop_column(name)
        batch_op.create_unique_constraint(
            batch_op.f("uq_qualification_carer_id_skill_valid_from"), ["carer_id", "skill", "valid_from"]
        )
    op.drop_index(op.f("ix_carer_phone_index"), table_name="carer")
    op.drop_index(op.f("ix_carer_source_ref"), table_name="carer")
    with op.batch_alter_table("carer") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_carer_phone_whole"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_carer_source_whole"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_carer_source_source_ref"), type_="unique")
        for name in ("phone_index", "phone_sealed", "source_raw", "source_crs", "source_ref", "source"):
            batch_op.drop_column(name)
