"""Papers of meetings: each with its versions, whose files lie beside the database."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("agenda_item_id", BigId, nullable=True),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", BigId, nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_paper_meeting_id"),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["agenda_item.id"], name="fk_paper_agenda_item_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_paper_agency_id"),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_paper_added_by"),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name="fk_paper_removed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
    )
    op.create_index("ix_paper_meeting_id", "paper", ["meeting_id"])
    op.create_index("ix_paper_agenda_item_id", "paper", ["agenda_item_id"])
    op.create_table(
        "paper_version",
        sa.Column("paper_id", BigId, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("stored_name", sa.String(40), nullable=False),
        sa.Column("bytes", BigId, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", BigId, nullable=True),
        sa.Column("scanned_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", sa.String(10), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_paper_version_paper_id"),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_paper_version_added_by"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_version"),
        sa.UniqueConstraint("paper_id", "number", name="uq_paper_version_paper_id_number"),
        sa.UniqueConstraint("stored_name", name="uq_paper_version_stored_name"),
    )
