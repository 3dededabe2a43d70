"""Care series: repeated requests, their pauses and exceptions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045_add_care_series"
down_revision = "0044_add_supervisor_task"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "care_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("to_time", sa.Time(), nullable=False),
        sa.Column("carers_needed", sa.Integer(), nullable=True),
        sa.Column("pairing", sa.String(), nullable=True),
        sa.Column("carer_sex", sa.String(), nullable=True),
        sa.Column("rrule", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'ended')", name=op.f("ck_care_series_status")),
        sa.CheckConstraint(
            "channel IN ('app', 'phone', 'counter', 'worker', 'visit', 'sos')", name=op.f("ck_care_series_channel")
        ),
        sa.CheckConstraint(
            "urgency IN ('emergency', 'urgent', 'soon', 'routine')", name=op.f("ck_care_series_urgency")
        ),
        sa.CheckConstraint("pairing IN ('simultaneous', 'sequential')", name=op.f("ck_care_series_pairing")),
        sa.CheckConstraint(
            "end_reason IN ('not_needed', 'served_elsewhere', 'entered_wrongly', 'died', 'run_out')",
            name=op.f("ck_care_series_end_reason"),
        ),
        sa.CheckConstraint("carer_sex IN ('female', 'male')", name=op.f("ck_care_series_carer_sex")),
        sa.CheckConstraint("from_time < to_time", name=op.f("ck_care_series_window")),
        sa.CheckConstraint("carers_needed IN (1, 2)", name=op.f("ck_care_series_carers_needed")),
        sa.CheckConstraint("(status = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_care_series_ended")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_care_series_area_code_area")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_care_series_elder_id_elder")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_care_series_requested_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_series")),
    )
    op.create_index(op.f("ix_care_series_elder_id"), "care_series", ["elder_id"])
    op.create_index(op.f("ix_care_series_area_code"), "care_series", ["area_code"])
    op.create_table(
        "series_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("hold_reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "hold_reason IN ('in_hospital', 'away', 'waiting_family', 'waiting_document', 'moved_out', 'admitted')",
            name=op.f("ck_series_pause_hold_reason"),
        ),
        sa.CheckConstraint("to_on IS NULL OR from_on <= to_on", name=op.f("ck_series_pause_span")),
        sa.ForeignKeyConstraint(["series_id"], ["care_series.id"], name=op.f("fk_series_pause_series_id_care_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_pause")),
    )
    op.create_index(op.f("ix_series_pause_series_id"), "series_pause", ["series_id"])
    op.create_table(
        "series_exception",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("moved_to_on", sa.Date(), nullable=True),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("to_time", sa.Time(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('skip', 'move')", name=op.f("ck_series_exception_kind")),
        sa.CheckConstraint("(from_time IS NULL) = (to_time IS NULL)", name=op.f("ck_series_exception_times_whole")),
        sa.CheckConstraint("from_time IS NULL OR from_time < to_time", name=op.f("ck_series_exception_window")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["care_series.id"], name=op.f("fk_series_exception_series_id_care_series")
        ),
        sa.PrimaryKeyConstraint("series_id", "on_date", name=op.f("pk_series_exception")),
    )
    with op.batch_alter_table("care_request") as batch_op:
        batch_op.add_column(sa.Column("series_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("series_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_care_request_series_id_care_series"), "care_series", ["series_id"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_care_request_series_id_series_on"), ["series_id", "series_on"])
        batch_op.create_check_constraint(
            op.f("ck_care_request_series_whole"), "series_on IS NULL OR series_id IS NOT NULL"
        )
    op.create_table(
        "series_obstacle",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("blocked_by", sa.Uuid(), nullable=True),
        sa.Column("words", JSON, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_by"], ["care_request.id"], name=op.f("fk_series_obstacle_blocked_by_care_request")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["care_series.id"], name=op.f("fk_series_obstacle_series_id_care_series")
        ),
        sa.PrimaryKeyConstraint("series_id", "on_date", name=op.f("pk_series_obstacle")),
    )


def downgrade() -> None:
    op.drop_table("series_obstacle")
    with op.batch_alter_table("care_request") as batch_op:
        batch_op.drop_constraint(op.f("ck_care_request_series_whole"), type_="check")
        batch_op.drop_constraint(op.f("uq_care_request_series_id_series_on"), type_="unique")
        batch_op.drop_constraint(op.f("fk_care_request_series_id_care_series"), type_="foreignkey")
        batch_op.drop_column("series_on")
        batch_op.drop_column("series_id")
    op.drop_table("series_exception")
    op.drop_table("series_pause")
    op.drop_table("care_series")
