"""Notices of accounts, and the outbox of short texts."""

import sqlalchemy as sa
from alembic import op

revision = "0052_add_notices"
down_revision = "0051_add_request_clocks"

IS_OPEN = sa.text("status IN ('queued', 'sending')")
TEMPLATES = (
    "'accepted', 'rearranged', 'canceled', 'unmatched', 'failed', 'offered', 'visit_planned', 'visit_canceled', "
    "'alarm', 'trial'"
)


def upgrade() -> None:
    op.create_table(
        "notice_counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last_no", sa.BigInteger(), nullable=False),
        sa.Column("dropped_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notice_counter")),
    )
    op.create_table(
        "notice",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("care_request_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("service_code", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("task_kind", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id_account")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_notice_elder_id_elder")),
        sa.PrimaryKeyConstraint("account_id", "no", name=op.f("pk_notice")),
        sa.UniqueConstraint("no", name=op.f("uq_notice_no")),
        sa.UniqueConstraint("entry_seq", "account_id", name=op.f("uq_notice_entry_seq_account_id")),
    )
    op.create_index(op.f("ix_notice_told_at"), "notice", ["told_at"])
    op.create_index(op.f("ix_notice_elder_id"), "notice", ["elder_id"])
    op.create_table(
        "feed_place",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seen_no", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_feed_place_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_feed_place")),
    )
    op.create_table(
        "message_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("openid_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["account.id"], name=op.f("fk_message_wish_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_wish")),
    )
    op.create_table(
        "short_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("care_request_id", sa.Uuid(), nullable=True),
        sa.Column("area_code", sa.String(), nullable=True),
        sa.Column("service_code", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("provider_message_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"template IN ({TEMPLATES})", name=op.f("ck_short_text_template")),
        sa.CheckConstraint("addressee IN ('elder', 'family', 'staff')", name=op.f("ck_short_text_addressee")),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'failed', 'dropped')", name=op.f("ck_short_text_status")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_short_text_account_id_account")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_short_text_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_short_text")),
        sa.UniqueConstraint(
            "entry_seq", "recipient", "template", name=op.f("uq_short_text_entry_seq_recipient_template")
        ),
    )
    op.create_index("ix_short_text_open", "short_text", ["try_at"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    op.create_index(op.f("ix_short_text_made_at"), "short_text", ["made_at"])
    op.create_index(op.f("ix_short_text_status_id"), "short_text", ["status", "id"])
    op.create_index(op.f("ix_short_text_elder_id"), "short_text", ["elder_id"])


def downgrade() -> None:
    for table in ("short_text", "message_wish", "feed_place", "notice", "notice_counter"):
        op.drop_table(table)
