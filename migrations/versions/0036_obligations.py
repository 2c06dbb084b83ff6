"""What a clause of an agreement obliges to, as far as the record can tell how it is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.add_column("clause", sa.Column("obligation", sa.JSON(), nullable=True))
