"""Lines of the audit trail say how they are linked, those written so far over what they say in the clear; readers say who named them and why."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("audit_line", sa.Column("form", sa.SmallInteger(), server_default="1", nullable=False))
    with op.batch_alter_table("reader") as batch_op:
        batch_op.add_column(sa.Column("basis_ref", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("named_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("named_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key("fk_reader_named_by", "person", ["named_by"], ["id"])
        batch_op.create_foreign_key("fk_reader_ended_by", "person", ["ended_by"], ["id"])
