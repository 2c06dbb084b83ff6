"""People check in by themselves, agencies approve leave, and a meeting keeps what its quorum was."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("mechanism", sa.Column("must_include", sa.JSON(), nullable=True))
    op.add_column("meeting", sa.Column("quorum_rule", sa.JSON(), nullable=True))
    op.add_column("meeting", sa.Column("quorum_reason", sa.Text(), nullable=True))
    with op.batch_alter_table("attendee") as batch_op:
        batch_op.add_column(sa.Column("checked_in_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("checked_in_by", BigId, nullable=True))
        batch_op.add_column(sa.Column("leave_approved_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("leave_approved_by", BigId, nullable=True))
        batch_op.add_column(sa.Column("substitute_asked_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("substitute_asked_by", BigId, nullable=True))
        batch_op.add_column(sa.Column("walked_in_at", UTCDateTime(), nullable=True))
        for who in ("checked_in_by", "leave_approved_by", "substitute_asked_by"):
            batch_op.create_foreign_key(f"fk_attendee_{who}", "person", [who], ["id"])
