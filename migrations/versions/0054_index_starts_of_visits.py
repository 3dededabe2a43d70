"""Find a carer's visits by when they begin, however many years of them are kept."""

from alembic import op

revision = "0054_index_starts_of_visits"
down_revision = "0053_add_quote"


def upgrade() -> None:
    op.create_index(op.f("ix_visit_carer_id_start_at"), "visit", ["carer_id", "start_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_visit_carer_id_start_at"), table_name="visit")
