"""Action items that wait to be closed, where the mechanism asks for it; progress of supporting agencies and items sent back."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("mechanism", sa.Column("needs_closing", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("action_item") as batch:
        batch.add_column(sa.Column("reported_done_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("reported_done_by", BigId, nullable=True))
        batch.add_column(sa.Column("reported_done_note", sa.Text(), nullable=True))
        batch.create_foreign_key("fk_action_item_reported_done_by", "person", ["reported_done_by"], ["id"])
    with op.batch_alter_table("progress") as batch:
        batch.add_column(sa.Column("agency_id", BigId, nullable=True))
        batch.add_column(sa.Column("sent_back", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_foreign_key("fk_progress_agency_id", "agency", ["agency_id"], ["id"])
