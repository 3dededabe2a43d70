"""Add what happened, who looked, and keys that make a request happen once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_add_journal"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("line_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('care', 'visit', 'request', 'supervision', 'emergency', 'own')",
            name=op.f("ck_access_log_purpose"),
        ),
        sa.PrimaryKeyConstraint("line_no", name=op.f("pk_access_log")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_log_elder_id_line_no"), ["elder_id", "line_no"], unique=False)

    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column(
            "reply",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_no", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_subject_id_seq"), ["subject_id", "seq"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_journal_entry_transaction_no_seq"), ["transaction_no", "seq"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_entry_transaction_no_seq"))
        batch_op.drop_index(batch_op.f("ix_journal_entry_subject_id_seq"))

    op.drop_table("journal_entry")
    op.drop_table("idempotency_key")
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_log_elder_id_line_no"))

    op.drop_table("access_log")
