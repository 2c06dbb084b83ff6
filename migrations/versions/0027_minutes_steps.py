"""When the minutes of a meeting were drafted, and when all agencies had agreed to them: what the steps after a meeting go by."""

import sqlalchemy as sa
from alembic import op

from liaison.db import UTCDateTime

revision = "0027"
down_revision = "0026"

_FIRST = (
    "(SELECT MIN(d.created_at) FROM minutes m JOIN document d ON d.id = m.document_id WHERE m.meeting_id = meeting.id)"
)


def upgrade() -> None:
    op.add_column("meeting", sa.Column("minutes_drafted_at", UTCDateTime(), nullable=True))
    op.add_column("meeting", sa.Column("minutes_agreed_at", UTCDateTime(), nullable=True))
    op.execute(f"UPDATE meeting SET minutes_drafted_at = {_FIRST} WHERE held_at IS NOT NULL")
    op.execute("UPDATE meeting SET minutes_agreed_at = minutes_issued_at WHERE minutes_issued_at IS NOT NULL")
