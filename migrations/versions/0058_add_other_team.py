"""A visit may have no place because those who could make it work for another organization."""

import sqlalchemy as sa
from alembic import op

revision = "0058_add_other_team"
down_revision = "0057_let_plans_be_repaired"

CODES = (
    "'unlocated', 'no_network', 'window_past', 'visit_too_long', 'no_skill', 'sex_not_matched', 'refused_before', {more}"
    "'no_shift', 'travel_too_long', 'day_limit', 'no_time', 'no_pair', 'pin_conflict', 'outranked'"
)


def upgrade() -> None:
    _allow(CODES.format(more="'other_team', "))


def downgrade() -> None:
    op.execute(sa.text("UPDATE unplanned SET code = 'no_shift' WHERE code = 'other_team'"))
    _allow(CODES.format(more=""))


def _allow(codes: str) -> None:
    with op.batch_alter_table("unplanned") as batch:
        batch.drop_constraint(op.f("ck_unplanned_code"), type_="check")
        batch.create_check_constraint(op.f("ck_unplanned_code"), f"code IN ({codes})")
