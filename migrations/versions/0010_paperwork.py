"""Papers of a meeting: what its letter is headed with, and agencies' own layouts."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "meeting_letter",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("issuing_agency_id", BigId, nullable=False),
        sa.Column("genre", sa.String(12), nullable=False),
        sa.Column("doc_no", sa.String(60), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_letter_meeting_id"),
        sa.ForeignKeyConstraint(["issuing_agency_id"], ["agency.id"], name="fk_meeting_letter_issuing_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_letter"),
        sa.UniqueConstraint("meeting_id", name="uq_meeting_letter_meeting_id"),
    )
    op.create_table(
        "document_template",
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", BigId, nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_document_template_agency_id"),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_document_template_added_by"),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name="fk_document_template_removed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_document_template"),
    )
    in_use = sa.text("removed_at IS NULL")
    op.create_index("uq_document_template_in_use", "document_template", ["agency_id", "kind"], unique=True,
                    sqlite_where=in_use, postgresql_where=in_use)  # fmt: skip
