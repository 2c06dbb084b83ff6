"""Meetings are held: attendance, notes, decisions, action items, and which reminders went out."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reminder_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder"),
        sa.UniqueConstraint("about", "step", "due_on", "person_id", name="uq_reminder_about_step_due_on_person_id"),
    )
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.create_index("ix_reminder_person_id", ["person_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("agenda_item_id", BigId, nullable=True),
        sa.Column("year", BigId, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_by", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["agenda_item.id"], name="fk_decision_agenda_item_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_decision_decided_by"),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_decision_mechanism_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_decision_meeting_id"),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name="fk_decision_revoked_by"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("mechanism_id", "year", "number", name="uq_decision_mechanism_id_year_number"),
    )
    with op.batch_alter_table("decision") as batch_op:
        batch_op.create_index("ix_decision_meeting_id", ["meeting_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("agenda_item_id", BigId, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.Column("saved_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agenda_item_id"], ["agenda_item.id"], name="fk_note_agenda_item_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_note_meeting_id"),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name="fk_note_saved_by"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
        sa.UniqueConstraint("agenda_item_id", name="uq_note_agenda_item_id"),
    )
    with op.batch_alter_table("note") as batch_op:
        batch_op.create_index("ix_note_meeting_id", ["meeting_id"], unique=False)
        batch_op.create_index(
            "uq_note_of_meeting",
            ["meeting_id"],
            unique=True,
            sqlite_where=sa.text("agenda_item_id IS NULL"),
            postgresql_where=sa.text("agenda_item_id IS NULL"),
        )

    op.create_table(
        "action_item",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("meeting_id", BigId, nullable=True),
        sa.Column("decision_id", BigId, nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("lead_agency_id", BigId, nullable=False),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("assigned_at", UTCDateTime(), nullable=False),
        sa.Column("assigned_by", BigId, nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_how", sa.String(length=20), nullable=True),
        sa.Column("ended_by", BigId, nullable=True),
        sa.Column("ended_via", sa.String(length=20), nullable=True),
        sa.Column("ended_note", sa.Text(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["assigned_by"], ["person.id"], name="fk_action_item_assigned_by"),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_action_item_decision_id"),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name="fk_action_item_ended_by"),
        sa.ForeignKeyConstraint(["lead_agency_id"], ["agency.id"], name="fk_action_item_lead_agency_id"),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_action_item_mechanism_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_action_item_meeting_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_action_item_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_action_item"),
    )
    with op.batch_alter_table("action_item") as batch_op:
        batch_op.create_index("ix_action_item_lead_agency_id", ["lead_agency_id", "ended_at", "due_on"], unique=False)
        batch_op.create_index("ix_action_item_ledger", ["mechanism_id", "ended_at", "due_on", "id"], unique=False)
        batch_op.create_index("ix_action_item_meeting_id", ["meeting_id"], unique=False)
        batch_op.create_index("ix_action_item_owner_id", ["owner_id", "ended_at", "due_on"], unique=False)
        batch_op.create_index(
            "ix_action_item_remind_on",
            ["remind_on"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "action_support",
        sa.Column("action_item_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_action_support_action_item_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_action_support_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_action_support"),
        sa.UniqueConstraint("action_item_id", "agency_id", name="uq_action_support_action_item_id_agency_id"),
    )
    with op.batch_alter_table("action_support") as batch_op:
        batch_op.create_index("ix_action_support_agency_id", ["agency_id"], unique=False)

    op.create_table(
        "progress",
        sa.Column("action_item_id", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("registered", sa.JSON(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_progress_action_item_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_progress_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_progress"),
    )
    with op.batch_alter_table("progress") as batch_op:
        batch_op.create_index("ix_progress_action_item_id", ["action_item_id"], unique=False)

    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.add_column(sa.Column("begun_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("settled_at", UTCDateTime(), nullable=True))

    with op.batch_alter_table("attendee") as batch_op:
        batch_op.add_column(sa.Column("attendance_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("attendance_by", BigId, nullable=True))
        batch_op.create_foreign_key("fk_attendee_attendance_by", "person", ["attendance_by"], ["id"])

    with op.batch_alter_table("mechanism") as batch_op:
        batch_op.add_column(sa.Column("first_ordinal", BigId, nullable=True))

    with op.batch_alter_table("meeting") as batch_op:
        batch_op.add_column(sa.Column("remind_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("held_by", BigId, nullable=True))
        batch_op.add_column(sa.Column("entered_afterwards_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("ordinal", BigId, nullable=True))
        batch_op.add_column(sa.Column("ordinal_in_year", BigId, nullable=True))
        batch_op.create_unique_constraint("uq_meeting_mechanism_id_ordinal", ["mechanism_id", "ordinal"])
        batch_op.create_foreign_key("fk_meeting_held_by", "person", ["held_by"], ["id"])
        batch_op.create_index(
            "ix_meeting_remind_on",
            ["remind_on"],
            unique=False,
            sqlite_where=sa.text("remind_on IS NOT NULL"),
            postgresql_where=sa.text("remind_on IS NOT NULL"),
        )
