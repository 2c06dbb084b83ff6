"""Finding the first rows of a list that several conditions join, each by an index of its own.

A database that is told "of these mechanisms, or asked by name" reads a whole table from one end, because no one index finds both;
asked for the first rows by each condition alone, it reads no more of them than are shown."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true, union_all

from liaison.db import Base

MOST_PARTS = 100
"""Of more conditions one is made: databases bound how many statements may be joined."""


def among(
    model: type[Base],
    parts: Sequence[ColumnElement[bool]],
    *,
    order: Sequence[Any] = (),
    limit: int | None = None,
    beside: Sequence[Select[Any]] = (),
) -> ColumnElement[bool]:
    """The rows of which one of these conditions holds; with `limit` as many of each as stand first in that order.

    `beside` finds further ids in other tables, each statement as its first column, ordered and bounded as it says itself."""
    found = [select(model.id).where(part).order_by(*order).limit(limit).subquery() for part in bounded(parts)]
    found += [one.subquery() for one in beside]
    return model.id.in_(union_all(*(select(one.c[0]) for one in found)))


def bounded(parts: Sequence[ColumnElement[bool]]) -> Sequence[ColumnElement[bool]]:
    """The conditions, as one where there are too many."""
    return parts if len(parts) <= MOST_PARTS else [or_(*parts)]


def row_by_row(found: Select[Any]) -> ColumnElement[bool]:
    """Whether the statement finds anything for the row in hand. An EXISTS would say the same, but PostgreSQL may answer an EXISTS
    among other conditions by reading beforehand, from a whole table, every row that could ever be found."""
    return func.coalesce(found.with_only_columns(true()).limit(1).scalar_subquery(), false())
