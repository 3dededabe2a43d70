"""Add elders, carers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_add_elders_and_carers"
down_revision = "0004_add_accounts"


def upgrade() -> None:
    op.create_table(
        "category_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_key", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "members",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('adopted', 'draft')", name=op.f("ck_category_set_status")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_category_set_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_set")),
        sa.UniqueConstraint(
            "area_code",
            "purpose",
            "status",
            "valid_from",
            name=op.f("uq_category_set_area_code_purpose_status_valid_from"),
        ),
    )
    op.create_table(
        "elder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("registered_area_code", sa.String(), nullable=True),
        sa.Column("has_lift_access", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("sex IN ('female', 'male')", name=op.f("ck_elder_sex")),
        sa.ForeignKeyConstraint(
            ["registered_area_code"], ["area.code"], name=op.f("fk_elder_registered_area_code_area")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elder")),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "grade IN ('intact', 'mild', 'moderate', 'severe', 'complete')", name=op.f("ck_assessment_grade")
        ),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_assessment_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_elder_id"), ["elder_id"], unique=False)

    op.create_table(
        "carer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("base_lon", sa.Double(), nullable=True),
        sa.Column("base_lat", sa.Double(), nullable=True),
        sa.Column("base_site_id", sa.Uuid(), nullable=True),
        sa.Column("travel_mode", sa.String(), nullable=False),
        sa.Column("day_limit_min", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("sex IN ('female', 'male')", name=op.f("ck_carer_sex")),
        sa.CheckConstraint("status IN ('active', 'left')", name=op.f("ck_carer_status")),
        sa.CheckConstraint("travel_mode IN ('walk', 'ebike')", name=op.f("ck_carer_travel_mode")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_carer_account_id_account")),
        sa.ForeignKeyConstraint(["base_site_id"], ["site.id"], name=op.f("fk_carer_base_site_id_site")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_carer_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carer")),
        sa.UniqueConstraint("account_id", name=op.f("uq_carer_account_id")),
    )
    with op.batch_alter_table("carer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carer_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_membership_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "elder_id", "category", "valid_from", name=op.f("uq_membership_elder_id_category_valid_from")
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_category_valid_from"), ["category", "valid_from"], unique=False)

    op.create_table(
        "residence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("located_by", sa.String(), nullable=True),
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
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('main', 'second')", name=op.f("ck_residence_kind")),
        sa.CheckConstraint("located_by IN ('door', 'address', 'map')", name=op.f("ck_residence_located_by")),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_residence_point_whole")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_residence_area_code_area")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_residence_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residence")),
        sa.UniqueConstraint("elder_id", "kind", "valid_from", name=op.f("uq_residence_elder_id_kind_valid_from")),
    )
    with op.batch_alter_table("residence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_residence_area_code"), ["area_code"], unique=False)

    op.create_table(
        "qualification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_qualification_carer_id_carer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sa.UniqueConstraint("carer_id", "skill", "valid_from", name=op.f("uq_qualification_carer_id_skill_valid_from")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("to_time", sa.Time(), nullable=False),
        sa.Column("break_min", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_time < to_time", name=op.f("ck_shift_span")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_shift_weekday")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_shift_carer_id_carer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_carer_id"), ["carer_id"], unique=False)

    op.create_table(
        "shift_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("to_time", sa.Time(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'extra') = (from_time IS NOT NULL AND to_time IS NOT NULL)", name=op.f("ck_shift_exception_hours")
        ),
        sa.CheckConstraint("kind IN ('off', 'sick', 'extra')", name=op.f("ck_shift_exception_kind")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_shift_exception_carer_id_carer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_exception")),
        sa.UniqueConstraint("carer_id", "on_date", "kind", name=op.f("uq_shift_exception_carer_id_on_date_kind")),
    )


def downgrade() -> None:
    op.drop_table("shift_exception")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_carer_id"))

    op.drop_table("shift")
    op.drop_table("qualification")
    with op.batch_alter_table("residence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_residence_area_code"))

    op.drop_table("residence")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_category_valid_from"))

    op.drop_table("membership")
    with op.batch_alter_table("carer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carer_organization_id"))

    op.drop_table("carer")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_elder_id"))

    op.drop_table("assessment")
    op.drop_table("elder")
    op.drop_table("category_set")
