"""Add visits, logs and caseloads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_add_visits"
down_revision = "0005_add_elders_and_carers"


def upgrade() -> None:
    op.create_table(
        "caseload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_caseload_carer_id_carer")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_caseload_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload")),
        sa.UniqueConstraint("elder_id", "valid_from", name=op.f("uq_caseload_elder_id_valid_from")),
    )
    with op.batch_alter_table("caseload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_caseload_carer_id"), ["carer_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("window_from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visit_min", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carer_id", sa.Uuid(), nullable=True),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("slot_no", sa.Integer(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'done_partly', 'not_home', 'refused_at_door', 'moved_found', 'died_found', 'in_hospital_found', 'emergency_found')",
            name=op.f("ck_visit_outcome"),
        ),
        sa.CheckConstraint("purpose IN ('outreach', 'service')", name=op.f("ck_visit_purpose")),
        sa.CheckConstraint(
            "status IN ('planned', 'assigned', 'published', 'started', 'finished', 'canceled', 'missed')",
            name=op.f("ck_visit_status"),
        ),
        sa.CheckConstraint("slot_no IN (1, 2)", name=op.f("ck_visit_slot_no")),
        sa.CheckConstraint("window_from_at < window_to_at", name=op.f("ck_visit_window")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_visit_carer_id_carer")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_visit_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_carer_id_window_from_at"), ["carer_id", "window_from_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_elder_id_window_from_at"), ["elder_id", "window_from_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_visit_pair_id"), ["pair_id"], unique=False)

    op.create_table(
        "visit_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fix_lon", sa.Double(), nullable=True),
        sa.Column("fix_lat", sa.Double(), nullable=True),
        sa.Column("fix_accuracy_m", sa.Double(), nullable=True),
        sa.Column("checklist_version", sa.String(), nullable=True),
        sa.Column(
            "answers",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=True,
        ),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.CheckConstraint(
            "mode IN ('door', 'site_meeting', 'phone_call', 'video', 'third_party')", name=op.f("ck_visit_log_mode")
        ),
        sa.CheckConstraint(
            "outcome IN ('done', 'done_partly', 'not_home', 'refused_at_door', 'moved_found', 'died_found', 'in_hospital_found', 'emergency_found')",
            name=op.f("ck_visit_log_outcome"),
        ),
        sa.CheckConstraint("place IN ('home', 'site', 'other')", name=op.f("ck_visit_log_place")),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'flagged', 'needs_review', 'upheld', 'rejected')",
            name=op.f("ck_visit_log_verdict"),
        ),
        sa.CheckConstraint("started_at <= finished_at", name=op.f("ck_visit_log_span")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_visit_log_carer_id_carer")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_visit_log_elder_id_elder")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_log_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_log")),
    )
    with op.batch_alter_table("visit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_log_carer_id_started_at"), ["carer_id", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_log_elder_id_started_at"), ["elder_id", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_log_started_at"), ["started_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("visit_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_log_started_at"))
        batch_op.drop_index(batch_op.f("ix_visit_log_elder_id_started_at"))
        batch_op.drop_index(batch_op.f("ix_visit_log_carer_id_started_at"))

    op.drop_table("visit_log")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_pair_id"))
        batch_op.drop_index(batch_op.f("ix_visit_elder_id_window_from_at"))
        batch_op.drop_index(batch_op.f("ix_visit_carer_id_window_from_at"))

    op.drop_table("visit")
    with op.batch_alter_table("caseload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_caseload_carer_id"))

    op.drop_table("caseload")
