"""The ledger as a table: which columns there are, what stands in them, and how a row that comes back is read. Pure.

The number of a row ties it to its item and to the version that was written out: it is signed, so that one that was retyped is found."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from liaison.actions.models import DONE, OPEN, ActionItem
from liaison.actions.showing import STATE_NAMES, worded_due
from liaison.calendaring.workdays import region_calendar
from liaison.documents import spreadsheet
from liaison.documents.headed import DAY, day_in, day_of
from liaison.errors import Message, Refusal
from liaison.i18n import N_, Words, gettext_for

NUMBER, TITLE, LEAD, OWNER, SUPPORTING, DUE, STATE, NOTE, MECHANISM, MEETING = (
    "number",
    "title",
    "lead",
    "owner",
    "supporting",
    "due",
    "state",
    "note",
    "mechanism",
    "meeting",
)
HEADINGS = {
    NUMBER: N_("Number (do not change)"),
    TITLE: N_("Action item"),
    LEAD: N_("Responsible agency"),
    OWNER: N_("Owner"),
    SUPPORTING: N_("Supporting agencies"),
    DUE: N_("Due date"),
    STATE: N_("State"),
    NOTE: N_("What was achieved, or why it ended"),
    "how_late": N_("Due soon or overdue"),
    "carried": N_("Times carried over"),
    MECHANISM: N_("Mechanism"),
    MEETING: N_("From"),
    "progress": N_("Latest progress"),
}
EDITABLE = (TITLE, LEAD, OWNER, SUPPORTING, DUE, STATE, NOTE)
"""What may be changed in a table that comes back; the other columns are only read."""
NEEDED = (TITLE, LEAD, DUE, MEETING)
"""What a new row says at least."""
LOCALES = ("zh_CN", "en")
_STATES = {gettext_for(locale)(name): code for locale in LOCALES for code, name in STATE_NAMES.items()}
_NUMBER = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,9})-([0-9a-f]{8})")
_BETWEEN = re.compile(r"[、,，;；\n]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table that came back: where it stands, and its cells by column."""

    at: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong where: the row (None: the whole file), the column as a code of HEADINGS, and what to do."""

    row: int | None
    column: str
    message: Message

    def worded(self, words: Words) -> str:
        """With its place."""
        text = self.message.worded(words._)
        if self.row is None:
            return text
        if self.column in HEADINGS:
            heading = words._(HEADINGS[self.column])
            return words._("Row %(row)s, %(column)s: %(text)s", row=self.row, column=heading, text=text)
        return words._("Row %(row)s: %(text)s", row=self.row, text=text)


class LedgerRefused(Refusal):
    """The table is not taken, and nothing of it was kept; `wrong` says everything that is wrong with it."""

    status = 422

    def __init__(self, wrong: Iterable[Wrong]) -> None:
        super().__init__(N_("The table was not taken in: please correct it first. Nothing was changed."))
        self.wrong = sorted(wrong, key=lambda one: one.row or 0)[:100]


def number_of(item: ActionItem, key: str) -> str:
    """What stands in a row's first cell."""
    return f"{item.id}-{item.version}-{_mac(item.id, item.version, key)}"


def read_number(text: str, key: str) -> tuple[int, int] | None:
    """(item, version) of a first cell; None for one that was changed."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not hmac.compare_digest(found[3], _mac(int(found[1]), int(found[2]), key)):
        return None
    return int(found[1]), int(found[2])


def cells_of(
    words: Words, item: ActionItem, key: str, *, today: date, carried: int, progress: str, tells_end: bool
) -> dict[str, str]:
    """One item as a row; `words` are the reader's. Needs what a line of the ledger shows."""
    calendar = region_calendar(item.mechanism.region)
    return {
        NUMBER: number_of(item, key),
        TITLE: item.title,
        LEAD: item.lead_agency.short_name,
        OWNER: item.owner.name if item.owner else "",
        SUPPORTING: "、".join(sorted(one.agency.short_name for one in item.supports)),
        DUE: item.due_on.isoformat() if item.due_on else "",
        STATE: words._(STATE_NAMES[item.state]),
        NOTE: (item.ended_note or "") if tells_end else "",
        "how_late": worded_due(words, item, calendar, today),
        "carried": str(carried) if carried else "",
        MECHANISM: item.mechanism.short_name,
        MEETING: f"{item.meeting.title} {item.meeting.local_on.isoformat()}" if item.meeting else "",
        "progress": progress,
    }


