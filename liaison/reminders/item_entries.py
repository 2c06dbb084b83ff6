"""A line of the clock's mail that asks for a decision on an action item: in words, with a link only where everybody who reads the address
may know of the item."""

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.accounts import links
from liaison.actions.item_telling import LINK_LIFE
from liaison.actions.models import ActionItem
from liaison.actions.queries import audiences
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import PAPER, Designation, Mechanism
from liaison.mechanisms.queries import members_on
from liaison.meetings.audience import HIDDEN
from liaison.reminders.queries import Morning
from liaison.reminders.rules import Line
from liaison.reminders.wording import Entry, by_office


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """A request, or an item to close, in words, and who may know of its item where not everybody may."""

    entry: Entry
    mechanism: Mechanism
    audience: frozenset[int] | None


async def item_entry(
    db: Session,
    words: Words,
    item: ActionItem,
    line: Line,
    office: Designation | None,
    read_by: frozenset[int],
    *,
    purpose: str,
    asks: str,
    details: Sequence[str],
    told: str,
    button: str,
) -> ItemEntry:
    """The entry for who decides, by office or as chair of the meeting; `read_by`: the agencies that read the address, `told`: what only
    those learn who may know of the item."""
    audience = (await audiences(db, [item])).get(item.id)
    knows = audience | {item.lead_agency_id} if audience is not None else None
    is_open = knows is None or (bool(read_by) and read_by <= knows)
    link = f"{db.settings.base_url}/actions/{item.id}"
    if is_open:
        link = await links.link_for(
            db,
            purpose=purpose,
            object_id=line.id,
            person_id=line.person_id,
            designation_id=line.office,
            expires_at=db.now() + LINK_LIFE,
        )
    entry = Entry(
        item.title if is_open else words._(HIDDEN),
        asks,
        "warn",
        " · ".join(filter(None, [*details, told if is_open else ""])),
        by_office(words, office.agency.short_name, office) if office else words._("chair of this meeting"),
        link,
        button,
    )
    return ItemEntry(entry, item.mechanism, knows if is_open else None)


async def on_paper_in(db: Session, morning: Morning, mechanism_id: int) -> frozenset[int]:
    """The member agencies that are told by letter."""
    members = await members_on(db, mechanism_id, morning.today)
    return frozenset(one.agency_id for one in members if one.takes_part == PAPER)
