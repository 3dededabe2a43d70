"""What is corrected is superseded; needs, absences, consents, risk, contacts, events, scores of assessments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_add_elder_history"
down_revision = "0015_add_calendar_days"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
STANDS = sa.text("superseded_at IS NULL")
# table: what no two of its rows that stand may share
CORRECTED = {
    "residence": ["elder_id", "kind", "valid_from"],
    "membership": ["elder_id", "category", "valid_from"],
    "category_set": ["area_code", "purpose", "status", "valid_from"],
    "caseload": ["elder_id", "valid_from"],
}
WHOLE_SPAN = "valid_to IS NULL OR valid_from < valid_to"


def _now(table: str, columns: list[str]) -> None:
    op.create_index(
        f"uq_{table}_{'_'.join(columns)}_now",
        table,
        columns,
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def _dated(table: str, *columns: sa.Column, checks: dict[str, str], keys: list[str]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}")) for name, text in checks.items()),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f(f"fk_{table}_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _now(table, keys)


def upgrade() -> None:
    for table, columns in CORRECTED.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
            batch_op.drop_constraint(batch_op.f(f"uq_{table}_{'_'.join(columns)}"), type_="unique")
        _now(table, columns)

    with op.batch_alter_table("assessment") as batch_op:
        batch_op.add_column(sa.Column("item_scores", JSON, nullable=True))
        batch_op.add_column(sa.Column("total", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("adjusted_for", JSON, nullable=True))
        batch_op.add_column(sa.Column("assessor", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
    # nobody wrote down when these were recorded: they are taken to have been known on the day they were made
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("UPDATE assessment SET recorded_at = assessed_on::timestamp AT TIME ZONE 'UTC'"))
    else:
        connection.execute(sa.text("UPDATE assessment SET recorded_at = assessed_on || ' 00:00:00.000000'"))
    with op.batch_alter_table("assessment") as batch_op:
        batch_op.alter_column("recorded_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_check_constraint(batch_op.f("ck_assessment_total"), "total BETWEEN 0 AND 90")

    _dated(
        "need",
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("per_month", sa.Integer(), nullable=True),
        checks={"span": WHOLE_SPAN, "per_month": "per_month >= 1"},
        keys=["elder_id", "service_code", "valid_from"],
    )
    _dated(
        "absence",
        sa.Column("kind", sa.String(), nullable=False),
        checks={"span": WHOLE_SPAN, "kind": "kind IN ('hospital', 'family', 'travel')"},
        keys=["elder_id", "valid_from"],
    )
    _dated(
        "consent",
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        checks={
            "span": WHOLE_SPAN,
            "purpose": "purpose IN ('register', 'health', 'device', 'photo', 'share', 'visits')",
            "state": "state IN ('granted', 'refused', 'withdrawn')",
            "channel": "channel IN ('app', 'phone', 'counter', 'worker', 'visit')",
        },
        keys=["elder_id", "purpose", "valid_from"],
    )
    _dated(
        "risk_level",
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        checks={"span": WHOLE_SPAN, "level": "level IN ('high', 'key', 'general')"},
        keys=["elder_id", "valid_from"],
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("ladder_order", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "relation IN ('spouse', 'child', 'grandchild', 'sibling', 'guardian', 'neighbor', 'other')",
            name=op.f("ck_contact_relation"),
        ),
        sa.CheckConstraint("ladder_order >= 1", name=op.f("ck_contact_ladder_order")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_contact_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_elder_id"), "contact", ["elder_id"])
    op.create_table(
        "elder_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("to_area_code", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('died', 'moved_out', 'admitted', 'left_institution', 'grave_change')",
            name=op.f("ck_elder_event_kind"),
        ),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_elder_event_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elder_event")),
        sa.UniqueConstraint("elder_id", "kind", "on_date", name=op.f("uq_elder_event_elder_id_kind_on_date")),
    )


def downgrade() -> None:
    for table in ("elder_event", "contact", "risk_level", "consent", "absence", "need"):
        op.drop_table(table)
    with op.batch_alter_table("assessment") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_assessment_total"), type_="check")
        for name in ("superseded_at", "recorded_at", "assessor", "adjusted_for", "total", "item_scores"):
            batch_op.drop_column(name)
    for table, columns in CORRECTED.items():
        rows = sa.table(table, sa.column("superseded_at"))
        op.execute(sa.delete(rows).where(rows.c.superseded_at.is_not(None)))
        op.drop_index(f"uq_{table}_{'_'.join(columns)}_now", table_name=table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("superseded_at")
            batch_op.create_unique_constraint(batch_op.f(f"uq_{table}_{'_'.join(columns)}"), columns)
