"""Where the next sites help most."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038_add_siting"
down_revision = "0037_add_compounds_and_beds"

KEPT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ENDS = "'all_picked', 'no_candidates', 'nobody_left', 'no_more_gain', 'budget_spent', 'budget_too_small'"
COUNTS = (
    *("elders", "covered_before", "covered_after", "gained", "kept", "lost", "outside"),
    *("weight", "weight_before", "weight_after", "with_way_before", "with_way_after"),
)


def upgrade() -> None:
    op.create_table(
        "siting_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("speed_mps", sa.Double(), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.String(), nullable=False),
        sa.Column("network_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("inputs_hash", sa.String(), nullable=False),
        sa.Column("assumptions", KEPT, nullable=False),
        sa.Column("wish", KEPT, nullable=False),
        sa.Column("objective", sa.Integer(), nullable=False),
        sa.Column("best_bound", sa.Integer(), nullable=False),
        sa.Column("guaranteed_share", sa.Double(), nullable=True),
        sa.Column("ended", sa.String(), nullable=False),
        sa.Column("proof", KEPT, nullable=False),
        sa.Column("considered", sa.Integer(), nullable=False),
        sa.Column("refused", KEPT, nullable=False),
        sa.Column("refusals", KEPT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("objective <= best_bound", name=op.f("ck_siting_run_bound")),
        sa.CheckConstraint(f"ended IN ({ENDS})", name=op.f("ck_siting_run_ended")),
        sa.CheckConstraint("status IN ('done', 'published')", name=op.f("ck_siting_run_status")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_siting_run_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siting_run")),
    )
    op.create_index(op.f("ix_siting_run_inputs_hash"), "siting_run", ["inputs_hash"])
    op.create_index(op.f("ix_siting_run_service_code_area_code"), "siting_run", ["service_code", "area_code"])
    op.create_table(
        "siting_pick",
        sa.Column("siting_run_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=False),
        sa.Column("snap_m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_siting_pick_site_id_site")),
        sa.ForeignKeyConstraint(
            ["siting_run_id"],
            ["siting_run.id"],
            name=op.f("fk_siting_pick_siting_run_id_siting_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("siting_run_id", "rank", name=op.f("pk_siting_pick")),
    )
    op.create_table(
        "siting_run_area",
        sa.Column("siting_run_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("mean_walk_s_before", sa.Double(), nullable=True),
        sa.Column("mean_walk_s_after", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_siting_run_area_area_code_area")),
        sa.ForeignKeyConstraint(
            ["siting_run_id"],
            ["siting_run.id"],
            name=op.f("fk_siting_run_area_siting_run_id_siting_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("siting_run_id", "area_code", name=op.f("pk_siting_run_area")),
    )


def downgrade() -> None:
    op.drop_table("siting_run_area")
    op.drop_table("siting_pick")
    op.drop_table("siting_run")
