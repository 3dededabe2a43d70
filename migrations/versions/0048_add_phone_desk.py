"""Keys of elders' names, calls that operators serve, and relatives found by their phones."""

import sqlalchemy as sa
from alembic import op

revision = "0048_add_phone_desk"
down_revision = "0047_add_subsidy_rule"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "elder_name_key",
        sa.Column("key", KEY, nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_elder_name_key_elder_id_elder")),
        sa.PrimaryKeyConstraint("key", "elder_id", name=op.f("pk_elder_name_key")),
    )
    op.create_index(op.f("ix_elder_name_key_elder_id"), "elder_name_key", ["elder_id"])
    op.create_table(
        "served_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("caller IN ('elder', 'family', 'other')", name=op.f("ck_served_call_caller")),
        sa.CheckConstraint(
            "checked_by IN ('number_shown', 'birth_date_told', 'address_told', 'called_back')",
            name=op.f("ck_served_call_checked_by"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_served_call_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_served_call")),
    )
    op.create_index(op.f("ix_served_call_account_id_closes_at"), "served_call", ["account_id", "closes_at"])
    op.create_index(op.f("ix_served_call_area_code_opened_at"), "served_call", ["area_code", "opened_at"])
    op.create_index(op.f("ix_served_call_elder_id"), "served_call", ["elder_id"])
    op.create_index(op.f("ix_contact_phone_index"), "contact", ["phone_index"])


def downgrade() -> None:
    op.drop_index(op.f("ix_contact_phone_index"), table_name="contact")
    op.drop_table("served_call")
    op.drop_table("elder_name_key")
