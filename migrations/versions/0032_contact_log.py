"""The contact log: what an agency notes of its contacts between meetings, and what was made of each."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "contact_log",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("with_agency_id", BigId, nullable=True),
        sa.Column("counterpart", sa.String(length=80), nullable=True),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("written_by", BigId, nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by", BigId, nullable=True),
        sa.Column("notice_id", BigId, nullable=True),
        sa.Column("agenda_item_id", BigId, nullable=True),
        sa.Column("action_item_id", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_contact_log_action_item_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_contact_log_agency_id"),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["agenda_item.id"], name="fk_contact_log_agenda_item_id"),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_contact_log_mechanism_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_contact_log_notice_id"),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name="fk_contact_log_removed_by"),
        sa.ForeignKeyConstraint(["with_agency_id"], ["agency.id"], name="fk_contact_log_with_agency_id"),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_contact_log_written_by"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_log"),
    )
    op.create_index("ix_contact_log_listed", "contact_log", ["mechanism_id", "agency_id", "on", "id"])
