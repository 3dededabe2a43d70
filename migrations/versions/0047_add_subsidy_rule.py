"""Subsidy rules: what is paid for which service, to whom, from when to when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047_add_subsidy_rule"
down_revision = "0046_add_offers"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
STANDS = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "subsidy_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("weekly_limit", sa.Integer(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("categories", JSON, nullable=True),
        sa.Column("grades", JSON, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('adopted', 'draft')", name=op.f("ck_subsidy_rule_status")),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_subsidy_rule_amount")),
        sa.CheckConstraint("weekly_limit >= 1", name=op.f("ck_subsidy_rule_weekly_limit")),
        sa.CheckConstraint("minimum_age >= 0", name=op.f("ck_subsidy_rule_minimum_age")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_subsidy_rule_span")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_subsidy_rule_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_rule")),
    )
    op.create_index(
        "uq_subsidy_rule_area_code_rule_version_service_code_now",
        "subsidy_rule",
        ["area_code", "rule_version", "service_code"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_table("subsidy_rule")
