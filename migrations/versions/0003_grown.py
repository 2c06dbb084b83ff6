"""Lists stay quick on a site that has grown: an index for each order in which they are read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_meeting_mechanism_id_id", "meeting", ["mechanism_id", "id"], unique=False)
    op.create_index(
        "ix_meeting_postponed",
        "meeting",
        ["mechanism_id", "starts_at"],
        unique=False,
        sqlite_where=sa.text("postponed_at IS NOT NULL"),
        postgresql_where=sa.text("postponed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_action_item_ended",
        "action_item",
        ["mechanism_id", "ended_how", "due_on", "id", "assigned_on", "lead_agency_id"],
        unique=False,
    )
    op.create_index(
        "ix_action_item_owner_ended", "action_item", ["owner_id", "ended_how", "due_on", "id"], unique=False
    )
    op.create_index("ix_action_item_mechanism_id_id", "action_item", ["mechanism_id", "id"], unique=False)
