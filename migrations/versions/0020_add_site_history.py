"""Prices and stages are superseded, not overwritten; operations, functions, agreements of sites; planned places."""

import sqlalchemy as sa
from alembic import op

revision = "0020_add_site_history"
down_revision = "0019_add_jobs"

STANDS = sa.text("superseded_at IS NULL")


def _now(table: str, columns: list[str], name: str = "") -> None:
    op.create_index(
        f"uq_{table}_{name or '_'.join(columns)}_now",
        table,
        columns,
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def _dated(
    table: str, *columns: sa.Column | sa.CheckConstraint | sa.ForeignKeyConstraint, key: list[str], name: str = ""
) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{table}_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _now(table, key, name)


def _organization(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["organization.id"], name=op.f(f"fk_{table}_{column}_organization"))


def upgrade() -> None:
    with op.batch_alter_table("site_status") as batch_op:
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_site_status_site_id_valid_from"), type_="unique")
    _now("site_status", ["site_id", "valid_from"])
    op.add_column("price", sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
    _now("price", ["service_at_site_id", "valid_from"])
    op.add_column("capacity_slot", sa.Column("is_planned", sa.Boolean(), nullable=False, server_default=sa.false()))
    _dated(
        "site_operation",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("operator_kind", sa.String(), nullable=False),
        sa.Column("founder_kind", sa.String(), nullable=False),
        sa.Column("run_mode", sa.String(), nullable=False),
        _organization("site_operation", "organization_id"),
        key=["site_id", "valid_from"],
    )
    op.create_index(op.f("ix_site_operation_organization_id"), "site_operation", ["organization_id"])
    _dated(
        "site_function",
        sa.Column("function", sa.String(), nullable=False),
        key=["site_id", "function", "valid_from"],
    )
    _dated(
        "agreement",
        sa.Column("partner_organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('medical_contract', 'commerce_link', 'ltci_designated')", name=op.f("ck_agreement_kind")
        ),
        _organization("agreement", "partner_organization_id"),
        key=["site_id", "kind", "partner_organization_id", "valid_from"],
        name="parties_valid_from",
    )
    op.create_index(op.f("ix_agreement_partner_organization_id"), "agreement", ["partner_organization_id"])


def downgrade() -> None:
    for table in ("agreement", "site_function", "site_operation"):
        op.drop_table(table)
    op.drop_column("capacity_slot", "is_planned")
    for table, columns in (("price", ["service_at_site_id", "valid_from"]), ("site_status", ["site_id", "valid_from"])):
        rows = sa.table(table, sa.column("superseded_at"))
        op.execute(sa.delete(rows).where(rows.c.superseded_at.is_not(None)))
        op.drop_index(f"uq_{table}_{'_'.join(columns)}_now", table_name=table)
        op.drop_column(table, "superseded_at")
    with op.batch_alter_table("site_status") as batch_op:
        batch_op.create_unique_constraint(batch_op.f("uq_site_status_site_id_valid_from"), ["site_id", "valid_from"])
