"""Quotes, the one that a request was asked with, and drafts that stand in nobody's way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053_add_quote"
down_revision = "0052_add_notices"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ASKED = "('submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold')"
OPEN = "('draft', 'submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold')"
SUMS = (
    "(gross_cents IS NULL AND subsidy_cents IS NULL AND own_share_cents IS NULL AND reason IS NOT NULL)"
    " OR (reason IS NULL AND gross_cents = subsidy_cents + own_share_cents)"
)


def upgrade() -> None:
    op.create_table(
        "quote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("gross_cents", sa.Integer(), nullable=True),
        sa.Column("subsidy_cents", sa.Integer(), nullable=True),
        sa.Column("own_share_cents", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("rule_version_ids", JSON, nullable=False),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("basis IN ('provider', 'area_reference', 'none')", name=op.f("ck_quote_basis")),
        sa.CheckConstraint("reason IN ('not_stated', 'by_month')", name=op.f("ck_quote_reason")),
        sa.CheckConstraint(
            "gross_cents >= 0 AND subsidy_cents >= 0 AND own_share_cents >= 0", name=op.f("ck_quote_amounts")
        ),
        sa.CheckConstraint(SUMS, name=op.f("ck_quote_sum")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_quote_area_code_area")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_quote_elder_id_elder")),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"], ["service_at_site.id"], name=op.f("fk_quote_service_at_site_id_service_at_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
    )
    op.create_index(op.f("ix_quote_elder_id"), "quote", ["elder_id"])
    op.create_index(op.f("ix_quote_service_at_site_id"), "quote", ["service_at_site_id"])
    with op.batch_alter_table("care_request") as batch:
        batch.add_column(sa.Column("quote_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_care_request_quote_id_quote"), "quote", ["quote_id"], ["id"])
        batch.create_index(op.f("ix_care_request_quote_id"), ["quote_id"])
    _replace_index(ASKED)


def downgrade() -> None:
    # a draft could stand beside what it drafts, which the older index refuses
    op.execute("UPDATE care_request SET status = 'canceled' WHERE status = 'draft'")
    _replace_index(OPEN)
    with op.batch_alter_table("care_request") as batch:
        batch.drop_index(op.f("ix_care_request_quote_id"))
        batch.drop_constraint(op.f("fk_care_request_quote_id_quote"), type_="foreignkey")
        batch.drop_column("quote_id")
    op.drop_table("quote")


def _replace_index(states: str) -> None:
    op.drop_index("ux_care_request_open", table_name="care_request")
    where = sa.text(f"status IN {states}")
    op.create_index(
        "ux_care_request_open",
        "care_request",
        ["elder_id", "service_code", "service_on", "period"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
