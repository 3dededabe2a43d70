"""Compounds, the wing of an area, and the changes of beds."""

import sqlalchemy as sa
from alembic import op

revision = "0037_add_compounds_and_beds"
down_revision = "0036_add_run_conditions"


def upgrade() -> None:
    # a CHECK of the column itself: SQLite would write the whole table anew for one of the table
    op.execute("ALTER TABLE area ADD COLUMN wing VARCHAR CONSTRAINT ck_area_wing CHECK (wing IN ('north', 'south'))")
    op.create_table(
        "compound",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("care_floor_area_m2", sa.Double(), nullable=False),
        sa.Column("care_land_area_m2", sa.Double(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("stage IN ('new', 'built_up')", name=op.f("ck_compound_stage")),
        sa.CheckConstraint("households >= 0 AND care_floor_area_m2 >= 0", name=op.f("ck_compound_counts")),
        sa.CheckConstraint("residents >= 0 AND care_land_area_m2 >= 0", name=op.f("ck_compound_more_counts")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_compound_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound")),
        sa.UniqueConstraint("area_code", "name", name=op.f("uq_compound_area_code_name")),
    )
    op.create_table(
        "bed_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("bed_type", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("owner_level", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('planned', 'under_construction', 'open', 'closed')", name=op.f("ck_bed_change_stage")
        ),
        sa.CheckConstraint("owner_level IN ('city', 'district')", name=op.f("ck_bed_change_owner_level")),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_bed_change_delta")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_bed_change_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_change")),
        sa.UniqueConstraint("site_id", "ref", name=op.f("uq_bed_change_site_id_ref")),
    )


def downgrade() -> None:
    op.drop_table("bed_change")
    op.drop_table("compound")
    op.drop_column("area", "wing")
