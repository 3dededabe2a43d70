"""Offers of requests to providers."""

import sqlalchemy as sa
from alembic import op

revision = "0046_add_offers"
down_revision = "0045_add_care_series"

OPEN = sa.text("status = 'open'")
ASKED = sa.text("status <> 'withdrawn'")


def upgrade() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("service_at_site_id", sa.Uuid(), nullable=False),
        sa.Column("turn_no", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decline_reason", sa.String(), nullable=True),
        sa.Column("withdraw_reason", sa.String(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("match_run_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')", name=op.f("ck_offer_status")
        ),
        sa.CheckConstraint(
            "decline_reason IN ('no_staff', 'full_now', 'too_far', 'outside_scope', 'safety', 'price_issue', 'other')",
            name=op.f("ck_offer_decline_reason"),
        ),
        sa.CheckConstraint(
            "withdraw_reason IN ('officer', 'rerouted', 'cannot_serve', 'assigned', 'held', 'ended')",
            name=op.f("ck_offer_withdraw_reason"),
        ),
        sa.CheckConstraint("made_at <= expires_at", name=op.f("ck_offer_limit")),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f("ck_offer_ended")),
        sa.CheckConstraint("(status = 'declined') = (decline_reason IS NOT NULL)", name=op.f("ck_offer_declined")),
        sa.CheckConstraint("(status = 'withdrawn') = (withdraw_reason IS NOT NULL)", name=op.f("ck_offer_withdrawn")),
        sa.ForeignKeyConstraint(
            ["care_request_id"], ["care_request.id"], name=op.f("fk_offer_care_request_id_care_request")
        ),
        sa.ForeignKeyConstraint(
            ["service_at_site_id"], ["service_at_site.id"], name=op.f("fk_offer_service_at_site_id_service_at_site")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_offer_made_by_account")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_offer_ended_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("care_request_id", "turn_no", name=op.f("uq_offer_care_request_id_turn_no")),
    )
    with op.batch_alter_table("offer") as batch:
        batch.create_index("ux_offer_open", ["care_request_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
        batch.create_index(
            "ux_offer_asked",
            ["care_request_id", "round_no", "service_at_site_id"],
            unique=True,
            sqlite_where=ASKED,
            postgresql_where=ASKED,
        )
        batch.create_index(batch.f("ix_offer_service_at_site_id_made_at"), ["service_at_site_id", "made_at"])
        batch.create_index(batch.f("ix_offer_made_at_id"), ["made_at", "id"])


def downgrade() -> None:
    op.drop_table("offer")
