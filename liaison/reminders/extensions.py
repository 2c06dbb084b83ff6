"""Requests for another date in the clock's mail: to each liaison whose word is missing, the morning after it was asked for, and where
no other agency has a liaison to the chair of the meeting."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison.accounts import links
from liaison.actions import extending, extension_queries
from liaison.actions.extension_mails import LINK_LIFE
from liaison.actions.queries import audiences
from liaison.calendaring.deadlines import first_mail_day
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import PAPER, Designation, Mechanism
from liaison.mechanisms.queries import members_on
from liaison.meetings.audience import HIDDEN
from liaison.reminders.queries import Morning
from liaison.reminders.rules import DECIDE, EXTENSION, Line
from liaison.reminders.wording import Entry, by_office


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """A request, or an item to close, in words, and who may know of its item where not everybody may."""

    entry: Entry
    mechanism: Mechanism
    audience: frozenset[int] | None


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
    audience = (await audiences(db, [item])).get(item.id)
    knows = audience | {item.lead_agency_id} if audience is not None else None
    is_open = knows is None or (bool(read_by) and read_by <= knows)
    if is_open:
        link = await links.link_for(
            db,
            purpose=links.EXTENSION,
            object_id=extension.id,
            person_id=line.person_id,
            designation_id=line.office,
            expires_at=db.now() + LINK_LIFE,
        )
    else:
        link = f"{db.settings.base_url}/actions/{item.id}"
    details = [
        words._("asked for by %(agency)s", agency=item.lead_agency.short_name),
        words._("instead of %(day)s", day=words.short_date(extension.due_before)) if extension.due_before else "",
        extension.reason if is_open else "",
    ]
    entry = Entry(
        item.title if is_open else words._(HIDDEN),
        words._("asks for %(day)s instead", day=words.short_date(extension.due_on)),
        "warn",
        " · ".join(filter(None, details)),
        by_office(words, office.agency.short_name, office) if office else words._("chair of this meeting"),
        link,
        words._("Agree or refuse"),
    )
    return ItemEntry(entry, item.mechanism, knows if is_open else None)


async def on_paper_in(db: Session, morning: Morning, mechanism_id: int) -> frozenset[int]:
    """The member agencies that are told by letter."""
    members = await members_on(db, mechanism_id, morning.today)
    return frozenset(one.agency_id for one in members if one.takes_part == PAPER)
