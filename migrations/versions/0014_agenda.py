"""The agenda is prepared: who may know of an item, items returned and deferred, and what mails say to some agencies only."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "agenda_item_move",
        sa.Column("agenda_item_id", BigId, nullable=False),
        sa.Column("from_meeting_id", BigId, nullable=False),
        sa.Column("to_meeting_id", BigId, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["agenda_item.id"], name="fk_agenda_item_move_agenda_item_id"),
        sa.ForeignKeyConstraint(["from_meeting_id"], ["meeting.id"], name="fk_agenda_item_move_from_meeting_id"),
        sa.ForeignKeyConstraint(["to_meeting_id"], ["meeting.id"], name="fk_agenda_item_move_to_meeting_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_agenda_item_move_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_item_move"),
    )
    op.create_index("ix_agenda_item_move_agenda_item_id", "agenda_item_move", ["agenda_item_id"])
    op.create_index("ix_agenda_item_move_from_meeting_id", "agenda_item_move", ["from_meeting_id"])
    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.add_column(sa.Column("audience", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("returned_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("returned_by", BigId, nullable=True))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("deferred_count", BigId, nullable=False, server_default="0"))
        batch_op.create_foreign_key("fk_agenda_item_returned_by", "person", ["returned_by"], ["id"])
    with op.batch_alter_table("note") as batch_op:
        batch_op.drop_constraint("uq_note_agenda_item_id", type_="unique")
        batch_op.create_unique_constraint("uq_note_agenda_item_id_meeting_id", ["agenda_item_id", "meeting_id"])
    op.add_column("outbox_mail", sa.Column("audience", sa.Text(), nullable=True))
    op.add_column("incoming_mail", sa.Column("audience", sa.Text(), nullable=True))
