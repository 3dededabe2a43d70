"""Day plans with their tours, what has no place in them, and what was changed by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055_add_plans"
down_revision = "0054_index_starts_of_visits"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
UNPLANNED = (
    "'unlocated', 'no_network', 'window_past', 'visit_too_long', 'no_skill', 'sex_not_matched', 'refused_before',"
    " 'no_shift', 'travel_too_long', 'day_limit', 'no_time', 'no_pair', 'pin_conflict', 'outranked'"
)


def upgrade() -> None:
    _add_plan()
    _add_tours()
    op.create_table(
        "unplanned",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("visit_version", sa.Integer(), nullable=False),
        sa.Column("change", JSON, nullable=True),
        sa.CheckConstraint(f"code IN ({UNPLANNED})", name=op.f("ck_unplanned_code")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_unplanned_plan_id_plan")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_unplanned_visit_id_visit")),
        sa.PrimaryKeyConstraint("plan_id", "visit_id", name=op.f("pk_unplanned")),
    )
    op.create_index(op.f("ix_unplanned_visit_id"), "unplanned", ["visit_id"])
    op.create_table(
        "plan_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("change", JSON, nullable=False),
        sa.Column("effect", JSON, nullable=False),
        sa.CheckConstraint(
            "kind IN ('move', 'pin', 'unpin', 'swap', 'split', 'add', 'leave_out', 'replan')",
            name=op.f("ck_plan_change_kind"),
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_plan_change_by_account")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_change_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("plan_id", "seq", name=op.f("uq_plan_change_plan_id_seq")),
    )


def downgrade() -> None:
    for table in ("plan_change", "unplanned", "tour_pause", "tour_stop", "tour", "plan"):
        op.drop_table(table)


def _add_plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("plan_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("stop_s", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("weights", JSON, nullable=False),
        sa.Column("inputs_hash", sa.String(), nullable=True),
        sa.Column("network", sa.String(), nullable=True),
        sa.Column("network_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assumptions", JSON, nullable=True),
        sa.Column("iterations", sa.Integer(), nullable=True),
        sa.Column("cost", JSON, nullable=True),
        sa.Column("figures", JSON, nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enough_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decide_reason", sa.String(), nullable=True),
        sa.Column("failure", JSON, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('day')", name=op.f("ck_plan_kind")),
        sa.CheckConstraint(
            "status IN ('building', 'proposed', 'accepted', 'superseded', 'rejected', 'failed')",
            name=op.f("ck_plan_status"),
        ),
        sa.CheckConstraint("stop_s BETWEEN 1 AND 300", name=op.f("ck_plan_stop_s")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (status IN ('building', 'proposed', 'failed'))", name=op.f("ck_plan_decided")
        ),
        sa.CheckConstraint("(failure IS NULL) = (status <> 'failed')", name=op.f("ck_plan_failed")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_plan_area_code_area")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_plan_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_plan_made_by_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_plan_decided_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_plan_on_area_code"), "plan", ["plan_on", "area_code"])
    op.create_index(op.f("ix_plan_made_at_id"), "plan", ["made_at", "id"])
    op.create_index(op.f("ix_plan_organization_id"), "plan", ["organization_id"])
    op.create_index(op.f("ix_plan_job_id"), "plan", ["job_id"])


def _add_tours() -> None:
    op.create_table(
        "tour",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("plan_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("travel_min", sa.Integer(), nullable=False),
        sa.Column("worked_min", sa.Integer(), nullable=False),
        sa.Column("wait_min", sa.Integer(), nullable=False),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster_hash", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('proposed', 'accepted', 'superseded', 'rejected')", name=op.f("ck_tour_status")),
        sa.CheckConstraint("from_at < to_at", name=op.f("ck_tour_span")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_tour_carer_id_carer")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_tour_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tour")),
        sa.UniqueConstraint("plan_id", "carer_id", name=op.f("uq_tour_plan_id_carer_id")),
    )
    accepted = sa.text("status = 'accepted'")
    op.create_index(
        "ux_tour_accepted",
        "tour",
        ["carer_id", "plan_on"],
        unique=True,
        sqlite_where=accepted,
        postgresql_where=accepted,
    )
    op.create_table(
        "tour_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("tour_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("arrive_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("travel_min", sa.Integer(), nullable=False),
        sa.Column("wait_min", sa.Integer(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_executed", sa.Boolean(), nullable=False),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("visit_version", sa.Integer(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.CheckConstraint("start_at <= end_at", name=op.f("ck_tour_stop_span")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_tour_stop_plan_id_plan")),
        sa.ForeignKeyConstraint(["tour_id"], ["tour.id"], name=op.f("fk_tour_stop_tour_id_tour")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_tour_stop_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tour_stop")),
        sa.UniqueConstraint("plan_id", "visit_id", name=op.f("uq_tour_stop_plan_id_visit_id")),
    )
    op.create_index(op.f("ix_tour_stop_tour_id_seq"), "tour_stop", ["tour_id", "seq"])
    op.create_index(op.f("ix_tour_stop_visit_id"), "tour_stop", ["visit_id"])
    op.create_table(
        "tour_pause",
        sa.Column("tour_id", sa.Uuid(), nullable=False),
        sa.Column("pause_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('rest', 'off_duty', 'elsewhere')", name=op.f("ck_tour_pause_kind")),
        sa.CheckConstraint("from_at < to_at", name=op.f("ck_tour_pause_span")),
        sa.ForeignKeyConstraint(["tour_id"], ["tour.id"], name=op.f("fk_tour_pause_tour_id_tour")),
        sa.PrimaryKeyConstraint("tour_id", "pause_no", name=op.f("pk_tour_pause")),
    )
