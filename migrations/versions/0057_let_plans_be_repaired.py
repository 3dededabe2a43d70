"""A plan may repair an accepted one, and a change made by hand may be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057_let_plans_be_repaired"
down_revision = "0056_add_visit_problem"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
CHANGES = "'move', 'pin', 'unpin', 'swap', 'split', 'add', 'leave_out', 'replan'"


def upgrade() -> None:
    with op.batch_alter_table("plan") as batch:
        batch.add_column(sa.Column("based_on_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("repair", JSON, nullable=True))
        batch.create_foreign_key(op.f("fk_plan_based_on_id_plan"), "plan", ["based_on_id"], ["id"])
        batch.create_index(op.f("ix_plan_based_on_id"), ["based_on_id"])
    _allow(f"{CHANGES}, 'undo'")


def downgrade() -> None:
    op.execute("DELETE FROM plan_change WHERE kind = 'undo'")
    _allow(CHANGES)
    with op.batch_alter_table("plan") as batch:
        batch.drop_index(op.f("ix_plan_based_on_id"))
        batch.drop_constraint(op.f("fk_plan_based_on_id_plan"), type_="foreignkey")
        batch.drop_column("repair")
        batch.drop_column("based_on_id")


def _allow(kinds: str) -> None:
    with op.batch_alter_table("plan_change") as batch:
        batch.drop_constraint(op.f("ck_plan_change_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_plan_change_kind"), f"kind IN ({kinds})")
