"""Who was reminded of an action item by hand."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "action_reminder",
        sa.Column("action_item_id", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_action_reminder_action_item_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_action_reminder_by_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_action_reminder_agency_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_action_reminder_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_action_reminder"),
    )
    op.create_index("ix_action_reminder_action_item_id", "action_reminder", ["action_item_id"])
