"""Shifts and extra hours may end on the next day; a day may hold several extra hours, with breaks."""

import sqlalchemy as sa
from alembic import op

revision = "0012_let_shifts_pass_midnight"
down_revision = "0011_add_elder_identity"


def upgrade() -> None:
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_shift_span"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_shift_break"), "break_min >= 0")

    with op.batch_alter_table("shift_exception", schema=None) as batch_op:
        batch_op.add_column(sa.Column("break_min", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_shift_exception_carer_id_on_date_kind"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_shift_exception_carer_id_on_date_kind_from_time"),
            ["carer_id", "on_date", "kind", "from_time"],
        )
        batch_op.create_index(
            "uq_shift_exception_whole_day",
            ["carer_id", "on_date", "kind"],
            unique=True,
            sqlite_where=sa.text("from_time IS NULL"),
            postgresql_where=sa.text("from_time IS NULL"),
        )
        batch_op.create_check_constraint(batch_op.f("ck_shift_exception_break"), "break_min >= 0")


def downgrade() -> None:
    # what the older form cannot hold: a night is cut at midnight, and of several extra hours of a day the first stays
    op.execute("DELETE FROM shift WHERE from_time >= '23:59:00'")
    op.execute("UPDATE shift SET to_time = '23:59:00' WHERE to_time <= from_time")
    op.execute(
        "DELETE FROM shift_exception WHERE kind = 'extra' AND EXISTS ("
        "SELECT 1 FROM shift_exception AS other WHERE other.carer_id = shift_exception.carer_id"
        " AND other.on_date = shift_exception.on_date AND other.kind = 'extra'"
        " AND other.from_time < shift_exception.from_time)"
    )
    with op.batch_alter_table("shift_exception", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_shift_exception_break"), type_="check")
        batch_op.drop_index("uq_shift_exception_whole_day")
        batch_op.drop_constraint(batch_op.f("uq_shift_exception_carer_id_on_date_kind_from_time"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_shift_exception_carer_id_on_date_kind"), ["carer_id", "on_date", "kind"]
        )
        batch_op.drop_column("break_min")

    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_shift_break"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_shift_span"), "from_time < to_time")
