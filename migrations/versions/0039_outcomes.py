"""办案成效: cases that were closed, as the agencies report them, and their word that a period is right."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "outcome",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("case_code", sa.String(60), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("beneficiary_group", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(80), nullable=False),
        sa.Column("cases", BigId, nullable=False),
        sa.Column("people", BigId, nullable=False),
        sa.Column("amount_recovered", BigId, nullable=True),
        sa.Column("result", sa.String(60), nullable=True),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("entered_by", BigId, nullable=True),
        sa.Column("entered_from", sa.String(100), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("removed_by", BigId, nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_outcome_mechanism_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_outcome_agency_id"),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name="fk_outcome_entered_by"),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name="fk_outcome_removed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_outcome"),
    )
    op.create_index(
        "ix_outcome_again",
        "outcome",
        ["mechanism_id"],
        sqlite_where=sa.text("removed_at IS NULL AND counts = 0"),
        postgresql_where=sa.text("removed_at IS NULL AND NOT counts"),
    )
    op.create_index("ix_outcome_listed", "outcome", ["mechanism_id", "closed_on", "id"])
    op.create_index(
        "uq_outcome_reported",
        "outcome",
        ["mechanism_id", "case_code", "agency_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "outcome_confirmation",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("cases", BigId, nullable=False),
        sa.Column("people", BigId, nullable=False),
        sa.Column("amount_recovered", BigId, nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", BigId, nullable=True),
        sa.Column("voided_at", UTCDateTime(), nullable=True),
        sa.Column("voided_by_id", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_outcome_confirmation_mechanism_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_outcome_confirmation_agency_id"),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name="fk_outcome_confirmation_confirmed_by"),
        sa.ForeignKeyConstraint(["voided_by_id"], ["outcome.id"], name="fk_outcome_confirmation_voided_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outcome_confirmation"),
    )
    op.create_index("ix_outcome_confirmation_read", "outcome_confirmation", ["mechanism_id", "to_on"])
