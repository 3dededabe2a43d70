"""A visit may have no place although there is one, or because its window is shorter than itself."""

import sqlalchemy as sa
from alembic import op

revision = "0059_name_free_places"
down_revision = "0058_add_other_team"

CODES = (
    "'unlocated', 'no_network', 'window_past', 'visit_too_long', 'no_skill', 'sex_not_matched', 'refused_before',"
    " 'other_team', 'no_shift', 'travel_too_long', 'day_limit', 'no_time', 'no_pair', 'pin_conflict', 'outranked'{more}"
)


def upgrade() -> None:
    _allow(CODES.format(more=", 'has_place', 'window_too_short'"))


def downgrade() -> None:
    op.execute(sa.text("UPDATE unplanned SET code = 'outranked' WHERE code = 'has_place'"))
    op.execute(sa.text("UPDATE unplanned SET code = 'no_time' WHERE code = 'window_too_short'"))
    _allow(CODES.format(more=""))


def _allow(codes: str) -> None:
    with op.batch_alter_table("unplanned") as batch:
        batch.drop_constraint(op.f("ck_unplanned_code"), type_="check")
        batch.create_check_constraint(op.f("ck_unplanned_code"), f"code IN ({codes})")
