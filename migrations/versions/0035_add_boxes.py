"""Boxes around boundaries and circles: what a bbox is compared with in the database."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0035_add_boxes"
down_revision = "0034_add_system_accounts"
SIDES = ("west", "south", "east", "north")


def upgrade() -> None:
    for table, prefix in (("area", ""), ("run_site", "circle_")):
        with op.batch_alter_table(table) as batch:
            for side in SIDES:
                batch.add_column(sa.Column(f"{prefix}{side}", sa.Double(), nullable=True))
    _fill("area", keys=("code",), outline="boundary_ll", prefix="")
    _fill("run_site", keys=("run_id", "site_id"), outline="circle_ll", prefix="circle_")


def downgrade() -> None:
    for table, prefix in (("run_site", "circle_"), ("area", "")):
        with op.batch_alter_table(table) as batch:
            for side in reversed(SIDES):
                batch.drop_column(f"{prefix}{side}")


def _fill(table: str, *, keys: tuple[str, ...], outline: str, prefix: str) -> None:
    """Compute the boxes of the rows that are there."""
    connection = op.get_bind()
    names = [*keys, outline, *(f"{prefix}{side}" for side in SIDES)]
    rows = sa.table(table, *(sa.column(name) for name in names))
    text = sa.cast(rows.c[outline], sa.Text)
    wanted = sa.select(*(rows.c[key] for key in keys)).where(rows.c[outline].is_not(None), text != "null")
    for row in connection.execute(wanted).all():
        one = sa.and_(*(rows.c[key] == value for key, value in zip(keys, row, strict=True)))
        shape = json.loads(connection.scalar(sa.select(text).where(one)))  # one at a time: outlines are long
        box = _box(shape.get("coordinates", [])) if isinstance(shape, dict) else None
        if box is not None:
            values = {f"{prefix}{side}": value for side, value in zip(SIDES, box, strict=True)}
            connection.execute(sa.update(rows).where(one).values(**values))


def _box(coordinates: list) -> tuple[float, float, float, float] | None:
    points, waiting = [], [coordinates]
    while waiting:
        part = waiting.pop()
        if part and isinstance(part[0], (int, float)):
            points.append(part)
        else:
            waiting.extend(part)
    if not points:
        return None
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return min(lons), min(lats), max(lons), max(lats)
