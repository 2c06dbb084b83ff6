"""Joint activities: bodies from outside and their guests, who else hosts one, whom it is for, and what came of it."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("agency", sa.Column("kept_by_id", BigId, nullable=True))
    op.add_column("meeting", sa.Column("audience_groups", sa.JSON(), nullable=True))
    op.add_column("notice", sa.Column("activity_id", BigId, nullable=True))
    op.create_index(
        "ix_notice_activity_id",
        "notice",
        ["activity_id"],
        sqlite_where=sa.text("activity_id IS NOT NULL"),
        postgresql_where=sa.text("activity_id IS NOT NULL"),
    )
    op.create_table(
        "co_host",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_co_host_agency_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_co_host_meeting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_co_host"),
        sa.UniqueConstraint("meeting_id", "agency_id", name="uq_co_host_meeting_id_agency_id"),
    )
    op.create_table(
        "activity_figures",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("brochures", BigId, nullable=True),
        sa.Column("consultations", BigId, nullable=True),
        sa.Column("turnout", BigId, nullable=True),
        sa.Column("leads", BigId, nullable=True),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("entered_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name="fk_activity_figures_entered_by"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_activity_figures_meeting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activity_figures"),
        sa.UniqueConstraint("meeting_id", name="uq_activity_figures_meeting_id"),
    )
