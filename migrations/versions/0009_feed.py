"""Calendar subscriptions are put together from texts that are written once."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "feed_event",
        sa.Column("announcement_id", BigId, nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=True),
        sa.Column("year", BigId, nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcement.id"], name="fk_feed_event_announcement_id"),
        sa.PrimaryKeyConstraint("id", name="pk_feed_event"),
        sa.UniqueConstraint("announcement_id", "locale", name="uq_feed_event_announcement_id_locale"),
    )
