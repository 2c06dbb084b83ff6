"""Handovers with a day ahead and what they move; whose an action item was before; letters that tell of a change of liaison;
why a notice was sent over a vacancy; whether agencies' lists are right."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0021"
down_revision = "0020"

_AHEAD = sa.text("applied_at IS NULL AND taken_back_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("from_id", BigId, nullable=False),
        sa.Column("to_id", BigId, nullable=True),
        sa.Column("to_person_id", BigId, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_before", sa.Date(), nullable=True),
        sa.Column("deputy_ends", sa.JSON(), nullable=True),
        sa.Column("kept_ids", sa.Text(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=True),
        sa.Column("taken_back_at", UTCDateTime(), nullable=True),
        sa.Column("taken_back_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["designation.id"], name="fk_handover_from_id"),
        sa.ForeignKeyConstraint(["to_id"], ["designation.id"], name="fk_handover_to_id"),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name="fk_handover_to_person_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_handover_by_id"),
        sa.ForeignKeyConstraint(["taken_back_by"], ["person.id"], name="fk_handover_taken_back_by"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_from_id", "handover", ["from_id"])
    op.create_index("ix_handover_to_id", "handover", ["to_id"])
    op.create_index("ix_handover_ahead", "handover", ["starts_on"], sqlite_where=_AHEAD, postgresql_where=_AHEAD)
    op.add_column("action_item", sa.Column("former_owner", sa.String(60), nullable=True))
    op.create_table(
        "former_owner",
        sa.Column("action_item_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("agency_name", sa.String(120), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("to_name", sa.String(60), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_former_owner_action_item_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_former_owner_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_former_owner"),
    )
    op.create_index("ix_former_owner_action_item_id", "former_owner", ["action_item_id"])
    op.create_table(
        "change_letter",
        sa.Column("designation_id", BigId, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("to_agency_id", BigId, nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("done_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["designation_id"], ["designation.id"], name="fk_change_letter_designation_id"),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agency.id"], name="fk_change_letter_to_agency_id"),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name="fk_change_letter_done_by"),
        sa.PrimaryKeyConstraint("id", name="pk_change_letter"),
        sa.UniqueConstraint(
            "designation_id", "on", "to_agency_id", name="uq_change_letter_designation_id_on_to_agency_id"
        ),
    )
    op.add_column("announcement", sa.Column("vacancy", sa.JSON(), nullable=True))
    op.create_table(
        "list_check",
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("half_from", sa.Date(), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_list_check_member_id"),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name="fk_list_check_confirmed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_list_check"),
        sa.UniqueConstraint("member_id", "half_from", name="uq_list_check_member_id_half_from"),
    )
    op.create_index("ix_list_check_member_id_confirmed_at", "list_check", ["member_id", "confirmed_at"])
