"""The ledger's table coming back: what was changed in it, and its new rows, go through the same verbs as on the page; all of it, or
nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, queries, reporting
from liaison.actions.ledger_export import rows_now
from liaison.actions.ledger_new import Places, wanted_in
from liaison.actions.ledger_table import (
    DUE,
    LEAD,
    NOTE,
    NUMBER,
    OWNER,
    STATE,
    SUPPORTING,
    TITLE,
    LedgerRefused,
    Row,
    Wrong,
    changed_in,
    names_in,
    read_number,
    rows_of,
    says_done,
)
from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.documents.headed import Told, day_in, unheard
from liaison.errors import Conflict, Invalid, Message, NotPermitted
from liaison.i18n import N_, Words

_COLUMNS = {
    "title": TITLE,
    "lead_agency_id": LEAD,
    "owner_id": OWNER,
    "supporting_agency_ids": SUPPORTING,
    "due_on": DUE,
    "note": NOTE,
    "reason": DUE,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """One row that changed something or is a new item: where it stands, the item, and by column (codes of HEADINGS) what stood there and
    what is to."""

    row: int
    item_id: int
    title: str
    changes: Mapping[str, tuple[str, str]]
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a table did: its rows that changed something or are new, in their order, and how many say what the ledger says."""

    rows: Sequence[Taken]
    unchanged: int

    @property
    def new(self) -> int:
        """How many rows are new items."""
        return sum(one.is_new for one in self.rows)

    @property
    def changed(self) -> int:
        """How many items change."""
        return len(self.rows) - self.new


async def take_in(
    db: Session,
    viewer: Viewer,
    table: Sequence[Sequence[str]],
    words: Words,
    *,
    mechanism_id: int | None = None,
    told: Told = unheard,
) -> TakenIn:
    """Take the table in. A row without a number is a new item of the meeting that it names. `words` are those in which it was written
    out, for the states; with `mechanism_id` all of it is of that mechanism. `told` hears how many
    rows of how many are done.

    The caller undoes the transaction to only try it. Raises LedgerRefused with every row that is wrong; then nothing may be kept."""
    rows = rows_of(table)
    numbers = {row.at: read_number(row.cells[NUMBER], db.settings.secret_key) for row in rows}
    items = await queries.several(db, viewer, {number[0] for number in numbers.values() if number is not None})
    present_rows = await rows_now(db, viewer, list(items.values()), words)  # a row changes no other item
    wrong: list[Wrong] = []
    seen: dict[int, int] = {}
    taken: list[Taken] = []
    unchanged, places = 0, Places(mechanism_id)
    for done, row in enumerate(rows):
        told(done, len(rows))
        await asyncio.sleep(0)  # a long table must not keep the other requests waiting
        if not row.cells[NUMBER]:
            added = await _add(db, viewer, places, row)
            if isinstance(added, Taken):
                taken.append(added)
            else:
                wrong += added
            continue
        known = numbers[row.at]
        item = items.get(known[0]) if known else None
        if known is None or item is None or mechanism_id not in (None, item.mechanism_id):
            said = N_("This number was changed or is unknown; leave it empty for a new item.")
            wrong.append(Wrong(row.at, NUMBER, Message(said)))
            continue
        if known[0] in seen:
            twice = Message(N_("This item stands in row %(row)s already."), {"row": seen[known[0]]})
            wrong.append(Wrong(row.at, NUMBER, twice))
            continue
        seen[known[0]] = row.at
        present = present_rows[item.id]
        changed = changed_in(row, present)
        if not changed:
            unchanged += 1
            continue
        if known[1] != item.version:
            wrong.append(Wrong(row.at, "", Message(N_("This item was changed since the table was exported."))))
            continue
        problems = await _apply(db, viewer, item, row, changed)
        wrong += problems
        if not problems:
            changes = {name: (present[name], row.cells[name].strip()) for name in changed}
            taken.append(Taken(row.at, item.id, item.title, changes))
    told(len(rows), len(rows))
    if wrong:
        raise LedgerRefused(wrong)
    return TakenIn(taken, unchanged)


