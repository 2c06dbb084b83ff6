"""Information notices: what is sent to whom, what each agency does with it, papers, and letters to the own leader."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("from_agency_id", BigId, nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("deadline_days", BigId, nullable=True),
        sa.Column("answers_id", BigId, nullable=True),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("written_by", BigId, nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("sent_by", BigId, nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", BigId, nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=True),
        sa.Column("discarded_at", UTCDateTime(), nullable=True),
        sa.Column("discarded_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["answers_id"], ["notice.id"], name="fk_notice_answers_id"),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name="fk_notice_closed_by"),
        sa.ForeignKeyConstraint(["discarded_by"], ["person.id"], name="fk_notice_discarded_by"),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], name="fk_notice_from_agency_id"),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_notice_mechanism_id"),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name="fk_notice_sent_by"),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_notice_written_by"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index("ix_notice_answers_id", "notice", ["answers_id"])
    op.create_index("ix_notice_from_agency_id", "notice", ["mechanism_id", "from_agency_id", "id"])

    op.create_table(
        "notice_addressee",
        sa.Column("notice_id", BigId, nullable=False),
        sa.Column("from_agency_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by", BigId, nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("offered_due_on", sa.Date(), nullable=True),
        sa.Column("offered_at", UTCDateTime(), nullable=True),
        sa.Column("passed_on_at", UTCDateTime(), nullable=True),
        sa.Column("passed_on_to_id", BigId, nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["person.id"], name="fk_notice_addressee_acknowledged_by"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_notice_addressee_agency_id"),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], name="fk_notice_addressee_from_agency_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_addressee_notice_id"),
        sa.ForeignKeyConstraint(["passed_on_to_id"], ["agency.id"], name="fk_notice_addressee_passed_on_to_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_addressee"),
        sa.UniqueConstraint("notice_id", "agency_id", name="uq_notice_addressee_notice_id_agency_id"),
    )
    op.create_index("ix_notice_addressee_agency_id", "notice_addressee", ["agency_id", "notice_id"])
    op.create_index(
        "ix_notice_addressee_awaited",
        "notice_addressee",
        ["from_agency_id"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_notice_addressee_open",
        "notice_addressee",
        ["agency_id"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_notice_addressee_remind_on",
        "notice_addressee",
        ["remind_on"],
        sqlite_where=sa.text("remind_on IS NOT NULL"),
        postgresql_where=sa.text("remind_on IS NOT NULL"),
    )

    op.create_table(
        "notice_escalation",
        sa.Column("notice_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=False),
        sa.Column("to_person_id", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_notice_escalation_agency_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_notice_escalation_by_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_escalation_notice_id"),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name="fk_notice_escalation_to_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_escalation"),
    )
    op.create_index("ix_notice_escalation_notice_id", "notice_escalation", ["notice_id"])

    op.create_table(
        "notice_paper",
        sa.Column("notice_id", BigId, nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("stored_name", sa.String(length=40), nullable=False),
        sa.Column("bytes", BigId, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", BigId, nullable=True),
        sa.Column("scanned_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_notice_paper_added_by"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_paper_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_paper"),
        sa.UniqueConstraint("stored_name", name="uq_notice_paper_stored_name"),
    )
    op.create_index("ix_notice_paper_notice_id", "notice_paper", ["notice_id"])
    op.create_index(
        "ix_notice_paper_to_scan",
        "notice_paper",
        ["scanned_at", "id"],
        sqlite_where=sa.text("(verdict IS NULL OR verdict = 'failed')"),
        postgresql_where=sa.text("(verdict IS NULL OR verdict = 'failed')"),
    )

    op.create_table(
        "notice_act",
        sa.Column("addressee_id", BigId, nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer_id", BigId, nullable=True),
        sa.Column("object_id", BigId, nullable=True),
        sa.Column("registered", sa.JSON(), nullable=True),
        sa.Column("unverified", sa.Boolean(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["addressee_id"], ["notice_addressee.id"], name="fk_notice_act_addressee_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_notice_act_agency_id"),
        sa.ForeignKeyConstraint(["answer_id"], ["notice.id"], name="fk_notice_act_answer_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_notice_act_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_act"),
    )
    op.create_index("ix_notice_act_addressee_id", "notice_act", ["addressee_id"])
