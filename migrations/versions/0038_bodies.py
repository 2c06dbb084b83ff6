"""Bodies from outside: each agency's own, so that a name which another agency entered too is told to neither."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
OF_THE_SITE = "kept_by_id IS NULL"


def upgrade() -> None:
    with op.batch_alter_table("agency") as batch_op:
        batch_op.drop_constraint("uq_agency_short_name", type_="unique")
    op.create_index(
        "uq_agency_short_name",
        "agency",
        ["short_name"],
        unique=True,
        sqlite_where=sa.text(OF_THE_SITE),
        postgresql_where=sa.text(OF_THE_SITE),
    )
    op.execute("UPDATE agency SET short_name = substr(name, 1, 40) WHERE kept_by_id IS NOT NULL")
