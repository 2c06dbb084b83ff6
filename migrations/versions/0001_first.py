"""First schema."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=True),
        sa.Column("sort_order", BigId, nullable=False),
        sa.Column("deactivated_at", UTCDateTime(), nullable=True),
        sa.Column("deactivated_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("short_name", name=op.f("uq_agency_short_name")),
    )
    op.create_table(
        "audit_head",
        sa.Column("number", BigId, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "queue_state",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_state")),
        sa.UniqueConstraint("name", name=op.f("uq_queue_state_name")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("count", BigId, nullable=False),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttle")),
        sa.UniqueConstraint("key", name=op.f("uq_throttle_key")),
    )
    op.create_table(
        "mechanism",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=True),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("mailbox", sa.String(length=254), nullable=True),
        sa.Column("lead_agency_id", BigId, nullable=False),
        sa.Column("quorum", BigId, nullable=True),
        sa.Column("deadlines", sa.JSON(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["lead_agency_id"], ["agency.id"], name=op.f("fk_mechanism_lead_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mechanism")),
        sa.UniqueConstraint("name", name=op.f("uq_mechanism_name")),
    )
    op.create_table(
        "office",
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("deactivated_at", UTCDateTime(), nullable=True),
        sa.Column("deactivated_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_office_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_office_agency_id_name")),
    )
    op.create_table(
        "agreement",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name=op.f("fk_agreement_mechanism_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("mechanism_id", name=op.f("uq_agreement_mechanism_id")),
    )
    op.create_table(
        "host_turn",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_host_turn_agency_id")),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name=op.f("fk_host_turn_mechanism_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_turn")),
        sa.UniqueConstraint("mechanism_id", "position", name=op.f("uq_host_turn_mechanism_id_position")),
    )
    op.create_table(
        "member",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("takes_part", sa.String(length=10), nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.CheckConstraint("left_on IS NULL OR left_on > joined_on", name=op.f("ck_member_dates")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_member_agency_id")),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name=op.f("fk_member_mechanism_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    with op.batch_alter_table("member") as batch_op:
        batch_op.create_index(batch_op.f("ix_member_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_mechanism_id"), ["mechanism_id"], unique=False)
        batch_op.create_index(
            "uq_member_current",
            ["mechanism_id", "agency_id"],
            unique=True,
            sqlite_where=sa.text("left_on IS NULL"),
            postgresql_where=sa.text("left_on IS NULL"),
        )

    op.create_table(
        "person",
        sa.Column("key", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=True),
        sa.Column("contact_id", BigId, nullable=True),
        sa.Column("department", sa.String(length=80), nullable=True),
        sa.Column("job_title", sa.String(length=80), nullable=True),
        sa.Column("rank", BigId, nullable=True),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=True),
        sa.Column("operator_at", UTCDateTime(), nullable=True),
        sa.Column("agency_admin_at", UTCDateTime(), nullable=True),
        sa.Column("deactivated_at", UTCDateTime(), nullable=True),
        sa.Column("deactivated_by", BigId, nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_person_agency_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["person.id"], name=op.f("fk_person_contact_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_person_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("key", name=op.f("uq_person_key")),
    )
    with op.batch_alter_table("person") as batch_op:
        batch_op.create_index(batch_op.f("ix_person_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_mail"), ["mail"], unique=False)

    op.create_table(
        "series",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rrule", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("duration_minutes", BigId, nullable=False),
        sa.Column("roll", sa.String(length=20), nullable=False),
        sa.Column("avoid_makeup", sa.Boolean(), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name=op.f("fk_series_mechanism_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("mechanism_id", "name", name=op.f("uq_series_mechanism_id_name")),
    )
    with op.batch_alter_table("series") as batch_op:
        batch_op.create_index(batch_op.f("ix_series_mechanism_id"), ["mechanism_id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "audit_line",
        sa.Column("number", BigId, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=60), nullable=False),
        sa.Column("mechanism_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_audit_line_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_line_number")),
    )
    with op.batch_alter_table("audit_line") as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_line_mechanism_id"), ["mechanism_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_line_object"), ["object"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_line_person_id"), ["person_id"], unique=False)

    op.create_table(
        "clause",
        sa.Column("agreement_id", BigId, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_clause_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_clause_agreement_id_number")),
    )
    op.create_table(
        "designation",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("basis_ref", sa.String(length=80), nullable=True),
        sa.Column("may_sign", sa.Boolean(), nullable=False),
        sa.Column("designated_by", BigId, nullable=True),
        sa.Column("designated_at", UTCDateTime(), nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_designation_dates")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_designation_agency_id")),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name=op.f("fk_designation_mechanism_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_designation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation")),
    )
    with op.batch_alter_table("designation") as batch_op:
        batch_op.create_index(batch_op.f("ix_designation_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_designation_mechanism_id"), ["mechanism_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_designation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "idempotent_answer",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", BigId, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_idempotent_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_answer")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_idempotent_answer_person_id_key")),
    )
    op.create_table(
        "link",
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("object_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("agency_id", BigId, nullable=True),
        sa.Column("designation_id", BigId, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_link_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_link_public_id")),
    )
    with op.batch_alter_table("link") as batch_op:
        batch_op.create_index(batch_op.f("ix_link_designation_id"), ["designation_id"], unique=False)
        batch_op.create_index("ix_link_object", ["purpose", "object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("series_id", BigId, nullable=True),
        sa.Column("nominal_on", sa.Date(), nullable=True),
        sa.Column("why_moved", sa.JSON(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("duration_minutes", BigId, nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("host_agency_id", BigId, nullable=False),
        sa.Column("recorder_id", BigId, nullable=True),
        sa.Column("authorised_by_id", BigId, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("replies_due_on", sa.Date(), nullable=True),
        sa.Column("hides_attendees", sa.Boolean(), nullable=False),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("organizer", sa.String(length=254), nullable=True),
        sa.Column("sequence", BigId, nullable=True),
        sa.Column("dtstamp", UTCDateTime(), nullable=True),
        sa.Column("answers_from", BigId, nullable=False),
        sa.Column("announced_at", UTCDateTime(), nullable=True),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("cancelled_by", BigId, nullable=True),
        sa.Column("postponed_at", UTCDateTime(), nullable=True),
        sa.Column("postponed_by", BigId, nullable=True),
        sa.Column("off_announced", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("held_at", UTCDateTime(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["authorised_by_id"], ["person.id"], name=op.f("fk_meeting_authorised_by_id")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["person.id"], name=op.f("fk_meeting_cancelled_by")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_meeting_created_by")),
        sa.ForeignKeyConstraint(["host_agency_id"], ["agency.id"], name=op.f("fk_meeting_host_agency_id")),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name=op.f("fk_meeting_mechanism_id")),
        sa.ForeignKeyConstraint(["postponed_by"], ["person.id"], name=op.f("fk_meeting_postponed_by")),
        sa.ForeignKeyConstraint(["recorder_id"], ["person.id"], name=op.f("fk_meeting_recorder_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_meeting_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
    )
    with op.batch_alter_table("meeting") as batch_op:
        batch_op.create_index("ix_meeting_mechanism_id_starts_at", ["mechanism_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "outbox_mail",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("source_id", BigId, nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("thread", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("display_to", sa.String(length=400), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("priority", BigId, nullable=False),
        sa.Column("once_key", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("next_try_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", BigId, nullable=False),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("claimed_until", UTCDateTime(), nullable=True),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("superseded_at", UTCDateTime(), nullable=True),
        sa.Column("composed_at", UTCDateTime(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("mail_from", sa.String(length=254), nullable=True),
        sa.Column("subject", sa.String(length=400), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("holds", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("trial_to", sa.String(length=254), nullable=True),
        sa.Column("last_code", BigId, nullable=True),
        sa.Column("last_reply", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("final_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_outbox_mail_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("once_key", name=op.f("uq_outbox_mail_once_key")),
    )
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.create_index("ix_outbox_mail_about", ["about", "id"], unique=False)
        batch_op.create_index(
            "ix_outbox_mail_open",
            ["priority", "next_try_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('waiting', 'deferred', 'sending')"),
            sqlite_where=sa.text("state IN ('waiting', 'deferred', 'sending')"),
        )
        batch_op.create_index("ix_outbox_mail_thread_address", ["thread", "address"], unique=False)

    op.create_table(
        "password",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_password_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password")),
        sa.UniqueConstraint("person_id", name=op.f("uq_password_person_id")),
    )
    op.create_table(
        "reader",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name=op.f("fk_reader_mechanism_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reader_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader")),
    )
    with op.batch_alter_table("reader") as batch_op:
        batch_op.create_index(batch_op.f("ix_reader_mechanism_id"), ["mechanism_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reader_person_id"), ["person_id"], unique=False)

    op.create_table(
        "site_choice",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("set_by", BigId, nullable=True),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_site_choice_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_choice")),
        sa.UniqueConstraint("name", name=op.f("uq_site_choice_name")),
    )
    op.create_table(
        "user_session",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_user_session_key_hash")),
    )
    with op.batch_alter_table("user_session") as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "agency_invitation",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("seats", BigId, nullable=False),
        sa.Column("requirement", sa.String(length=200), nullable=True),
        sa.Column("returned_at", UTCDateTime(), nullable=True),
        sa.Column("returned_by", BigId, nullable=True),
        sa.Column("returned_via", sa.String(length=20), nullable=True),
        sa.Column("returned_sequence", BigId, nullable=True),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("registered", sa.JSON(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_invitation_agency_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agency_invitation_meeting_id")),
        sa.ForeignKeyConstraint(["returned_by"], ["person.id"], name=op.f("fk_agency_invitation_returned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_invitation")),
        sa.UniqueConstraint("meeting_id", "agency_id", name=op.f("uq_agency_invitation_meeting_id_agency_id")),
    )
    with op.batch_alter_table("agency_invitation") as batch_op:
        batch_op.create_index(batch_op.f("ix_agency_invitation_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("agency_id", BigId, nullable=True),
        sa.Column("presenter_id", BigId, nullable=True),
        sa.Column("duration_minutes", BigId, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", BigId, nullable=True),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agenda_item_agency_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")),
        sa.ForeignKeyConstraint(["presenter_id"], ["person.id"], name=op.f("fk_agenda_item_presenter_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_agenda_item_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    with op.batch_alter_table("agenda_item") as batch_op:
        batch_op.create_index("ix_agenda_item_meeting_id", ["meeting_id", "position"], unique=False)

    op.create_table(
        "announcement",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("sequence", BigId, nullable=False),
        sa.Column("dtstamp", UTCDateTime(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_announcement_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_announcement_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    with op.batch_alter_table("announcement") as batch_op:
        batch_op.create_index("ix_announcement_meeting_id", ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_announcement_uid"), ["uid"], unique=False)

    op.create_table(
        "mail_person",
        sa.Column("mail_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["outbox_mail.id"], name=op.f("fk_mail_person_mail_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_person")),
        sa.UniqueConstraint("mail_id", "person_id", name=op.f("uq_mail_person_mail_id_person_id")),
    )
    with op.batch_alter_table("mail_person") as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_person_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("mail_id", BigId, nullable=True),
        sa.Column("next_path", sa.String(length=200), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["outbox_mail.id"], name=op.f("fk_sign_in_link_mail_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_in_link_public_id")),
    )
    with op.batch_alter_table("sign_in_link") as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "attendee",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("agency_invitation_id", BigId, nullable=True),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("job_title", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("partstat", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("substitute", sa.JSON(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by", BigId, nullable=True),
        sa.Column("answered_via", sa.String(length=20), nullable=True),
        sa.Column("answered_sequence", BigId, nullable=True),
        sa.Column("registered", sa.JSON(), nullable=True),
        sa.Column("attendance", sa.String(length=20), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_attendee_agency_id")),
        sa.ForeignKeyConstraint(
            ["agency_invitation_id"], ["agency_invitation.id"], name=op.f("fk_attendee_agency_invitation_id")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_attendee_answered_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendee_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendee_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
    )
    with op.batch_alter_table("attendee") as batch_op:
        batch_op.create_index("ix_attendee_meeting_id", ["meeting_id"], unique=False)
        batch_op.create_index("ix_attendee_person_id", ["person_id"], unique=False)
    _keep_principals_apart()


def _keep_principals_apart() -> None:
    """No two principals of one agency in one mechanism at one time: an exclusion constraint, or triggers on SQLite."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE designation ADD CONSTRAINT ex_designation_one_principal EXCLUDE USING gist "
            "(mechanism_id WITH =, agency_id WITH =, daterange(starts_on, ends_on) WITH &&) WHERE (role = 'principal')"
        )
        return
    for act, when in (("insert", "INSERT"), ("update", "UPDATE")):
        op.execute(
            f"CREATE TRIGGER ex_designation_one_principal_{act} BEFORE {when} ON designation WHEN NEW.role = 'principal' "
            "AND EXISTS (SELECT 1 FROM designation d WHERE d.role = 'principal' AND d.id IS NOT NEW.id "
            "AND d.mechanism_id = NEW.mechanism_id AND d.agency_id = NEW.agency_id "
            "AND d.starts_on < COALESCE(NEW.ends_on, '9999-12-31') AND NEW.starts_on < COALESCE(d.ends_on, '9999-12-31')) "
            "BEGIN SELECT RAISE(ABORT, 'ex_designation_one_principal'); END"
        )
