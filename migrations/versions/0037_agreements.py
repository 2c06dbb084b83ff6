"""The agreement in versions that the members countersign, and what is put to them: such a version, or that an agency joins."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0037"
down_revision = "0036"

_FIXED = "what the members agreed to is never changed"
_OPEN = "took_effect_on IS NULL AND withdrawn_at IS NULL"
_VERSION_OPEN, _MEMBER_OPEN = sa.text(f"joins_id IS NULL AND {_OPEN}"), sa.text(f"joins_id IS NOT NULL AND {_OPEN}")
_PROPOSAL = ("mechanism_id", "document_id", "joins_id", "proposed_by_id", "took_effect_on")


def upgrade() -> None:
    op.add_column("agreement", sa.Column("document_id", BigId, nullable=True))
    op.create_table(
        "former_agreement",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("document_id", BigId, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=False),
        sa.Column("replaced_at", UTCDateTime(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_former_agreement_mechanism_id"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_former_agreement_document_id"),
        sa.PrimaryKeyConstraint("id", name="pk_former_agreement"),
    )
    op.create_index("ix_former_agreement_mechanism_id", "former_agreement", ["mechanism_id"])
    op.create_table(
        "proposal",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("document_id", BigId, nullable=False),
        sa.Column("joins_id", BigId, nullable=True),
        sa.Column("proposed_by_id", BigId, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("doc_no", sa.String(length=60), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("takes_effect_on", sa.Date(), nullable=True),
        sa.Column("took_effect_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by", BigId, nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_proposal_mechanism_id"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_proposal_document_id"),
        sa.ForeignKeyConstraint(["joins_id"], ["agency.id"], name="fk_proposal_joins_id"),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["agency.id"], name="fk_proposal_proposed_by_id"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name="fk_proposal_withdrawn_by"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint("document_id", name="uq_proposal_document_id"),
    )
    op.create_index("ix_proposal_mechanism_id", "proposal", ["mechanism_id"])
    op.create_index(
        "ix_proposal_takes_effect_on",
        "proposal",
        ["takes_effect_on"],
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    op.create_index(
        "uq_proposal_version_open",
        "proposal",
        ["mechanism_id"],
        unique=True,
        sqlite_where=_VERSION_OPEN,
        postgresql_where=_VERSION_OPEN,
    )
    op.create_index(
        "uq_proposal_member_open",
        "proposal",
        ["mechanism_id", "joins_id"],
        unique=True,
        sqlite_where=_MEMBER_OPEN,
        postgresql_where=_MEMBER_OPEN,
    )
    _fix("former_agreement", UPDATE="1 = 1", DELETE="1 = 1")
    _fix("proposal", UPDATE=f"OLD.took_effect_on IS NOT NULL AND ({_changes(_PROPOSAL)})", DELETE="1 = 1")


def _changes(columns: tuple[str, ...]) -> str:
    differs = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{one} {differs} OLD.{one}" for one in columns)


def _fix(table: str, **when: str) -> None:
    """Refuse these acts on a row of the table where the condition holds."""
    name = f"fixed_{table}"
    if op.get_bind().dialect.name == "sqlite":
        for act, condition in when.items():
            op.execute(
                f"CREATE TRIGGER {name}_{act.lower()} BEFORE {act} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{_FIXED}'); END"
            )
        return
    asks = "; ".join(
        f"IF TG_OP = '{act}' THEN IF {condition} THEN RAISE EXCEPTION '{_FIXED}'; END IF; END IF"
        for act, condition in when.items()
    )
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {asks}; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {' OR '.join(when)} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
