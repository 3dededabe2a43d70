"""Add areas with other names and rules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_add_areas"
down_revision = "0001_add_journal"


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("village_class", sa.String(), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column(
            "boundary_ll",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("residents_60plus", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("is_made_up", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("level IN ('city', 'district', 'subdistrict', 'community')", name=op.f("ck_area_level")),
        sa.CheckConstraint("settlement IN ('urban', 'rural')", name=op.f("ck_area_settlement")),
        sa.ForeignKeyConstraint(["parent_code"], ["area.code"], name=op.f("fk_area_parent_code_area")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "area_alias",
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_area_alias_area_code_area")),
        sa.PrimaryKeyConstraint("area_code", "name", name=op.f("pk_area_alias")),
    )
    op.create_table(
        "area_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("rule_key", sa.String(), nullable=False),
        sa.Column(
            "value",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('adopted', 'draft')", name=op.f("ck_area_rule_status")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_area_rule_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_rule")),
        sa.UniqueConstraint(
            "area_code",
            "rule_key",
            "status",
            "valid_from",
            name=op.f("uq_area_rule_area_code_rule_key_status_valid_from"),
        ),
    )


def downgrade() -> None:
    op.drop_table("area_rule")
    op.drop_table("area_alias")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_parent_code"))

    op.drop_table("area")
