"""The clocks of care requests, and the log of unmet demand with what the journal knows of it already."""

from datetime import date, timedelta
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0051_add_request_clocks"
down_revision = "0050_add_webhooks"

KINDS = {"care_request.unmatched": "unmatched", "care_request.failed": "failed"}
WRITTEN_AT_ONCE = 1_000


def upgrade() -> None:
    op.create_table(
        "care_request_clock",
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("turn_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("running_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_us", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("clock IN ('accept', 'start')", name=op.f("ck_care_request_clock_clock")),
        sa.CheckConstraint("state IN ('running', 'held', 'met', 'dropped')", name=op.f("ck_care_request_clock_state")),
        sa.CheckConstraint("hours IN ('always', 'by_day')", name=op.f("ck_care_request_clock_hours")),
        sa.CheckConstraint("turn_no >= 1", name=op.f("ck_care_request_clock_turn_no")),
        sa.CheckConstraint("limit_s > 0", name=op.f("ck_care_request_clock_limit_s")),
        sa.CheckConstraint("counted_us >= 0", name=op.f("ck_care_request_clock_counted_us")),
        sa.CheckConstraint("running_from_at IS NULL OR state = 'running'", name=op.f("ck_care_request_clock_running")),
        sa.CheckConstraint("stopped_at IS NULL OR state <> 'running'", name=op.f("ck_care_request_clock_stopped")),
        sa.ForeignKeyConstraint(
            ["care_request_id"], ["care_request.id"], name=op.f("fk_care_request_clock_care_request_id_care_request")
        ),
        sa.PrimaryKeyConstraint("care_request_id", "clock", "turn_no", name=op.f("pk_care_request_clock")),
    )
    op.create_index(op.f("ix_care_request_clock_due_at"), "care_request_clock", ["due_at"])
    log = op.create_table(
        "unmet_demand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('unmatched', 'declined', 'expired', 'failed')", name=op.f("ck_unmet_demand_kind")),
        sa.CheckConstraint(
            "(kind IN ('declined', 'expired')) = (offer_id IS NOT NULL)", name=op.f("ck_unmet_demand_of_offer")
        ),
        sa.ForeignKeyConstraint(
            ["care_request_id"], ["care_request.id"], name=op.f("fk_unmet_demand_care_request_id_care_request")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_unmet_demand_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_demand")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_unmet_demand_offer_id")),
    )
    op.create_index(op.f("ix_unmet_demand_care_request_id_at"), "unmet_demand", ["care_request_id", "at"])
    op.create_index(
        op.f("ix_unmet_demand_service_on_service_code_area_code"),
        "unmet_demand",
        ["service_on", "service_code", "area_code"],
    )
    _fill(log)


def _fill(log: sa.Table) -> None:
    """Write down what the journal knows: every time that a request found nobody or failed, with the reason given."""
    connection = op.get_bind()
    when = sa.DateTime(timezone=True)
    entry = sa.table(
        "journal_entry",
        sa.column("seq"),
        sa.column("kind"),
        sa.column("at", when),
        sa.column("subject_id"),
        sa.column("reason"),
    )
    request = sa.table(
        "care_request",
        sa.column("id", sa.Uuid()),
        sa.column("area_code"),
        sa.column("service_code"),
        sa.column("service_on", sa.Date()),
    )
    asked = {str(row.id): row for row in connection.execute(sa.select(request))}
    happened = sa.select(entry).where(entry.c.kind.in_(sorted(KINDS))).order_by(entry.c.seq)
    rows = []
    for line in connection.execute(happened).all():
        found = asked.get(line.subject_id)
        if found is not None:
            on: date = found.service_on
            rows.append(
                {
                    "id": uuid4(),
                    "care_request_id": found.id,
                    "area_code": found.area_code,
                    "service_code": found.service_code,
                    "service_on": on,
                    "week_on": on - timedelta(days=on.weekday()),
                    "kind": KINDS[line.kind],
                    "reasons": line.reason or "",
                    "at": line.at,
                }
            )
    for first in range(0, len(rows), WRITTEN_AT_ONCE):
        connection.execute(sa.insert(log), rows[first : first + WRITTEN_AT_ONCE])


def downgrade() -> None:
    op.drop_table("unmet_demand")
    op.drop_table("care_request_clock")
