"""Starts of visits, services given at a site, confirmations, disputes; moves of a request are numbered."""

import sqlalchemy as sa
from alembic import op

revision = "0049_add_proof_of_service"
down_revision = "0048_add_phone_desk"


def _references(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{each}_id"], [f"{each}.id"], name=op.f(f"fk_{table}_{each}_id_{each}"))
        for each in columns
    ]


def upgrade() -> None:
    op.add_column("care_request", sa.Column("move_no", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "visit_start",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        *_references("visit_start", "visit", "elder", "carer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_start")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_visit_start_visit_id")),
    )
    op.create_index(op.f("ix_visit_start_elder_id"), "visit_start", ["elder_id"])
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finish_device_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finish_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('done', 'done_partly', 'not_home', 'refused_at_door', 'moved_found', 'died_found', 'in_hospital_found', 'emergency_found')",
            name=op.f("ck_attendance_outcome"),
        ),
        sa.CheckConstraint("started_at <= finished_at", name=op.f("ck_attendance_span")),
        sa.CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name=op.f("ck_attendance_end")),
        *_references("attendance", "care_request", "elder", "service_at_site"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("care_request_id", name=op.f("uq_attendance_care_request_id")),
    )
    op.create_index(op.f("ix_attendance_elder_id"), "attendance", ["elder_id"])
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("confirmed_by IN ('person', 'silence')", name=op.f("ck_confirmation_confirmed_by")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_confirmation_rating")),
        *_references("confirmation", "care_request", "elder"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("care_request_id", name=op.f("uq_confirmation_care_request_id")),
    )
    op.create_index(op.f("ix_confirmation_elder_id"), "confirmation", ["elder_id"])
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('not_served', 'partly_served', 'other_time', 'other_carer', 'wrong_amount', 'poor_quality', 'conduct', 'damage')",
            name=op.f("ck_dispute_reason"),
        ),
        sa.CheckConstraint("outcome IN ('upheld', 'rejected')", name=op.f("ck_dispute_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name=op.f("ck_dispute_closing")),
        *_references("dispute", "care_request", "elder"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("care_request_id", name=op.f("uq_dispute_care_request_id")),
    )
    op.create_index(op.f("ix_dispute_elder_id"), "dispute", ["elder_id"])


def downgrade() -> None:
    for table in ("dispute", "confirmation", "attendance", "visit_start"):
        op.drop_table(table)
    op.drop_column("care_request", "move_no")
