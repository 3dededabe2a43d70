"""Add match runs and preferences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_add_assignment"
down_revision = "0007_add_care_requests"


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('preferred', 'refused')", name=op.f("ck_preference_kind")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_preference_carer_id_carer")),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_preference_elder_id_elder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
        sa.UniqueConstraint(
            "elder_id", "carer_id", "valid_from", name=op.f("uq_preference_elder_id_carer_id_valid_from")
        ),
    )
    op.create_table(
        "match_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("inputs_hash", sa.String(), nullable=False),
        sa.Column(
            "result",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(
                    none_as_null=True,
                ),
                "postgresql",
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["care_request_id"], ["care_request.id"], name=op.f("fk_match_run_care_request_id_care_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )
    with op.batch_alter_table("match_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_run_care_request_id"), ["care_request_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("match_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_run_care_request_id"))

    op.drop_table("match_run")
    op.drop_table("preference")
