"""Requests for another date in the clock's mail: to each liaison whose word is missing, the morning after it was asked for, and where
no other agency has a liaison to the chair of the meeting."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison.accounts import links
from liaison.actions import extending, extension_queries
from liaison.calendaring.deadlines import first_mail_day
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import Designation, Mechanism
from liaison.reminders.item_entries import ItemEntry, item_entry, on_paper_in
from liaison.reminders.queries import Morning
from liaison.reminders.rules import DECIDE, EXTENSION, Line


async def extension_lines(db: Session, morning: Morning) -> list[Line]:
    """Whose word is missing on what was asked for before this morning. What nobody is left to be asked about is decided with it."""
    here = list(await db.scalars(morning.here(select(Mechanism.id))))
    lines: list[Line] = []
    for extension in await extension_queries.undecided(db, here):
        if first_mail_day(extension.asked_at, ZoneInfo(morning.timezone)) > morning.today:
            continue
        asked = await extension_queries.others(db, extension.action_item)
        if await extending.settle(db, extension, asked):
            continue
        on_paper = await on_paper_in(db, morning, extension.action_item.mechanism_id)
        for person_id, office in asked.missing(extension):
            if office is None or office.agency_id not in on_paper:
                about = extension.due_on
                lines.append(Line(EXTENSION, extension.id, DECIDE, about, person_id, office.id if office else None))
    return lines


async def extension_entry(
    db: Session, line: Line, office: Designation | None, read_by: frozenset[int], locale: str
) -> ItemEntry | None:
    """The line in words as it stands when the mail is composed; None once it was decided, or answered."""
    extension = await extension_queries.whole(db, line.id)
    if extension is None or extension.closed_at is not None or extension.action_item.ended_at is not None:
        return None
    item = extension.action_item
    asked = await extension_queries.others(db, item)
    if (line.person_id, line.office) not in {(p, o.id if o else None) for p, o in asked.missing(extension)}:
        return None
    words = Words(locale, item.mechanism.timezone, db.clock.today(item.mechanism.timezone))
    instead = words._("instead of %(day)s", day=words.short_date(extension.due_before)) if extension.due_before else ""
    return await item_entry(
        db,
        words,
        item,
        line,
        office,
        read_by,
        purpose=links.EXTENSION,
        asks=words._("asks for %(day)s instead", day=words.short_date(extension.due_on)),
        details=[words._("asked for by %(agency)s", agency=item.lead_agency.short_name), instead],
        told=extension.reason,
        button=words._("Agree or refuse"),
    )
