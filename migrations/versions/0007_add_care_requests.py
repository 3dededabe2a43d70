"""Add care requests."""

import sqlalchemy as sa
from alembic import op

revision = "0007_add_care_requests"
down_revision = "0006_add_visits"


def upgrade() -> None:
    op.create_table(
        "care_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("window_from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carers_needed", sa.Integer(), nullable=False),
        sa.Column("pairing", sa.String(), nullable=True),
        sa.Column("carer_sex", sa.String(), nullable=True),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_before_hold", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("carer_sex IN ('female', 'male')", name=op.f("ck_care_request_carer_sex")),
        sa.CheckConstraint(
            "channel IN ('app', 'phone', 'counter', 'worker', 'visit', 'sos')", name=op.f("ck_care_request_channel")
        ),
        sa.CheckConstraint("pairing IN ('simultaneous', 'sequential')", name=op.f("ck_care_request_pairing")),
        sa.CheckConstraint("period IN ('morning', 'noon', 'evening')", name=op.f("ck_care_request_period")),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold', 'completed', 'failed', 'unmatched', 'canceled', 'voided')",
            name=op.f("ck_care_request_status"),
        ),
        sa.CheckConstraint(
            "status_before_hold IN ('draft', 'submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold', 'completed', 'failed', 'unmatched', 'canceled', 'voided')",
            name=op.f("ck_care_request_status_before_hold"),
        ),
        sa.CheckConstraint(
            "urgency IN ('emergency', 'urgent', 'soon', 'routine')", name=op.f("ck_care_request_urgency")
        ),
        sa.CheckConstraint("carers_needed IN (0, 1, 2)", name=op.f("ck_care_request_carers_needed")),
        sa.CheckConstraint("window_from_at < window_to_at", name=op.f("ck_care_request_window")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_care_request_area_code_area")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_care_request_elder_id_elder")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_care_request_requested_by_account")),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"],
            ["service_at_site.id"],
            name=op.f("fk_care_request_service_at_site_id_service_at_site"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_request")),
    )
    with op.batch_alter_table("care_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_request_area_code"), ["area_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_care_request_service_at_site_id"), ["service_at_site_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_care_request_status_window_from_at"), ["status", "window_from_at"], unique=False
        )
        batch_op.create_index(
            "ux_care_request_open",
            ["elder_id", "service_code", "service_on", "period"],
            unique=True,
            sqlite_where=sa.text(
                "status IN ('draft', 'submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold')"
            ),
            postgresql_where=sa.text(
                "status IN ('draft', 'submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold')"
            ),
        )

    op.create_table(
        "care_request_visit",
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("slot_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["care_request_id"], ["care_request.id"], name=op.f("fk_care_request_visit_care_request_id_care_request")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_care_request_visit_visit_id_visit")),
        sa.PrimaryKeyConstraint("care_request_id", "visit_id", name=op.f("pk_care_request_visit")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_care_request_visit_visit_id")),
    )


def downgrade() -> None:
    op.drop_table("care_request_visit")
    with op.batch_alter_table("care_request", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_care_request_open",
            sqlite_where=sa.text(
                "status IN ('draft', 'submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold')"
            ),
            postgresql_where=sa.text(
                "status IN ('draft', 'submitted', 'offered', 'accepted', 'scheduled', 'in_progress', 'on_hold')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_care_request_status_window_from_at"))
        batch_op.drop_index(batch_op.f("ix_care_request_service_at_site_id"))
        batch_op.drop_index(batch_op.f("ix_care_request_area_code"))

    op.drop_table("care_request")
