"""What somebody is asked to by name is found in order of time: an attendance has the time of its meeting, and follows it."""

import sqlalchemy as sa
from alembic import op

from liaison.db import UTCDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("uq_meeting_id_starts_at", "meeting", ["id", "starts_at"], unique=True)
    op.add_column("attendee", sa.Column("starts_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE attendee SET starts_at = (SELECT starts_at FROM meeting WHERE meeting.id = attendee.meeting_id)")
    with op.batch_alter_table("attendee") as batch_op:
        batch_op.alter_column("starts_at", existing_type=UTCDateTime(), nullable=False)
        batch_op.drop_constraint("fk_attendee_meeting_id", type_="foreignkey")
        batch_op.create_foreign_key(
            "fk_attendee_meeting_id_starts_at",
            "meeting",
            ["meeting_id", "starts_at"],
            ["id", "starts_at"],
            onupdate="CASCADE",
        )
        batch_op.drop_index("ix_attendee_person_id")
        batch_op.create_index("ix_attendee_person_id_meeting_id", ["person_id", "meeting_id"], unique=False)
        batch_op.create_index("ix_attendee_person_id_starts_at", ["person_id", "starts_at", "meeting_id"], unique=False)
