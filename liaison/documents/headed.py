"""Tables below headings that officers bring: which column says what, where exactly something is wrong, and each row's cells. Pure."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from liaison.checks import Check
from liaison.documents.spreadsheet import MOST_COLUMNS, Unreadable
from liaison.documents.tables import Formula
from liaison.errors import Message, Refusal
from liaison.i18n import N_, Words

EXAMPLE_MARKS = ("示例：", "Example: ")
"""How the first cell of a template's example begins, which is never taken in."""
MOST_WRONG = 100
MOST_ABOVE = 5
"""So many rows may stand above the headings: a title, who drew the table up, and when."""
Told = Callable[[int, int], None]
"""Hears how far a table is while it is taken in: so many of so many."""
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_WHOLE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.0+)?")


def unheard(done: int, of: int) -> None:
    """Where nobody waits to hear how far a table is."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong where: the cell's address as spreadsheets call it (F12), the row alone (12), or the whole file (empty); its heading; and
    what to do."""

    cell: str
    heading: str
    message: Message

    @property
    def row(self) -> int:
        """From 1; 0 for the whole file."""
        return int("".join(filter(str.isdigit, self.cell)) or 0)

    def worded(self, words: Words) -> str:
        """With its place."""
        text, place = self.message.worded(words._), f"{self.cell} {self.heading}".strip()
        if place.isdigit():
            return words._("Row %(row)s: %(text)s", row=place, text=text)
        return words._("%(place)s: %(text)s", place=place, text=text) if place else text


class TableRefused(Refusal):
    """The table is not taken, and nothing of it was kept; `wrong` says what is wrong with it, from its head down and at most a hundred places,
    `more` how many there are beyond those."""

    status = 422

    def __init__(self, wrong: Iterable[Wrong], *, more: int = 0) -> None:
        super().__init__(N_("The table was not taken in: please correct it first. Nothing was changed."))
        every = sorted(wrong, key=lambda one: one.row)
        self.wrong = every[:MOST_WRONG]
        self.more = more + max(0, len(every) - MOST_WRONG)

    @property
    def by_cell(self) -> dict[str, Message]:
        """For programs: what is wrong by cell, the first of each; `file` is all of it."""
        return {one.cell or "file": one.message for one in reversed(self.wrong)}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table: how each column may be called, which are needed, what to say of other headings (it names the needed ones as
    `headings`), the units that may stand in brackets behind a heading, how much a table and a cell of it hold, and which columns are known
    and passed over, whatever stands in them."""

    columns: Mapping[str, tuple[str, ...]]
    needed: Sequence[str]
    other_headings: str
    unit: re.Pattern[str]
    most_rows: int
    most_cell: int
    passed_over: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table says what: by name its place from 0 and its heading as written."""

    places: Mapping[str, tuple[int, str]]

    def cell(self, at: int, name: str) -> str:
        """The address of a column in a row: F12; the row alone where the table has no such column."""
        return f"{_letters(self.places[name][0])}{at}" if name in self.places else str(at)

    def heading(self, name: str) -> str:
        """As the table writes it; empty where it has no such column."""
        return self.places[name][1] if name in self.places else ""

    def wrong(self, at: int, name: str, message: Message) -> Wrong:
        """What is wrong in that column of a row."""
        return Wrong(self.cell(at, name), self.heading(name), message)


@dataclass(frozen=True, slots=True)
class Line:
    """One row's cells by column, empty where a formula stands, which `check` has refused already."""

    at: int
    columns: Columns
    cells: Mapping[str, str]
    check: Check

    def wrong(self) -> Iterator[Wrong]:
        """What `check` holds against it, place by place."""
        return (self.columns.wrong(self.at, name, message) for name, message in self.check.errors.items())


def columns_of(kind: Kind, headings: Sequence[str]) -> Columns | None:
    """What the headings say; None where they are not those of this kind."""
    places: dict[str, tuple[int, str]] = {}
    for n, heading in enumerate(headings):
        plain = "".join(unicodedata.normalize("NFKC", heading).split()).rstrip("*").casefold()
        bare = kind.unit.sub("", plain)
        for name, known in kind.columns.items():
            if name not in places and bare in [one.replace(" ", "").casefold() for one in known]:
                places[name] = (n, heading.strip())
                break
    return Columns(places) if all(name in places for name in kind.needed) else None


