"""移送台账: the leads that the viewer's agencies referred or were referred, by the day of referring, newest first, a page at a time or as a table to take along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents.spreadsheet import MOST_ROWS
from liaison.errors import Conflict
from liaison.i18n import N_, Words
from liaison.notices.ledger_table import table_of
from liaison.notices.models import (
    ACCEPTED,
    ACKNOWLEDGED,
    ANSWERED,
    CLOSED,
    RETURNED,
    SENT,
    WAS_SENT,
    Addressee,
    Notice,
)
from liaison.notices.permissions import reads_for
from liaison.notices.queries import place_of

RECEIVED, REFERRED = "received", "referred"
DIRECTIONS = (RECEIVED, REFERRED)
"""移入: another agency referred it; 移出: one's own did."""
_OWED = (SENT, ACKNOWLEDGED, ACCEPTED, RETURNED)
"""States in which something is still waited for from the agency, which an index of what is open finds."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the ledger is narrowed by; days are local days of sending."""

    mechanism_id: int | None = None
    direction: str | None = None
    category: str | None = None
    state: str | None = None
    sent_from: date | None = None
    sent_until: date | None = None


async def leads(
    db: Session, viewer: Viewer, filters: Filters, *, before: int | None = None, limit: int = 50
) -> list[Addressee]:
    """Each lead as the line of the agency it went to, by the day it was referred, from the one before that notice on. Drafts are in none. It
    is read by an index however many notices there are. Raises NotFound (`before`)."""
    found: dict[int, Addressee] = {}
    place = await place_of(db, viewer, before) if before is not None else None
    for mechanism_id, own in reads_for(viewer, db.clock.today(db.settings.timezone)):
        if filters.mechanism_id not in (None, mechanism_id):
            continue
        for direction, side in ((RECEIVED, Addressee.agency_id), (REFERRED, Addressee.from_agency_id)):
            if filters.direction not in (None, direction):
                continue
            query = select(Addressee).join(Addressee.notice)
            query = query.where(side == own, Addressee.is_referral, Notice.mechanism_id == mechanism_id)
            query = _narrowed(query.where(*WAS_SENT), filters)
            if place is not None:
                query = query.where(tuple_(Addressee.dated_on, Addressee.notice_id) < place)
            # newest first; of what is open, which is little, by the index of what is open instead
            day = (
                Addressee.dated_on if filters.state not in _OWED else func.coalesce(Addressee.dated_on, Notice.dated_on)
            )
            query = query.order_by(day.desc(), Addressee.notice_id.desc()).limit(limit)
            found |= {one.notice_id: one for one in await db.scalars(query.options(*_SHOWN))}
    return sorted(found.values(), key=lambda one: (one.dated_on, one.notice_id), reverse=True)[:limit]


async def exported(db: Session, viewer: Viewer, filters: Filters, words: Words) -> list[list[str]]:
    """The table with its headings, in the ledger's order. Raises Conflict for more rows than a table holds."""
    rows = await leads(db, viewer, filters, limit=MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise Conflict(N_("These are more than %(most)s referrals. Please narrow the ledger first."), most=MOST_ROWS)
    return table_of(words, rows)


def _narrowed(query: Select[Addressee], filters: Filters) -> Select[Addressee]:
    if filters.category is not None:
        query = query.where(Notice.category == filters.category)
    if filters.state is not None:
        query = query.where(*_stands(filters.state))
    if filters.sent_from is not None:
        query = query.where(Addressee.dated_on >= filters.sent_from)
    if filters.sent_until is not None:
        query = query.where(Addressee.dated_on <= filters.sent_until)
    return query


def _stands(state: str) -> Sequence[ColumnElement[bool]]:
    """The conditions of `Notice.state`."""
    if state == CLOSED:
        return (Notice.closed_at.is_not(None),)
    open_ = Notice.closed_at.is_(None)
    owed = (Addressee.settled_at.is_(None),) if state in _OWED else ()
    if state == ANSWERED:
        return open_, Addressee.answered_at.is_not(None)
    if state in (SENT, ACKNOWLEDGED):
        has = Addressee.acknowledged_at.is_(None) if state == SENT else Addressee.acknowledged_at.is_not(None)
        return open_, *owed, Addressee.answered_at.is_(None), Addressee.decision.is_(None), has
    return open_, *owed, Addressee.answered_at.is_(None), Addressee.decision == state


_SHOWN = (
    contains_eager(Addressee.notice).options(joinedload(Notice.mechanism), joinedload(Notice.from_agency)),
    joinedload(Addressee.agency),
)
