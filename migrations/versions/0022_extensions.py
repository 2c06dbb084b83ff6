"""Extension requests of action items with their answers, and how dates and owners changed."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0022"
down_revision = "0021"

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "action_extension",
        sa.Column("action_item_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_by", BigId, nullable=True),
        sa.Column("asked_via", sa.String(length=20), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_how", sa.String(length=20), nullable=True),
        sa.Column("closed_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_action_extension_action_item_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_action_extension_agency_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name="fk_action_extension_asked_by"),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name="fk_action_extension_closed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_action_extension"),
    )
    op.create_index("ix_action_extension_action_item_id", "action_extension", ["action_item_id"])
    op.create_index(
        "uq_action_extension_open",
        "action_extension",
        ["action_item_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "action_extension_answer",
        sa.Column("extension_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("as_chair", sa.Boolean(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=False),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["extension_id"], ["action_extension.id"], name="fk_action_extension_answer_extension_id"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_action_extension_answer_agency_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_action_extension_answer_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_action_extension_answer"),
        sa.UniqueConstraint(
            "extension_id", "agency_id", "as_chair", name="uq_action_extension_answer_extension_id_agency_id_as_chair"
        ),
    )
    op.create_table(
        "action_change",
        sa.Column("action_item_id", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("extension_id", BigId, nullable=True),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_after", sa.Date(), nullable=True),
        sa.Column("lead_before_id", BigId, nullable=False),
        sa.Column("lead_after_id", BigId, nullable=False),
        sa.Column("owner_before_id", BigId, nullable=True),
        sa.Column("owner_after_id", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_action_change_action_item_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_action_change_by_id"),
        sa.ForeignKeyConstraint(["extension_id"], ["action_extension.id"], name="fk_action_change_extension_id"),
        sa.ForeignKeyConstraint(["lead_before_id"], ["agency.id"], name="fk_action_change_lead_before_id"),
        sa.ForeignKeyConstraint(["lead_after_id"], ["agency.id"], name="fk_action_change_lead_after_id"),
        sa.ForeignKeyConstraint(["owner_before_id"], ["person.id"], name="fk_action_change_owner_before_id"),
        sa.ForeignKeyConstraint(["owner_after_id"], ["person.id"], name="fk_action_change_owner_after_id"),
        sa.PrimaryKeyConstraint("id", name="pk_action_change"),
    )
    op.create_index("ix_action_change_action_item_id", "action_change", ["action_item_id"])
