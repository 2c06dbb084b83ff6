"""The life of a mechanism: when it was entered, and when its members are next reminded that the agreement is to be reviewed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("agreement", sa.Column("remind_on", sa.Date(), nullable=True))
    # A day that is already past goes with the first mail; the clock then finds the newest step itself.
    op.execute(
        "UPDATE agreement SET remind_on = CASE WHEN review_on >= CURRENT_DATE THEN CURRENT_DATE END WHERE review_on IS NOT NULL"
    )
    op.add_column("mechanism", sa.Column("entered_on", sa.Date(), nullable=True))
