"""Webhooks with what is to be sent, and the secret addresses of calendar feeds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050_add_webhooks"
down_revision = "0049_add_proof_of_service"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
IS_WAITING = sa.text("status = 'waiting'")


def at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_kind", sa.String(), nullable=False),
        sa.Column("scope_ref", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", JSON, nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("stopped_because", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret_sealed", sa.LargeBinary(), nullable=True),
        at("old_secret_until_at", nullable=True),
        at("created_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        at("succeeded_at", nullable=True),
        at("failing_since_at", nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        at("rest_until_at", nullable=True),
        sa.Column("leased_by", sa.String(), nullable=True),
        at("leased_until_at", nullable=True),
        sa.CheckConstraint(
            "stopped_because IN ('switched_off', 'failing', 'gone', 'owner_left')",
            name=op.f("ck_webhook_stopped_because"),
        ),
        sa.CheckConstraint("scope_kind IN ('area', 'organization')", name=op.f("ck_webhook_scope_kind")),
        sa.CheckConstraint("is_active = (stopped_because IS NULL)", name=op.f("ck_webhook_stopped")),
        sa.CheckConstraint(
            "(old_secret_sealed IS NULL) = (old_secret_until_at IS NULL)", name=op.f("ck_webhook_old_secret")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_webhook_owner_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_owner_id"), "webhook", ["owner_id"])
    op.create_index(op.f("ix_webhook_scope_kind_scope_ref"), "webhook", ["scope_kind", "scope_ref"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        at("created_at"),
        at("try_at"),
        at("attempted_at", nullable=True),
        at("delivered_at", nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_fault", sa.String(), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_status")),
        sa.CheckConstraint(
            "last_fault IN ('status', 'timeout', 'connection', 'certificate', 'name', 'address')",
            name=op.f("ck_webhook_delivery_last_fault"),
        ),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("webhook_id", "entry_seq", name=op.f("uq_webhook_delivery_webhook_id_entry_seq")),
    )
    op.create_index(op.f("ix_webhook_delivery_created_at"), "webhook_delivery", ["created_at"])
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["webhook_id", "try_at"],
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("token_index", sa.LargeBinary(), nullable=False),
        at("created_at"),
        sa.CheckConstraint("kind IN ('elder', 'carer')", name=op.f("ck_calendar_feed_kind")),
        sa.CheckConstraint("(kind = 'elder') = (elder_id IS NOT NULL)", name=op.f("ck_calendar_feed_elder")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_feed_account_id_account")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_calendar_feed_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_index", name=op.f("uq_calendar_feed_token_index")),
    )
    for column in ("account_id", "elder_id"):
        op.create_index(op.f(f"ix_calendar_feed_{column}"), "calendar_feed", [column])


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