def is_of(kind: Kind, table: Iterable[Sequence[str]]) -> bool:
    """Whether one of a table's first rows that hold anything has the headings of this kind."""
    return any(columns_of(kind, row) for row in islice((row for row in table if any(row)), MOST_ABOVE + 1))


def lines_of(kind: Kind, table: Iterable[Sequence[str]]) -> Iterator[Line | Wrong]:
    """Each row that holds something, or what is wrong. Row numbers are those of the table, from 1. A file that cannot be read is wrong as
    a whole."""
    try:
        yield from _lines(kind, table)
    except Unreadable as refusal:
        yield Wrong("", "", refusal.message)


def _lines(kind: Kind, table: Iterable[Sequence[str]]) -> Iterator[Line | Wrong]:
    columns: Columns | None = None
    above: list[int] = []
    headed, passed_over, found = set[int](), set[int](), 0
    for at, cells in enumerate(table, 1):
        row = [cell if isinstance(cell, Formula) else cell.strip() for cell in cells]
        if not any(row) or row[0].startswith(EXAMPLE_MARKS):
            continue
        if columns is None:
            columns = columns_of(kind, row)
            if columns is None:
                above.append(at)
                if len(above) > MOST_ABOVE:
                    break
                continue
            known = {place for place, _ in columns.places.values()}
            headed = known | {n for n, heading in enumerate(row) if heading}
            passed_over = {columns.places[name][0] for name in kind.passed_over if name in columns.places}
            for n, heading in enumerate(row):
                if heading and n not in known:
                    yield Wrong(f"{_letters(n)}{at}", heading[:60], Message(N_("This column is not known here.")))
            continue
        if not any(cell for n, cell in enumerate(row) if n not in passed_over):
            continue
        found += 1
        if found > kind.most_rows:
            most = Message(N_("At most %(most)s rows are taken in at once."), {"most": kind.most_rows})
            yield Wrong("", "", most)
            return
        yield _line(kind, columns, at, row, headed)
    if columns is None and above:
        needed = tuple(kind.columns[name][0] for name in kind.needed)
        yield Wrong(str(above[0]), "", Message(kind.other_headings, {"headings": needed}))
    elif not found:
        yield Wrong("", "", Message(N_("There is no row in this table.")))


def _line(kind: Kind, columns: Columns, at: int, row: Sequence[str], headed: Collection[int]) -> Line | Wrong:
    if len(row) > MOST_COLUMNS or any(len(cell) > kind.most_cell for cell in row):
        return Wrong(str(at), "", Message(N_("A cell holds too much, or there are too many cells.")))
    for n, cell in enumerate(row):
        if cell and n not in headed:  # below a heading that is not known it was said above, and once
            return Wrong(f"{_letters(n)}{at}", "", Message(N_("Something stands here, and the column has no heading.")))
    cells = {name: row[place] if place < len(row) else "" for name, (place, _) in columns.places.items()}
    check = Check()
    for name, cell in cells.items():
        if isinstance(cell, Formula) and name not in kind.passed_over:
            check.refuse(name, N_("A formula stands here. Formulas are not worked out: please paste its value."))
            cells[name] = ""
    return Line(at, columns, cells, check)


def day_of(found: re.Match[str]) -> date | None:
    """The day that DAY found; None where there is none such."""
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def day_in(text: str) -> date | None:
    """The day that a cell says: 2026-01-05, 2026/1/5 or 2026年1月5日; a real date of a spreadsheet is read as the first."""
    found = DAY.fullmatch(text.strip())
    return day_of(found) if found else None


def day(check: Check, name: str, text: str) -> date | None:
    """The day that a cell says; what is none is refused."""
    found = day_in(text)
    if text and found is None:
        check.refuse(name, N_("Please give a date such as 2026-12-17."))
    return found


def whole(check: Check, name: str, text: str, *, units: str) -> int | None:
    """The whole number that a cell says, perhaps with one of the `units` behind it (a pattern); what is none is refused."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _WHOLE.fullmatch(re.sub(rf"\s*(?:{units})$", "", plain))
    if plain and found is None:
        check.refuse(name, N_("Please give a whole number."))
    return int(found[1].replace(",", "")) if found else None


def _letters(place: int) -> str:
    """A, B, … Z, AA: how spreadsheets call the column at that place from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
