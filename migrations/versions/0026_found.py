"""Rows that are asked for often are found without reading their whole tables."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_WAITS = sa.text("(verdict IS NULL OR verdict = 'failed')")


def upgrade() -> None:
    op.create_index("ix_decision_agenda_item_id", "decision", ["agenda_item_id"])
    op.create_index(
        "ix_paper_version_to_scan",
        "paper_version",
        ["scanned_at", "id"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