def table_of(words: Words, rows: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """The rows below their headings."""
    return [[words._(heading) for heading in HEADINGS.values()], *([row[name] for name in HEADINGS] for row in rows)]


def is_ledger(table: Sequence[Sequence[str]]) -> bool:
    """Whether a table's headings are those of the ledger, in either language."""
    return bool(table) and NUMBER in _columns(table[0])


def rows_of(table: Sequence[Sequence[str]]) -> list[Row]:
    """The rows that hold something. Raises LedgerRefused where the headings are not those of the ledger."""
    columns = _columns(table[0]) if table else {}
    if NUMBER not in columns:
        first = N_("The first row must hold the headings of the ledger as it was exported.")
        raise LedgerRefused([Wrong(1, "", Message(first))])
    found = []
    for at, cells in enumerate(table[1:], 2):
        given = {name: cells[n].strip() if n < len(cells) else "" for name, n in columns.items()}
        if any(given.values()):
            found.append(Row(at, given))
    return found


def changed_in(row: Row, present: Mapping[str, str]) -> tuple[str, ...]:
    """The columns in which a row says something else than holds now; a column that was taken out says nothing."""
    found = []
    for name in EDITABLE:
        said, is_now = row.cells.get(name), present[name]
        if said is None:
            continue
        if name == SUPPORTING:
            said, is_now = "、".join(sorted(names_in(said))), "、".join(sorted(names_in(is_now)))
        elif name == DUE:  # written another way, it is the same day
            said, is_now = (str(day_in(text) or text) for text in (said, is_now))
        elif name == STATE:  # written out in another language, it says the same
            said, is_now = _STATES.get(said, said), _STATES.get(is_now, is_now)
        if " ".join(said.split()) != " ".join(is_now.split()):
            found.append(name)
    return tuple(found)


def names_meeting(text: str, title: str, on: date) -> bool:
    """Whether a cell names the meeting: its title, its day, or both as the table says it."""
    said = " ".join(text.split())
    found = DAY.search(said)
    day = day_of(found) if found else None
    rest = (said[: found.start()] + said[found.end() :]).strip(" ()（）") if found and day else said
    return bool(said) and rest in ("", " ".join(title.split())) and day in (None, on)


def names_in(text: str) -> list[str]:
    """Agencies named one after the other."""
    return [name.strip() for name in _BETWEEN.split(text) if name.strip()]


def says_open(text: str) -> bool:
    """Whether a state cell says 未办结, or nothing."""
    return not text or _STATES.get(text) == OPEN


def uploaded(content: bytes) -> list[list[str]]:
    """The table in an uploaded workbook. Raises LedgerRefused for none, and for what is no workbook."""
    if not content:
        raise LedgerRefused([Wrong(None, "", Message(N_("Please choose a file.")))])
    try:
        tables = spreadsheet.tables_of(content)
    except spreadsheet.Unreadable as refusal:
        raise LedgerRefused([Wrong(None, "", refusal.message)]) from None
    return tables[0] if tables else []


def says_done(text: str) -> bool:
    """Whether a state cell says 办结, in either language."""
    return _STATES.get(text) == DONE


def _columns(heads: Sequence[str]) -> dict[str, int]:
    known = {gettext_for(locale)(heading): name for locale in LOCALES for name, heading in HEADINGS.items()}
    return {known[head.strip()]: n for n, head in reversed(list(enumerate(heads))) if head.strip() in known}


def _mac(item_id: int, version: int, key: str) -> str:
    return hmac.new(key.encode(), f"ledger:{item_id}:{version}".encode(), hashlib.sha256).hexdigest()[:8]
