"""Mail comes in: what arrived and what it came to, further addresses of people, and answers by mail."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0007"
down_revision = "0006"

_WAITS = sa.text("verdict = 'held' AND settled_at IS NULL")


def upgrade() -> None:
    op.add_column("meeting", sa.Column("reply_secret", sa.String(length=32), nullable=True))
    op.add_column("attendee", sa.Column("answered_from", sa.String(length=254), nullable=True))
    op.add_column("attendee", sa.Column("answered_unverified", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("progress", sa.Column("unverified", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_outbox_mail_address_id", "outbox_mail", ["address", "id"], unique=False)
    op.create_index("ix_outbox_mail_message_id", "outbox_mail", ["message_id"], unique=False)
    op.create_table(
        "address_answer",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("sequence", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("partstat", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("unverified", sa.Boolean(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_address_answer_meeting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_address_answer"),
        sa.UniqueConstraint("uid", "address", name="uq_address_answer_uid_address"),
    )
    op.create_index("ix_address_answer_meeting_id", "address_answer", ["meeting_id"], unique=False)
    op.create_table(
        "told_by_hand",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("sequence", BigId, nullable=False),
        sa.Column("attendee_id", BigId, nullable=True),
        sa.Column("invitation_id", BigId, nullable=True),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("to_whom", sa.String(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("noted_at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name="fk_told_by_hand_attendee_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_told_by_hand_by_id"),
        sa.ForeignKeyConstraint(["invitation_id"], ["agency_invitation.id"], name="fk_told_by_hand_invitation_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_told_by_hand_meeting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_told_by_hand"),
    )
    op.create_index("ix_told_by_hand_meeting_id", "told_by_hand", ["meeting_id"], unique=False)
    op.create_table(
        "known_address",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=True),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_known_address_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_known_address"),
        sa.UniqueConstraint("person_id", "address", name="uq_known_address_person_id_address"),
    )
    op.create_index("ix_known_address_address", "known_address", ["address"], unique=False)
    op.create_table(
        "reference_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("object_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("agency_id", BigId, nullable=True),
        sa.Column("designation_id", BigId, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_reference_code_agency_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reference_code_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reference_code"),
        sa.UniqueConstraint("code_hash", name="uq_reference_code_code_hash"),
    )
    op.create_index("ix_reference_code_person_id", "reference_code", ["person_id"], unique=False)
    op.create_index("ix_reference_code_designation_id", "reference_code", ["designation_id"], unique=False)
    op.create_table(
        "incoming_mail",
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("source_key", sa.String(length=300), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=500), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("mechanism_id", BigId, nullable=True),
        sa.Column("meeting_id", BigId, nullable=True),
        sa.Column("attendee_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("settled_by", BigId, nullable=True),
        sa.Column("settled_as", sa.String(length=20), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name="fk_incoming_mail_attendee_id"),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_incoming_mail_mechanism_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_incoming_mail_meeting_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_incoming_mail_person_id"),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name="fk_incoming_mail_settled_by"),
        sa.PrimaryKeyConstraint("id", name="pk_incoming_mail"),
        sa.UniqueConstraint("source_key", name="uq_incoming_mail_source_key"),
    )
    op.create_index("ix_incoming_mail_digest", "incoming_mail", ["digest"], unique=False)
    op.create_index("ix_incoming_mail_meeting_id", "incoming_mail", ["meeting_id"], unique=False)
    op.create_index("ix_incoming_mail_attendee_id", "incoming_mail", ["attendee_id"], unique=False)
    op.create_index("ix_incoming_mail_person_id", "incoming_mail", ["person_id"], unique=False)
    op.create_index("ix_incoming_mail_mechanism_id_id", "incoming_mail", ["mechanism_id", "id"], unique=False)
    op.create_index(
        "ix_incoming_mail_waits",
        "incoming_mail",
        ["mechanism_id", "id"],
        unique=False,
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
