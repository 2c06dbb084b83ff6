"""What an agency's liaison wrote to their own leader of an overdue action item."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "action_escalation",
        sa.Column("action_item_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=False),
        sa.Column("to_person_id", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_action_escalation_action_item_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_action_escalation_agency_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_action_escalation_by_id"),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name="fk_action_escalation_to_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_action_escalation"),
    )
    op.create_index("ix_action_escalation_action_item_id", "action_escalation", ["action_item_id"])
