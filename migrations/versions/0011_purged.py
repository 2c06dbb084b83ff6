"""Received mails whose bytes are to go are found without looking at all that ever came."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_KEPT = sa.text("raw IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_incoming_mail_kept",
        "incoming_mail",
        ["received_at"],
        unique=False,
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    )
