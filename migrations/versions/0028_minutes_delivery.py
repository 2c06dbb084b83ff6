"""To whom issued minutes are handed over because no mail brings them, and when that was done."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0028"
down_revision = "0027"

_TO_DO = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "minutes_delivery",
        sa.Column("minutes_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("agency_id", BigId, nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("done_by", BigId, nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name="fk_minutes_delivery_minutes_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_minutes_delivery_agency_id"),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name="fk_minutes_delivery_done_by"),
        sa.PrimaryKeyConstraint("id", name="pk_minutes_delivery"),
        sa.UniqueConstraint("minutes_id", "name", name="uq_minutes_delivery_minutes_id_name"),
    )
    op.create_index(
        "ix_minutes_delivery_to_do",
        "minutes_delivery",
        ["minutes_id"],
        sqlite_where=_TO_DO,
        postgresql_where=_TO_DO,
    )
