"""Places and served elders of a run's sites, and its people by category."""

import sqlalchemy as sa
from alembic import op

revision = "0039_add_run_places"
down_revision = "0038_add_siting"


def upgrade() -> None:
    with op.batch_alter_table("run_site") as batch:
        batch.add_column(sa.Column("places", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("served", sa.Integer(), nullable=True))
    op.create_table(
        "run_category",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("elders", sa.Integer(), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_run_category_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_run_category_area_code_area")),
        sa.PrimaryKeyConstraint("run_id", "area_code", "category", name=op.f("pk_run_category")),
    )


def downgrade() -> None:
    op.drop_table("run_category")
    with op.batch_alter_table("run_site") as batch:
        batch.drop_column("served")
        batch.drop_column("places")
