"""A number within the year is given once: the database itself refuses a second meeting with it."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("meeting", sa.Column("ordinal_year", BigId, nullable=True))
    meeting = sa.table(
        "meeting",
        *(sa.column(name) for name in ("id", "mechanism_id", "ordinal_in_year", "ordinal_year")),
        sa.column("local_start", sa.DateTime()),
    )
    year = sa.extract("year", meeting.c.local_start)
    # Two that were given the same number keep it, as paper has it by now; only the first one holds it against others.
    first = (
        sa.select(sa.func.min(meeting.c.id))
        .where(meeting.c.ordinal_in_year.is_not(None))
        .group_by(meeting.c.mechanism_id, year, meeting.c.ordinal_in_year)
    )
    op.execute(sa.update(meeting).where(meeting.c.id.in_(first)).values(ordinal_year=year))
    op.create_index(
        "uq_meeting_ordinal_in_year", "meeting", ["mechanism_id", "ordinal_year", "ordinal_in_year"], unique=True
    )
