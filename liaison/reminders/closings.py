"""Items that wait to be closed in the clock's mail: once, to each who may close them, three working days after they were reported done."""

from sqlalchemy import select

from liaison.accounts import links
from liaison.actions import extension_queries
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.actions.showing import reported_on
from liaison.calendaring.workdays import WorkCalendar, add_workdays
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import Designation, Mechanism
from liaison.reminders.item_entries import ItemEntry, item_entry, on_paper_in
from liaison.reminders.queries import Morning
from liaison.reminders.rules import CLOSE, CLOSE_AFTER, CLOSING, Line


async def closing_lines(db: Session, morning: Morning, calendar: WorkCalendar) -> list[Line]:
    """Who may close what has waited for so long. What is sent back and reported done anew is waited for anew."""
    lines: list[Line] = []
    for item in await extension_queries.unclosed(db, list(await db.scalars(morning.here(select(Mechanism.id))))):
        since = reported_on(item)
        if since is None or add_workdays(calendar, since, CLOSE_AFTER).date > morning.today:
            continue
        asked, on_paper = await extension_queries.others(db, item), await on_paper_in(db, morning, item.mechanism_id)
        for person_id, office in asked.closers(item):
            if office is None or office.agency_id not in on_paper:
                lines.append(Line(CLOSING, item.id, CLOSE, since, person_id, office.id if office else None))
    return lines


async def closing_entry(
    db: Session, line: Line, office: Designation | None, read_by: frozenset[int], locale: str
) -> ItemEntry | None:
    """The line in words as it stands when the mail is composed; None once it was closed, sent back or is no longer theirs to close."""
    item = (await db.scalars(select(ActionItem).where(ActionItem.id == line.id).options(*SHOWN))).one_or_none()
    if item is None or not item.waits_for_closing or reported_on(item) != line.due_on:
        return None
    asked = await extension_queries.others(db, item)
    if (line.person_id, line.office) not in {(p, o.id if o else None) for p, o in asked.closers(item)}:
        return None
    words = Words(locale, item.mechanism.timezone, db.clock.today(item.mechanism.timezone))
    return await item_entry(
        db,
        words,
        item,
        line,
        office,
        read_by,
        purpose=links.ACTION,
        asks=words._("waits to be closed since %(day)s", day=words.short_date(line.due_on)),
        details=[words._("responsible: %(agency)s", agency=item.lead_agency.short_name)],
        told=item.reported_done_note or "",
        button=words._("Close or send back"),
    )
