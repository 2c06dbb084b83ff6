"""Items that wait to be closed in the clock's mail: once, to each who may close them, three working days after they were reported done."""

from sqlalchemy import select

from liaison.accounts import links
from liaison.actions import extension_queries
from liaison.actions.extension_mails import LINK_LIFE
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN, audiences
from liaison.actions.showing import reported_on
from liaison.calendaring.workdays import WorkCalendar, add_workdays
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import Designation, Mechanism
from liaison.meetings.audience import HIDDEN
from liaison.reminders.extensions import ItemEntry, on_paper_in
from liaison.reminders.queries import Morning
from liaison.reminders.rules import CLOSE, CLOSE_AFTER, CLOSING, Line
from liaison.reminders.wording import Entry, by_office


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
    audience = (await audiences(db, [item])).get(item.id)
    knows = audience | {item.lead_agency_id} if audience is not None else None
    is_open = knows is None or (bool(read_by) and read_by <= knows)
    link = f"{db.settings.base_url}/actions/{item.id}"
    if is_open:
        link = await links.link_for(
            db,
            purpose=links.ACTION,
            object_id=item.id,
            person_id=line.person_id,
            designation_id=line.office,
            expires_at=db.now() + LINK_LIFE,
        )
    details = [
        words._("responsible: %(agency)s", agency=item.lead_agency.short_name),
        (item.reported_done_note or "") if is_open else "",
    ]
    entry = Entry(
        item.title if is_open else words._(HIDDEN),
        words._("waits to be closed since %(day)s", day=words.short_date(line.due_on)),
        "warn",
        " · ".join(filter(None, details)),
        by_office(words, office.agency.short_name, office) if office else words._("chair of this meeting"),
        link,
        words._("Close or send back"),
    )
    return ItemEntry(entry, item.mechanism, knows if is_open else None)
