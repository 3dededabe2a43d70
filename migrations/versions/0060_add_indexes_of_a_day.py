"""The visits of a day, and what was logged of them, are found without reading all that there ever were."""

from alembic import op

revision = "0060_add_indexes_of_a_day"
down_revision = "0059_name_free_places"


def upgrade() -> None:
    op.create_index(op.f("ix_visit_window_from_at"), "visit", ["window_from_at"])
    op.create_index(op.f("ix_visit_log_visit_id"), "visit_log", ["visit_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_visit_log_visit_id"), table_name="visit_log")
    op.drop_index(op.f("ix_visit_window_from_at"), table_name="visit")
