"""What waits for a supervisor."""

import sqlalchemy as sa
from alembic import op

revision = "0044_add_supervisor_task"
down_revision = "0043_add_journal_follower"

KINDS = "'unmatched', 'not_offerable', 'accept_breached', 'start_breached', 'carer_lost', 'elder_event', 'disputed'"
REASONS = (
    "'handled', 'arranged_elsewhere', 'not_needed', 'raised_wrongly', 'accepted', 'scheduled', 'started', "
    "'completed', 'failed', 'reopened', 'canceled', 'voided', 'resolved'"
)
IS_OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        "supervisor_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_supervisor_task_kind")),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_supervisor_task_status")),
        sa.CheckConstraint(f"close_reason IN ({REASONS})", name=op.f("ck_supervisor_task_close_reason")),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_supervisor_task_closed_at")),
        sa.CheckConstraint(
            "(status = 'closed') = (close_reason IS NOT NULL)", name=op.f("ck_supervisor_task_closed_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["care_request_id"], ["care_request.id"], name=op.f("fk_supervisor_task_care_request_id_care_request")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_supervisor_task_area_code_area")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_supervisor_task_closed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisor_task")),
    )
    op.create_index(op.f("ix_supervisor_task_care_request_id"), "supervisor_task", ["care_request_id"])
    op.create_index(
        op.f("ix_supervisor_task_status_area_code_raised_at"), "supervisor_task", ["status", "area_code", "raised_at"]
    )
    op.create_index(
        "ux_supervisor_task_open",
        "supervisor_task",
        ["care_request_id", "kind"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    op.drop_table("supervisor_task")
