"""What keeps a visit from going as planned, and that a supervisor is asked to look."""

import sqlalchemy as sa
from alembic import op

revision = "0056_add_visit_problem"
down_revision = "0055_add_plans"

KINDS = "'nobody_home', 'running_late', 'cannot_reach', 'unsafe', 'other'"
TASKS = "'unmatched', 'not_offerable', 'accept_breached', 'start_breached', 'carer_lost', 'elder_event', 'disputed'"


def upgrade() -> None:
    op.create_table(
        "visit_problem",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("late_min", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_visit_problem_kind")),
        sa.CheckConstraint("(kind = 'running_late') = (late_min IS NOT NULL)", name=op.f("ck_visit_problem_late_min")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_visit_problem_carer_id_carer")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_visit_problem_elder_id_elder")),
        sa.ForeignKeyConstraint(["told_by"], ["account.id"], name=op.f("fk_visit_problem_told_by_account")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_problem_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_problem")),
    )
    op.create_index(op.f("ix_visit_problem_elder_id"), "visit_problem", ["elder_id"])
    op.create_index(op.f("ix_visit_problem_visit_id"), "visit_problem", ["visit_id"])
    _allow(f"{TASKS}, 'problem_reported'")


def downgrade() -> None:
    op.execute("DELETE FROM supervisor_task WHERE kind = 'problem_reported'")
    _allow(TASKS)
    op.drop_table("visit_problem")


def _allow(kinds: str) -> None:
    with op.batch_alter_table("supervisor_task") as batch:
        batch.drop_constraint(op.f("ck_supervisor_task_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_supervisor_task_kind"), f"kind IN ({kinds})")
