"""The database itself keeps what issued minutes are known by, and to what agencies agreed: heads, roots, dates, numbers and signers."""

from alembic import op

revision = "0030"
down_revision = "0029"

_FIXED = "what agencies sign or signed is never changed"
_VERSION = ("document_id", "number", "head", "root", "circulated_at")
_MINUTES = ("meeting_id", "document_id", "corrects_id", "reason", "issuing_agency_id", "copy_to", "report_to", "doc_no", "issued_on", "issued_at", "issued_as")  # fmt: skip
_JSON = ("head", "copy_to", "report_to", "issued_as")
_IN_FORCE = "(SELECT d.in_force_at FROM document d JOIN document_version v ON v.document_id = d.id WHERE v.id = {row}.document_version_id) IS NOT NULL"  # fmt: skip


def upgrade() -> None:
    _fix(
        "document_version",
        UPDATE=f"OLD.circulated_at IS NOT NULL AND ({_changes(_VERSION)})",
        DELETE="OLD.circulated_at IS NOT NULL",
    )
    _fix("document", UPDATE=f"OLD.in_force_at IS NOT NULL AND ({_changes(('in_force_at', 'authorised_by_id'))})")
    _fix("minutes", UPDATE=f"OLD.issued_at IS NOT NULL AND ({_changes(_MINUTES)})", DELETE="OLD.issued_at IS NOT NULL")
    named = _changes(("document_version_id", "agency_id", "agency_name"))
    _fix(
        "signer", INSERT=_IN_FORCE.format(row="NEW"), UPDATE=f"{named} OR {_IN_FORCE.format(row='OLD')}", DELETE="1 = 1"
    )
    _fix("sign_off", "sign_off_in_force", INSERT=_IN_FORCE.format(row="NEW"))


def _changes(columns: tuple[str, ...]) -> str:
    """Whether one of them gets another value. PostgreSQL compares JSON only as the text it is."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if on_sqlite else "IS DISTINCT FROM"
    sides = (one if on_sqlite or one not in _JSON else f"{one}::text" for one in columns)
    return " OR ".join(f"NEW.{one} {differs} OLD.{one}" for one in sides)


def _fix(table: str, name: str | None = None, **when: str) -> None:
    """Refuse these acts on a row of the table where the condition holds."""
    name = f"fixed_{name or table}"
    if op.get_bind().dialect.name == "sqlite":
        for act, condition in when.items():
            op.execute(
                f"CREATE TRIGGER {name}_{act.lower()} BEFORE {act} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{_FIXED}'); END"
            )
        return
    # A trigger's own condition takes no subquery in PostgreSQL, so the function asks; one act after the other, since NEW has no row in a DELETE.
    asks = "; ".join(
        f"IF TG_OP = '{act}' THEN IF {condition} THEN RAISE EXCEPTION '{_FIXED}'; END IF; END IF"
        for act, condition in when.items()
    )
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {asks}; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {' OR '.join(when)} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
