"""Finding a time: the times that are asked about, and what each member agency answered."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0015"
down_revision = "0014"

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "time_poll",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("meeting_id", BigId, nullable=True),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("opened_by", BigId, nullable=True),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_time_poll_mechanism_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_time_poll_meeting_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_time_poll_agency_id"),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name="fk_time_poll_opened_by"),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name="fk_time_poll_closed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_time_poll"),
    )
    op.create_index("ix_time_poll_mechanism_id_id", "time_poll", ["mechanism_id", "id"], unique=False)
    op.create_index(
        "uq_time_poll_open", "time_poll", ["meeting_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "time_poll_candidate",
        sa.Column("time_poll_id", BigId, nullable=False),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("duration_minutes", BigId, nullable=False),
        sa.Column("picked_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["time_poll_id"], ["time_poll.id"], name="fk_time_poll_candidate_time_poll_id"),
        sa.PrimaryKeyConstraint("id", name="pk_time_poll_candidate"),
        sa.UniqueConstraint("time_poll_id", "local_start", name="uq_time_poll_candidate_time_poll_id_local_start"),
    )
    op.create_table(
        "time_poll_answer",
        sa.Column("time_poll_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by", BigId, nullable=True),
        sa.Column("answered_via", sa.String(length=20), nullable=True),
        sa.Column("registered", sa.JSON(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["time_poll_id"], ["time_poll.id"], name="fk_time_poll_answer_time_poll_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_time_poll_answer_agency_id"),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name="fk_time_poll_answer_answered_by"),
        sa.PrimaryKeyConstraint("id", name="pk_time_poll_answer"),
        sa.UniqueConstraint("time_poll_id", "agency_id", name="uq_time_poll_answer_time_poll_id_agency_id"),
    )
    op.create_index("ix_time_poll_answer_agency_id", "time_poll_answer", ["agency_id"], unique=False)
