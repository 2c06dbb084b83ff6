"""The annual plan: dates left out with their reasons, the plan as it was sent, and which drafts it told of."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0018"
down_revision = "0017"

_PLANNED = sa.text("plan_sent_at IS NOT NULL AND announced_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "skipped_date",
        sa.Column("series_id", BigId, nullable=False),
        sa.Column("nominal_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("skipped_at", UTCDateTime(), nullable=False),
        sa.Column("skipped_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_skipped_date_series_id"),
        sa.ForeignKeyConstraint(["skipped_by"], ["person.id"], name="fk_skipped_date_skipped_by"),
        sa.PrimaryKeyConstraint("id", name="pk_skipped_date"),
        sa.UniqueConstraint("series_id", "nominal_on", name="uq_skipped_date_series_id_nominal_on"),
    )
    op.create_table(
        "sent_plan",
        sa.Column("mechanism_id", BigId, nullable=False),
        sa.Column("year", BigId, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("agency_ids", sa.JSON(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("sent_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["mechanism_id"], ["mechanism.id"], name="fk_sent_plan_mechanism_id"),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name="fk_sent_plan_sent_by"),
        sa.PrimaryKeyConstraint("id", name="pk_sent_plan"),
        sa.UniqueConstraint("mechanism_id", "year", "number", name="uq_sent_plan_mechanism_id_year_number"),
    )
    op.add_column("meeting", sa.Column("plan_sent_at", UTCDateTime(), nullable=True))
    op.create_index(
        "ix_meeting_planned",
        "meeting",
        ["mechanism_id", "starts_at"],
        unique=False,
        sqlite_where=_PLANNED,
        postgresql_where=_PLANNED,
    )
