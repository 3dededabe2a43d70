"""What everybody was shown of a coverage run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026_add_coverage_publication"
down_revision = "0025_add_heartbeat"


def upgrade() -> None:
    op.create_table(
        "coverage_publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("is_least", sa.Boolean(), nullable=False),
        sa.Column(
            "hidden",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_coverage_publication_run_id_coverage_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_publication")),
        sa.UniqueConstraint("number", name=op.f("uq_coverage_publication_number")),
    )
    op.create_index(op.f("ix_coverage_publication_run_id"), "coverage_publication", ["run_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_coverage_publication_run_id"), table_name="coverage_publication")
    op.drop_table("coverage_publication")
