"""Targets of the policy documents."""

import sqlalchemy as sa
from alembic import op

revision = "0042_add_targets"
down_revision = "0041_add_network_edit"

MEASURES = (
    *("reported", "later", "home_care", "day_care_urban", "day_care_rural", "land_per_person", "land_per_person_new"),
    *("floor_new", "floor_built_up", "new_compounds_to_standard", "beds_total", "nursing_share"),
    "nursing_share_institutions",
)


def upgrade() -> None:
    measures = ", ".join(f"'{measure}'" for measure in MEASURES)
    op.create_table(
        "target",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("documents", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("indicator_zh", sa.String(), nullable=False),
        sa.Column("indicator_en", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("year", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit_zh", sa.String(), nullable=False),
        sa.Column("unit_en", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("responsible_unit", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.CheckConstraint("operator IN ('milestone', '>=', '<=', '=', 'range_max')", name=op.f("ck_target_operator")),
        sa.CheckConstraint("status IN ('adopted', 'draft')", name=op.f("ck_target_status")),
        sa.CheckConstraint(f"measure IN ({measures})", name=op.f("ck_target_measure")),
        sa.CheckConstraint("(value IS NULL) = (operator = 'milestone')", name=op.f("ck_target_value")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_target_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_index(op.f("ix_target_area_code"), "target", ["area_code"])


def downgrade() -> None:
    op.drop_table("target")
