"""The index of the search: by which tokens each thing is found, and how far it is built."""

from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, Index, String, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from liaison.db import Base, BigId


class Tokens(TypeDecorator[frozenset[str]]):
    """A set of tokens: on PostgreSQL a tsvector, on SQLite the words of the full-text table beside. Written, and never read back."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(value)


class SearchRow(Base):
    """One thing that may be found, or the part of it that certain agencies may know of. Its id is its place among what is found, the newest
    highest (search.places): a thing whose date changes gets another row."""

    __tablename__ = "search_row"
    __table_args__ = (
        Index("ix_search_row_thing", "kind", "thing_id"),
        # SQLite keeps none of it: there the full-text table beside does what this index is for.
        Index("ix_search_row_tokens", "tokens", postgresql_using="gin", sqlite_where=text("id IS NULL")),
    )

    kind: Mapped[int] = mapped_column(BigId)
    thing_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(32))
    """Of the tokens, so that what did not change is not written again."""
    tokens: Mapped[frozenset[str]] = mapped_column(Tokens)


class SearchBuild(Base):
    """One row: up to which thing of which kind the index was built by this form of tokens; `built_at` once it was through them all."""

    __tablename__ = "search_build"

    form: Mapped[int]
    kind: Mapped[int]
    after_id: Mapped[int]
    built_at: Mapped[datetime | None]