async def _add(db: Session, viewer: Viewer, places: Places, row: Row) -> Taken | list[Wrong]:
    """The new item that the row says, or what stands in its way."""
    wanted = await wanted_in(db, viewer, places, row)
    if isinstance(wanted, list):
        return wanted
    given, wrong = await _fields(db, wanted.meeting.mechanism_id, None, row, (TITLE, LEAD, SUPPORTING, DUE))
    if wrong:
        return wrong
    try:
        item = await assigning.assign(db, viewer, wanted.meeting.mechanism_id, meeting=wanted.meeting, **given)
    except Invalid as refusal:
        return [Wrong(row.at, _COLUMNS.get(name, ""), message) for name, message in refusal.errors.items()]
    except NotPermitted as refusal:
        return [Wrong(row.at, "", refusal.message)]
    return Taken(row.at, item.id, item.title, {name: ("", text) for name, text in wanted.says.items()}, is_new=True)


async def _apply(db: Session, viewer: Viewer, item: ActionItem, row: Row, changed: tuple[str, ...]) -> list[Wrong]:
    """What stands in the way of the row; nothing when it was done."""
    fields, wrong = await _fields(db, item.mechanism_id, item.lead_agency, row, changed)
    is_done = STATE in changed and says_done(row.cells[STATE])
    if STATE in changed and not is_done:
        wrong.append(
            Wrong(row.at, STATE, Message(N_("Here an item can only be completed; reopen or end it on its page.")))
        )
    if NOTE in changed and not is_done:
        wrong.append(Wrong(row.at, NOTE, Message(N_("This is filled in together with the state “done” only."))))
    if wrong:
        return wrong
    try:
        if fields:
            await assigning.change(db, viewer, item, version=item.version, **fields)
        if is_done:
            await reporting.complete(db, viewer, item, note=row.cells.get(NOTE))
    except Invalid as refusal:
        errors = dict(refusal.errors)
        if "reason" in errors:
            errors["reason"] = Message(
                N_("A wrong date of another agency's item is corrected on its page, with the reason.")
            )
        return [Wrong(row.at, _COLUMNS.get(name, ""), message) for name, message in errors.items()]
    except (Conflict, NotPermitted) as refusal:
        return [Wrong(row.at, "", refusal.message)]
    return []


async def _fields(
    db: Session, mechanism_id: int, lead: Agency | None, row: Row, changed: tuple[str, ...]
) -> tuple[dict[str, Any], list[Wrong]]:
    """What the row says of an item, as `change` and `assign` take it; `lead` is responsible so far."""
    fields: dict[str, Any] = {}
    wrong: list[Wrong] = []
    agencies = {a.short_name: a for a in await queries.agencies_of(db, [mechanism_id])}
    if TITLE in changed:
        fields["title"] = row.cells[TITLE]
    if LEAD in changed:
        lead = agencies.get(row.cells[LEAD])
        if lead is None:
            wrong.append(Wrong(row.at, LEAD, _no_agency(row.cells[LEAD])))
        else:
            fields["lead_agency_id"] = lead.id
    if SUPPORTING in changed and SUPPORTING in row.cells:
        names = names_in(row.cells[SUPPORTING])
        unknown = [name for name in names if name not in agencies]
        wrong += [Wrong(row.at, SUPPORTING, _no_agency(name)) for name in unknown]
        if not unknown:
            fields["supporting_agency_ids"] = [agencies[name].id for name in names]
    if (OWNER in changed or LEAD in changed) and lead is not None and OWNER in row.cells:
        owner = await _owner(db, row, lead)
        if isinstance(owner, Wrong):
            wrong.append(owner)
        else:
            fields["owner_id"] = owner
    if DUE in changed:
        fields["due_on"] = day_in(row.cells[DUE])
        if row.cells[DUE] and fields["due_on"] is None:
            wrong.append(Wrong(row.at, DUE, Message(N_("Please give a date such as 2026-12-17."))))
    return fields, wrong


async def _owner(db: Session, row: Row, lead: Agency) -> int | Wrong | None:
    name = row.cells[OWNER]
    if not name:
        return None
    query = select(Person.id).where(Person.agency_id == lead.id, Person.name == name, Person.deactivated_at.is_(None))
    found = list(await db.scalars(query))
    if len(found) == 1:
        return found[0]
    said = N_("%(agency)s has nobody called “%(name)s”.") if not found else N_("%(agency)s has several people called “%(name)s”; choose the owner on the item's page.")  # fmt: skip
    return Wrong(row.at, OWNER, Message(said, {"agency": lead.short_name, "name": name}))


def _no_agency(name: str) -> Message:
    return Message(N_("“%(name)s” is no agency of this mechanism."), {"name": name})
