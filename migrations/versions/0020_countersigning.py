"""Documents that agencies countersign, and the minutes of meetings among them."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0020"
down_revision = "0019"

_CIRCULATED = "(SELECT circulated_at FROM document_version v WHERE v.id = {row}.document_version_id) IS NOT NULL"
_FIXED = "what agencies sign or signed is never changed"


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("authorised_by_id", BigId, nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("in_force_at", UTCDateTime(), nullable=True),
        sa.Column("in_force_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["authorised_by_id"], ["person.id"], name="fk_document_authorised_by_id"),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_document_created_by"),
        sa.ForeignKeyConstraint(["in_force_by"], ["person.id"], name="fk_document_in_force_by"),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_document_mechanism_id"),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
    )
    op.create_index("ix_document_mechanism_id", "document", ["mechanism_id"])

    op.create_table(
        "document_version",
        sa.Column("document_id", BigId, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.Column("saved_by", BigId, nullable=True),
        sa.Column("circulated_at", UTCDateTime(), nullable=True),
        sa.Column("circulated_by", BigId, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("silence_consents", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deem_on", sa.Date(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["circulated_by"], ["person.id"], name="fk_document_version_circulated_by"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_document_version_document_id"),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name="fk_document_version_saved_by"),
        sa.PrimaryKeyConstraint("id", name="pk_document_version"),
        sa.UniqueConstraint("document_id", "number", name="uq_document_version_document_id_number"),
    )
    op.create_index("ix_document_version_deem_on", "document_version", ["deem_on"])
    op.create_index("ix_document_version_due_on", "document_version", ["due_on"])

    op.create_table(
        "minutes",
        sa.Column("meeting_id", BigId, nullable=False),
        sa.Column("document_id", BigId, nullable=False),
        sa.Column("corrects_id", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("issuing_agency_id", BigId, nullable=False),
        sa.Column("copy_to", sa.JSON(), nullable=False),
        sa.Column("report_to", sa.JSON(), nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_at", UTCDateTime(), nullable=True),
        sa.Column("issued_by", BigId, nullable=True),
        sa.Column("issued_as", sa.JSON(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["minutes.id"], name="fk_minutes_corrects_id"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_minutes_document_id"),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name="fk_minutes_issued_by"),
        sa.ForeignKeyConstraint(["issuing_agency_id"], ["agency.id"], name="fk_minutes_issuing_agency_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_minutes_meeting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_minutes"),
        sa.UniqueConstraint("document_id", name="uq_minutes_document_id"),
    )
    op.create_index("ix_minutes_meeting_id", "minutes", ["meeting_id"])
    op.create_index(
        "uq_minutes_open",
        "minutes",
        ["meeting_id"],
        unique=True,
        sqlite_where=sa.text("issued_at IS NULL"),
        postgresql_where=sa.text("issued_at IS NULL"),
    )

    op.create_table(
        "document_section",
        sa.Column("document_version_id", BigId, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_version_id"], ["document_version.id"], name="fk_document_section_document_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document_section"),
        sa.UniqueConstraint("document_version_id", "key", name="uq_document_section_document_version_id_key"),
    )
    op.create_table(
        "sign_off",
        sa.Column("document_version_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("section_key", sa.String(length=40), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", BigId, nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("unverified", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("registered", sa.JSON(), nullable=True),
        sa.Column("scan", sa.JSON(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_sign_off_agency_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_sign_off_by_id"),
        sa.ForeignKeyConstraint(
            ["document_version_id"], ["document_version.id"], name="fk_sign_off_document_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sign_off"),
    )
    op.create_index("ix_sign_off_document_version_id", "sign_off", ["document_version_id", "agency_id"])

    op.create_table(
        "signer",
        sa.Column("document_version_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("agency_name", sa.String(length=200), nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("excused_at", UTCDateTime(), nullable=True),
        sa.Column("excused_by", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_signer_agency_id"),
        sa.ForeignKeyConstraint(["document_version_id"], ["document_version.id"], name="fk_signer_document_version_id"),
        sa.ForeignKeyConstraint(["excused_by"], ["person.id"], name="fk_signer_excused_by"),
        sa.PrimaryKeyConstraint("id", name="pk_signer"),
        sa.UniqueConstraint("document_version_id", "agency_id", name="uq_signer_document_version_id_agency_id"),
    )
    op.create_index("ix_signer_agency_id", "signer", ["agency_id"])

    op.add_column("mechanism", sa.Column("all_sign", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("mechanism", sa.Column("silence_consents", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.add_column("meeting", sa.Column("minutes_circulated_at", UTCDateTime(), nullable=True))
    op.add_column("meeting", sa.Column("minutes_issued_at", UTCDateTime(), nullable=True))

    _fix("document_section", {"INSERT": "NEW", "UPDATE": "OLD", "DELETE": "OLD"}, _CIRCULATED)
    _fix("sign_off", {"UPDATE": "OLD", "DELETE": "OLD"}, "1 = 1")


def _fix(table: str, acts: dict[str, str], when: str) -> None:
    """The database itself refuses to change the text of a circulated version, and what was said of it."""
    if op.get_bind().dialect.name == "sqlite":
        for act, row in acts.items():
            op.execute(
                f"CREATE TRIGGER fixed_{table}_{act.lower()} BEFORE {act} ON {table} WHEN {when.format(row=row)} "
                f"BEGIN SELECT RAISE(ABORT, '{_FIXED}'); END"
            )
        return
    # A trigger's own condition takes no subquery in PostgreSQL, so the function asks.
    asks = "; ".join(
        f"IF TG_OP = '{act}' AND {when.format(row=row)} THEN RAISE EXCEPTION '{_FIXED}'; END IF"
        for act, row in acts.items()
    )
    op.execute(
        f"CREATE FUNCTION fixed_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {asks}; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER fixed_{table} BEFORE {' OR '.join(acts)} ON {table} FOR EACH ROW EXECUTE FUNCTION fixed_{table}()"
    )
