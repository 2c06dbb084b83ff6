"""Holiday schedules that a site enters itself: years as they were announced, and single days that differ."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "holiday_calendar",
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_holiday_calendar"),
        sa.UniqueConstraint("region", name="uq_holiday_calendar_region"),
    )
    op.create_table(
        "holiday_year",
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("year", BigId, nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("entered_by", BigId, nullable=True),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("undone_by", BigId, nullable=True),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name="fk_holiday_year_entered_by"),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name="fk_holiday_year_undone_by"),
        sa.PrimaryKeyConstraint("id", name="pk_holiday_year"),
    )
    op.create_index("ix_holiday_year_region_year", "holiday_year", ["region", "year"])
    op.create_table(
        "holiday_day",
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("corrects_id", BigId, nullable=True),
        sa.Column("entered_by", BigId, nullable=True),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("undone_by", BigId, nullable=True),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["holiday_year.id"], name="fk_holiday_day_corrects_id"),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name="fk_holiday_day_entered_by"),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name="fk_holiday_day_undone_by"),
        sa.PrimaryKeyConstraint("id", name="pk_holiday_day"),
    )
    op.create_index("ix_holiday_day_region_on", "holiday_day", ["region", "on"])
