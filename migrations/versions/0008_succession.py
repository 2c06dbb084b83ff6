"""Offices change hands: which terms the calendars and links of an office follow."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "followed_term",
        sa.Column("designation_id", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["designation_id"], ["designation.id"], name="fk_followed_term_designation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_followed_term"),
        sa.UniqueConstraint("designation_id", name="uq_followed_term_designation_id"),
    )
