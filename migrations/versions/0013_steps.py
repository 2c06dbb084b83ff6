"""Steps around a meeting: what officers and the clock did to them, and when the clock next looks."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "meeting_step",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("shifted_at", UTCDateTime(), nullable=True),
        sa.Column("shifted_by", BigId, nullable=True),
        sa.Column("skipped_at", UTCDateTime(), nullable=True),
        sa.Column("skipped_by", BigId, nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("done_by", BigId, nullable=True),
        sa.Column("done_for", sa.Date(), nullable=True),
        sa.Column("mails", BigId, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_step_meeting_id"),
        sa.ForeignKeyConstraint(["shifted_by"], ["person.id"], name="fk_meeting_step_shifted_by"),
        sa.ForeignKeyConstraint(["skipped_by"], ["person.id"], name="fk_meeting_step_skipped_by"),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name="fk_meeting_step_done_by"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_step"),
        sa.UniqueConstraint("meeting_id", "step", name="uq_meeting_step_meeting_id_step"),
    )
    op.add_column("meeting", sa.Column("step_on", sa.Date(), nullable=True))
    op.add_column("meeting", sa.Column("steps_from", sa.Date(), nullable=True))
    where = sa.text("step_on IS NOT NULL")
    op.create_index("ix_meeting_step_on", "meeting", ["step_on"], sqlite_where=where, postgresql_where=where)
    # What lay before the upgrade was done by hand or not at all; the clock begins with what comes after it.
    op.execute(
        "UPDATE meeting SET step_on = CURRENT_DATE, steps_from = CURRENT_DATE WHERE starts_at > CURRENT_TIMESTAMP"
        " AND held_at IS NULL AND cancelled_at IS NULL AND postponed_at IS NULL"
    )
