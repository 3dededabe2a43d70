"""Named edits of the street network: paths, gates, closures, with dates and reasons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041_add_network_edit"
down_revision = "0040_add_scenarios"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
STANDS = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "network_edit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edit_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("geometry_ll", JSON, nullable=False),
        sa.Column("is_bridge", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("source_crs", sa.String(), nullable=False),
        sa.Column("source_raw", JSON, nullable=False),
        sa.Column("effect", JSON, nullable=False),
        sa.Column("network_id", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('path', 'gate', 'closure')", name=op.f("ck_network_edit_kind")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_network_edit_span")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_network_edit_area_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_edit")),
        sa.UniqueConstraint("edit_id", "version", name=op.f("uq_network_edit_edit_id_version")),
    )
    op.create_index(op.f("ix_network_edit_area_code"), "network_edit", ["area_code"])
    op.create_index(
        "uq_network_edit_edit_id_now",
        "network_edit",
        ["edit_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_index("uq_network_edit_edit_id_now", table_name="network_edit")
    op.drop_index(op.f("ix_network_edit_area_code"), table_name="network_edit")
    op.drop_table("network_edit")
