"""What people who left were to do at meetings, until the host names somebody else; also of those who left before."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0029"
down_revision = "0028"

_OPEN = sa.text("settled_at IS NULL")
_NOT_HELD = "m.held_at IS NULL AND m.cancelled_at IS NULL AND p.deactivated_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "left_role",
        sa.Column("meeting_id", BigId, nullable=True),
        sa.Column("agenda_item_id", BigId, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("settled_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_left_role_meeting_id"),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["agenda_item.id"], name="fk_left_role_agenda_item_id"),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name="fk_left_role_settled_by"),
        sa.PrimaryKeyConstraint("id", name="pk_left_role"),
    )
    op.create_index("ix_left_role_meeting_id", "left_role", ["meeting_id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "ix_left_role_agenda_item_id", "left_role", ["agenda_item_id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.execute(
        "INSERT INTO left_role (meeting_id, name, at) SELECT m.id, p.name, p.deactivated_at "
        f"FROM meeting m JOIN person p ON p.id = m.recorder_id WHERE {_NOT_HELD}"
    )
    op.execute(
        "INSERT INTO left_role (agenda_item_id, name, at) SELECT i.id, p.name, p.deactivated_at FROM agenda_item i "
        "JOIN meeting m ON m.id = i.meeting_id JOIN person p ON p.id = i.presenter_id "
        f"WHERE i.removed_at IS NULL AND i.state IN ('accepted', 'proposed') AND {_NOT_HELD}"
    )
    gone = "IN (SELECT id FROM person WHERE deactivated_at IS NOT NULL)"
    op.execute(
        f"UPDATE meeting SET recorder_id = NULL WHERE held_at IS NULL AND cancelled_at IS NULL AND recorder_id {gone}"
    )
    op.execute(
        f"UPDATE agenda_item SET presenter_id = NULL WHERE presenter_id {gone} AND id IN (SELECT agenda_item_id FROM left_role)"
    )
