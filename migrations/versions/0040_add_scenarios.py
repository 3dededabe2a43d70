"""Scenarios, their changes and versions; runs that take a scenario's changes as made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040_add_scenarios"
down_revision = "0039_add_run_places"


def _json() -> sa.types.TypeEngine:
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("speed_mps", sa.Double(), nullable=False),
        sa.Column("limit_min", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("base_run_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changes_hash", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'shared', 'adopted', 'archived')", name=op.f("ck_scenario_status")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_scenario_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_index(op.f("ix_scenario_area_code_status"), "scenario", ["area_code", "status"])
    op.create_table(
        "scenario_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("payload", _json(), nullable=False),
        sa.Column("seen", _json(), nullable=False),
        sa.Column("adopted_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('open', 'close', 'move', 'capacity', 'hours', 'network_edit')",
            name=op.f("ck_scenario_change_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_change_scenario_id_scenario"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_scenario_change_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_change")),
        sa.UniqueConstraint("scenario_id", "position", name=op.f("uq_scenario_change_scenario_id_position")),
    )
    op.create_index(op.f("ix_scenario_change_site_id"), "scenario_change", ["site_id"])
    op.create_table(
        "scenario_version",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("changes", _json(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_version_scenario_id_scenario"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scenario_id", "version", name=op.f("pk_scenario_version")),
    )
    op.create_table(
        "run_planned_site",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("snap_m", sa.Double(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("served", sa.Integer(), nullable=True),
        sa.Column("circle_ll", _json(), nullable=True),
        *(sa.Column(f"circle_{side}", sa.Double(), nullable=True) for side in ("west", "south", "east", "north")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_run_planned_site_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "change_id", name=op.f("pk_run_planned_site")),
    )
    with op.batch_alter_table("run_area") as batch:
        batch.add_column(sa.Column("base", _json(), nullable=True))
    with op.batch_alter_table("coverage_run") as batch:
        batch.add_column(sa.Column("scenario_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("scenario_version", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_coverage_run_scenario_id_scenario"), "scenario", ["scenario_id"], ["id"])
        batch.create_index(op.f("ix_coverage_run_scenario_id"), ["scenario_id"])


def downgrade() -> None:
    # what rests on a scenario's changes would stand there as if it were true
    gone = "run_id IN (SELECT id FROM coverage_run WHERE scenario_id IS NOT NULL)"
    for table in (
        "coverage_publication",
        "run_site",
        "run_category",
        "run_planned_site",
        "run_area",
        "run_person",
        "run_cell",
    ):
        op.execute(f"DELETE FROM {table} WHERE {gone}")  # noqa: S608 - names of our own
    op.execute("DELETE FROM coverage_run WHERE scenario_id IS NOT NULL")
    with op.batch_alter_table("coverage_run") as batch:
        batch.drop_index(op.f("ix_coverage_run_scenario_id"))
        batch.drop_constraint(op.f("fk_coverage_run_scenario_id_scenario"), type_="foreignkey")
        batch.drop_column("scenario_version")
        batch.drop_column("scenario_id")
    with op.batch_alter_table("run_area") as batch:
        batch.drop_column("base")
    op.drop_table("run_planned_site")
    op.drop_table("scenario_version")
    op.drop_table("scenario_change")
    op.drop_table("scenario")
