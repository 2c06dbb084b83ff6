"""Referrals: code, category and clause of a lead, what the other agency decided, and the indexes by which the ledger of leads is read."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("notice", sa.Column("case_code", sa.String(length=60), nullable=True))
    op.add_column("notice", sa.Column("category", sa.String(length=40), nullable=True))
    op.add_column("notice", sa.Column("clause_id", BigId, nullable=True))
    op.add_column("notice", sa.Column("clause_number", BigId, nullable=True))
    op.add_column("notice", sa.Column("clause_text", sa.Text(), nullable=True))
    op.add_column("notice_addressee", sa.Column("is_referral", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("notice_addressee", sa.Column("decision", sa.String(length=20), nullable=True))
    op.add_column("notice_addressee", sa.Column("decided_at", UTCDateTime(), nullable=True))
    for name, column in (("lead_to", "agency_id"), ("lead_from", "from_agency_id")):
        op.create_index(
            f"ix_notice_addressee_{name}",
            "notice_addressee",
            [column, "notice_id"],
            sqlite_where=sa.text("is_referral = 1"),
            postgresql_where=sa.text("is_referral"),
        )
