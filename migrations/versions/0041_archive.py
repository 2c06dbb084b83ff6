"""Lines of the audit trail say how they are linked: those written so far over what they say in the clear."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("audit_line", sa.Column("form", sa.SmallInteger(), server_default="1", nullable=False))
