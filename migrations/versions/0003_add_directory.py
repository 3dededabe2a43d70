"""Add codes, organizations, sites, services and offers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_add_directory"
down_revision = "0002_add_areas"


def upgrade() -> None:
    op.create_table(
        "code",
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_zh", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("source_file", sa.String(), nullable=True),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("list_name", "code", name=op.f("pk_code")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("operator_kind", sa.String(), nullable=False),
        sa.Column("parent_organization_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_parent_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_organization_source_source_ref")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("visit_min", sa.Integer(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column(
            "categories",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column(
            "grades",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column("registration_prefix", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("delivery IN ('site', 'home', 'remote')", name=op.f("ck_service_delivery")),
        sa.CheckConstraint(
            "status IN ('active', 'inactive', 'defunct', 'temporarily closed')", name=op.f("ck_service_status")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_service_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("organization_id", "source_ref", name=op.f("uq_service_organization_id_source_ref")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("facility_type", sa.String(), nullable=False),
        sa.Column("institution_class", sa.String(), nullable=True),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("source_crs", sa.String(), nullable=True),
        sa.Column(
            "source_raw",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("floor_area_m2", sa.Double(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_site_point_whole")),
        sa.CheckConstraint("lon IS NULL OR lon <> 0 OR lat <> 0", name=op.f("ck_site_point_not_zero")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_site_area_code_area")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_site_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_site_source_source_ref")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_area_code"), ["area_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_lon_lat"), ["lon", "lat"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("from_at < to_at", name=op.f("ck_closure_span")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_closure_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_site_id"), ["site_id"], unique=False)

    op.create_table(
        "service_at_site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_at_site_service_id_service")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_service_at_site_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_at_site")),
        sa.UniqueConstraint("service_id", "site_id", name=op.f("uq_service_at_site_service_id_site_id")),
    )
    with op.batch_alter_table("service_at_site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_at_site_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_status",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('planned', 'under_construction', 'open', 'suspended', 'closed')",
            name=op.f("ck_site_status_stage"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_status_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_status")),
        sa.UniqueConstraint("site_id", "valid_from", name=op.f("uq_site_status_site_id_valid_from")),
    )
    op.create_table(
        "capacity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("bed_type", sa.String(), nullable=True),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit IN ('bed', 'place', 'meal', 'visit')", name=op.f("ck_capacity_unit")),
        sa.CheckConstraint("0 <= available AND available <= maximum", name=op.f("ck_capacity_available")),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"], ["service_at_site.id"], name=op.f("fk_capacity_service_at_site_id_service_at_site")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_capacity_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity")),
    )
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_capacity_service_at_site_id"), ["service_at_site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_capacity_site_id"), ["site_id"], unique=False)

    op.create_table(
        "capacity_slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("period IN ('morning', 'noon', 'evening')", name=op.f("ck_capacity_slot_period")),
        sa.CheckConstraint("0 <= taken AND taken <= maximum", name=op.f("ck_capacity_slot_taken")),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"],
            ["service_at_site.id"],
            name=op.f("fk_capacity_slot_service_at_site_id_service_at_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_slot")),
        sa.UniqueConstraint(
            "service_at_site_id",
            "service_on",
            "period",
            name=op.f("uq_capacity_slot_service_at_site_id_service_on_period"),
        ),
    )
    op.create_table(
        "catchment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=True),
        sa.Column(
            "extent_ll",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column("limit_min", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(area_code IS NULL) <> (extent_ll IS NULL)", name=op.f("ck_catchment_one_kind")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_catchment_area_code_area")),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"], ["service_at_site.id"], name=op.f("fk_catchment_service_at_site_id_service_at_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catchment")),
    )
    with op.batch_alter_table("catchment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catchment_service_at_site_id"), ["service_at_site_id"], unique=False)

    op.create_table(
        "offer_cell",
        sa.Column("service_at_site_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"],
            ["service_at_site.id"],
            name=op.f("fk_offer_cell_service_at_site_id_service_at_site"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_offer_cell_site_id_site")),
        sa.PrimaryKeyConstraint("service_at_site_id", name=op.f("pk_offer_cell")),
    )
    with op.batch_alter_table("offer_cell", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_cell_service_code_cell"), ["service_code", "cell"], unique=False)
        batch_op.create_index(batch_op.f("ix_offer_cell_site_id"), ["site_id"], unique=False)

    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=True),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"],
            ["service_at_site.id"],
            name=op.f("fk_opening_hours_service_at_site_id_service_at_site"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_opening_hours_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    with op.batch_alter_table("opening_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opening_hours_site_id"), ["site_id"], unique=False)

    op.create_table(
        "price",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit IN ('meal', 'visit', 'hour', 'month')", name=op.f("ck_price_unit")),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_price_amount")),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"], ["service_at_site.id"], name=op.f("fk_price_service_at_site_id_service_at_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_service_at_site_id"), ["service_at_site_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_service_at_site_id"))

    op.drop_table("price")
    with op.batch_alter_table("opening_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opening_hours_site_id"))

    op.drop_table("opening_hours")
    with op.batch_alter_table("offer_cell", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offer_cell_site_id"))
        batch_op.drop_index(batch_op.f("ix_offer_cell_service_code_cell"))

    op.drop_table("offer_cell")
    with op.batch_alter_table("catchment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catchment_service_at_site_id"))

    op.drop_table("catchment")
    op.drop_table("capacity_slot")
    with op.batch_alter_table("capacity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_capacity_site_id"))
        batch_op.drop_index(batch_op.f("ix_capacity_service_at_site_id"))

    op.drop_table("capacity")
    op.drop_table("site_status")
    with op.batch_alter_table("service_at_site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_at_site_site_id"))

    op.drop_table("service_at_site")
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closure_site_id"))

    op.drop_table("closure")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_organization_id"))
        batch_op.drop_index(batch_op.f("ix_site_lon_lat"))
        batch_op.drop_index(batch_op.f("ix_site_area_code"))

    op.drop_table("site")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_organization_id"))

    op.drop_table("service")
    op.drop_table("organization")
    op.drop_table("code")
