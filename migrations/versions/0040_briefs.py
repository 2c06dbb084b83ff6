"""工作信息: an agency's own short accounts, each with the rows that it was drafted from."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "brief",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("meeting_id", BigId, nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("drafted_text", sa.Text(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("drafted_at", UTCDateTime(), nullable=False),
        sa.Column("drafted_by", BigId, nullable=True),
        sa.Column("edited_at", UTCDateTime(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_brief_mechanism_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_brief_agency_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_brief_meeting_id"),
        sa.ForeignKeyConstraint(["drafted_by"], ["person.id"], name="fk_brief_drafted_by"),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name="fk_brief_removed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_brief"),
    )
    op.create_index("ix_brief_listed", "brief", ["mechanism_id", "agency_id", "id"])
