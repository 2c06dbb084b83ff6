"""The index of the search, and how far it is built: a site that has data already builds it in the background once it runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from liaison.db import BigId, UTCDateTime

revision = "0042"
down_revision = "0041"

_OUT = "INSERT INTO search_words (search_words, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
_IN = "INSERT INTO search_words (rowid, tokens) VALUES (new.id, new.tokens);"


def upgrade() -> None:
    op.create_table(
        "search_row",
        sa.Column("kind", BigId, nullable=False),
        sa.Column("thing_id", BigId, nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("tokens", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_row"),
    )
    op.create_index("ix_search_row_thing", "search_row", ["kind", "thing_id"])
    op.create_index(
        "ix_search_row_tokens", "search_row", ["tokens"], postgresql_using="gin", sqlite_where=sa.text("id IS NULL")
    )
    op.create_table(
        "search_build",
        sa.Column("form", BigId, nullable=False),
        sa.Column("kind", BigId, nullable=False),
        sa.Column("after_id", BigId, nullable=False),
        sa.Column("built_at", UTCDateTime(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_build"),
    )
    if op.get_bind().dialect.name == "sqlite":
        # Only which row has a token is kept, not where: what is found is looked at again, and it is a third of the size.
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5"
            "(tokens, content='search_row', content_rowid='id', tokenize='ascii', detail=none, columnsize=0)"
        )
        op.execute(f"CREATE TRIGGER search_row_added AFTER INSERT ON search_row BEGIN {_IN} END")
        op.execute(f"CREATE TRIGGER search_row_gone AFTER DELETE ON search_row BEGIN {_OUT} END")
        op.execute(f"CREATE TRIGGER search_row_changed AFTER UPDATE ON search_row BEGIN {_OUT} {_IN} END")
    if not op.get_bind().execute(sa.text("SELECT 1 FROM agency LIMIT 1")).first():
        # A new site has nothing that the search would not follow from the beginning.
        op.execute(
            "INSERT INTO search_build (id, form, kind, after_id, built_at) VALUES (1, 2, 9, 0, CURRENT_TIMESTAMP)"
        )
