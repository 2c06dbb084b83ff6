"""What becomes of a proposed agenda item is told to who proposed it: that it is returned, or deferred, and why."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.db import Session
from liaison.directory.queries import agencies_at
from liaison.i18n import Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.meetings.audience import HIDDEN
from liaison.meetings.deferring import KIND, RETURNED
from liaison.meetings.mails import LINK_LIFE
from liaison.meetings.models import AgendaItem, Meeting


async def item_answered(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """“Your item is returned”, or deferred; None where it was taken off since. To an address that others read who may not know of the
    item neither what it is called nor why."""
    query = select(AgendaItem).where(AgendaItem.id == row.source_id, AgendaItem.removed_at.is_(None))
    query = query.options(joinedload(AgendaItem.meeting))
    item = (await db.execute(query)).scalar_one_or_none()
    meeting = await _meeting(db, row.params["meeting"])
    if item is None or meeting is None:
        return None
    readers = (await agencies_at(db, [row.address])).get(row.address, set()) if item.audience is not None else set()
    known = item.audience is None or (bool(readers) and item.audience.issuperset(readers))
    there = await _meeting(db, row.params["to"])
    words = Words(row.locale, meeting.timezone, db.clock.today(meeting.timezone))
    context: dict[str, Any] = {
        "words": words,
        "returned": row.params["answer"] == RETURNED,
        "host": meeting.host_agency.name,
        "meeting": meeting.title,
        "when": words.moment(meeting.local_start, zone=meeting.timezone),
        "title": item.title if known else words._(HIDDEN),
        "reason": row.params["reason"] if known else None,
        # A draft is its officers' matter until it is announced.
        "there": there.title if there is not None and there.announced_at is not None else None,
        "link": await _link(db, row, item),
        "has_page": _has_page(row),
        "mechanism": meeting.mechanism.short_name,
        "site_name": db.settings.site_name,
    }
    return worded(
        row,
        KIND,
        context,
        meeting.mechanism.sender(db.settings.mail_from),
        audience=item.audience if known else None,
    )


async def _link(db: Session, row: OutboxMail, item: AgendaItem) -> str | None:
    """The item's page; of one that was returned, for a liaison, a deputy and an agency's own address, the link by which they mend it
    and propose it again without signing in."""
    if _has_page(row):
        return f"{db.settings.base_url}/agenda-items/{item.id}"
    if row.params["answer"] != RETURNED or item.meeting.ends_at <= db.now():
        return None
    office = row.params.get("office")
    link = await links.link_for(
        db,
        purpose=links.PROPOSE,
        object_id=item.meeting_id,
        person_id=office["person_id"] if office else None,
        agency_id=office["agency_id"] if office else row.params["agency_id"],
        designation_id=office["designation_id"] if office else None,
        expires_at=item.meeting.ends_at + LINK_LIFE,
    )
    return f"{link}?item={item.id}"


def _has_page(row: OutboxMail) -> bool:
    """Whether the mail leads to the item's page: not that to an agency's own address, which signs in nowhere, nor where there is
    something to do that the mail itself lets do, nor for who takes part by mail."""
    if row.params.get("agency_id") is not None:
        return False
    to_mend = row.params["answer"] == RETURNED and row.params.get("office") is not None
    return not to_mend and not row.params.get("by_mail")


async def _meeting(db: Session, meeting_id: int | None) -> Meeting | None:
    query = select(Meeting).where(Meeting.id == meeting_id)
    return (
        await db.execute(query.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency)))
    ).scalar_one_or_none()


COMPOSERS = {KIND: one_by_one(item_answered)}
