"""Add coverage runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_add_coverage"
down_revision = "0008_add_assignment"


def upgrade() -> None:
    op.create_table(
        "coverage_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("speed_mps", sa.Double(), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("network_id", sa.String(), nullable=False),
        sa.Column("network_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("inputs_hash", sa.String(), nullable=False),
        sa.Column(
            "assumptions",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.Column(
            "totals",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.Column(
            "covered_ll",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("status IN ('done', 'published')", name=op.f("ck_coverage_run_status")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_coverage_run_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_run")),
    )
    with op.batch_alter_table("coverage_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coverage_run_inputs_hash"), ["inputs_hash"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_coverage_run_service_code_area_code_finished_at"),
            ["service_code", "area_code", "finished_at"],
            unique=False,
        )

    op.create_table(
        "run_area",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("elders", sa.Integer(), nullable=False),
        sa.Column("unlocated_elders", sa.Integer(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("unlocated_sites", sa.Integer(), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.Column("is_borderline", sa.Boolean(), nullable=False),
        sa.Column(
            "band",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.Column("nearest_site_id", sa.Uuid(), nullable=True),
        sa.Column("nearest_s", sa.Integer(), nullable=True),
        sa.Column(
            "gap_ll",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column("gap_west", sa.Double(), nullable=True),
        sa.Column("gap_south", sa.Double(), nullable=True),
        sa.Column("gap_east", sa.Double(), nullable=True),
        sa.Column("gap_north", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_run_area_area_code_area")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_run_area_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "area_code", name=op.f("pk_run_area")),
    )
    op.create_table(
        "run_cell",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("walk_s", sa.Integer(), nullable=True),
        sa.Column("elders", sa.Integer(), nullable=False),
        sa.Column("uncovered", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_run_cell_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "cell", name=op.f("pk_run_cell")),
    )
    op.create_table(
        "run_person",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("walk_s", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_run_person_elder_id_elder")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_run_person_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "elder_id", name=op.f("pk_run_person")),
    )
    op.create_table(
        "run_site",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("snap_m", sa.Double(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column(
            "circle_ll",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_run_site_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_run_site_site_id_site")),
        sa.PrimaryKeyConstraint("run_id", "site_id", name=op.f("pk_run_site")),
    )


def downgrade() -> None:
    op.drop_table("run_site")
    op.drop_table("run_person")
    op.drop_table("run_cell")
    op.drop_table("run_area")
    with op.batch_alter_table("coverage_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coverage_run_service_code_area_code_finished_at"))
        batch_op.drop_index(batch_op.f("ix_coverage_run_inputs_hash"))

    op.drop_table("coverage_run")
