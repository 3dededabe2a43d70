"""What a coverage run asked beside walking: a moment, places; and what it found of places."""

import sqlalchemy as sa
from alembic import op

revision = "0036_add_run_conditions"
down_revision = "0035_add_boxes"

CHOICES = {
    "unknown_hours": ("exclude", ("include", "exclude")),
    "capacity": ("ignored", ("ignored", "maximum", "available")),
}


def upgrade() -> None:
    with op.batch_alter_table("coverage_run") as batch:
        batch.add_column(sa.Column("at_local", sa.String(), nullable=True))
        for name, (usual, _) in CHOICES.items():
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=usual))
    with op.batch_alter_table("coverage_run") as batch:
        for name, (_, choices) in CHOICES.items():
            batch.alter_column(name, server_default=None)
            allowed = ", ".join(f"'{choice}'" for choice in choices)
            batch.create_check_constraint(op.f(f"ck_coverage_run_{name}"), f"{name} IN ({allowed})")
    with op.batch_alter_table("run_area") as batch:
        batch.add_column(sa.Column("places", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("places_an_elder", sa.Double(), nullable=True))
    with op.batch_alter_table("run_person") as batch:
        batch.add_column(sa.Column("has_place", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("run_person") as batch:
        batch.drop_column("has_place")
    with op.batch_alter_table("run_area") as batch:
        batch.drop_column("places_an_elder")
        batch.drop_column("places")
    with op.batch_alter_table("coverage_run") as batch:
        for name in CHOICES:
            batch.drop_constraint(op.f(f"ck_coverage_run_{name}"), type_="check")
    with op.batch_alter_table("coverage_run") as batch:
        for name in ("capacity", "unknown_hours", "at_local"):
            batch.drop_column(name)
