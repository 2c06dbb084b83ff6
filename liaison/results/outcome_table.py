"""Outcomes as a table: which columns there are, how a row is read, where exactly something is wrong, and how rows are written out. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liaison.actions.ledger_table import day_in
from liaison.checks import Check
from liaison.documents.spreadsheet import MOST_COLUMNS, Unreadable
from liaison.documents.tables import Formula
from liaison.errors import Message, Refusal
from liaison.i18n import N_, Words
from liaison.results import terms, yuan
from liaison.results.models import Outcome
from liaison.results.saying import Said, said

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "case_code": ("编号", "案件编号", "案件代号", "案号", "Code", "case_code"),
    "closed_on": ("办结日期", "办结时间", "结案日期", "Closed on", "closed_on"),
    "beneficiary_group": ("受助群体", "群体", "Beneficiary group", "beneficiary_group"),
    "cause": ("案由", "Cause of action", "Cause", "cause"),
    "cases": ("件数", "案件数", "Cases", "cases"),
    "people": ("受助人数", "人数", "People helped", "People", "people"),
    "amount_recovered": ("追回金额", "追回欠薪", "Amount recovered", "amount_recovered"),
    "result": ("结果", "采纳情况", "Result", "result"),
    "agency": ("填报单位", "报送单位", "单位", "Reporting agency", "Agency", "agency_id"),
}
"""How each column may be called; a unit in brackets, as in 追回金额（万元）, is read apart."""
NEEDED = ("case_code", "closed_on", "beneficiary_group", "cause", "people")
WRITTEN: Mapping[str, str] = {
    "case_code": N_("Code"),
    "closed_on": N_("Closed on"),
    "beneficiary_group": N_("Beneficiary group"),
    "cause": N_("Cause of action"),
    "cases": N_("Cases"),
    "people": N_("People helped"),
    "amount_recovered": N_("Amount recovered (yuan)"),
    "result": N_("Result"),
    "agency": N_("Reporting agency"),
}
"""The headings of a table that is taken along, which reads back."""
EXAMPLE_MARKS = ("示例：", "Example: ")
"""How the first cell of the template's example begins, which is never taken in."""
MOST_WRONG = 100
MOST_ROWS = 20_000
MOST_CELL = 500
_UNIT = re.compile(r"\((元|万元|人民币元|件|人|yuan|10,?000 yuan)\)$", re.IGNORECASE)
_WHOLE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.0+)?[件人名个]?")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong where: the cell's address as spreadsheets call it (F12), the row alone (12), or the whole file (empty); its heading; and
    what to do."""

    cell: str
    heading: str
    message: Message

    def worded(self, words: Words) -> str:
        """With its place."""
        text, place = self.message.worded(words._), f"{self.cell} {self.heading}".strip()
        if place.isdigit():
            return words._("Row %(row)s: %(text)s", row=place, text=text)
        return words._("%(place)s: %(text)s", place=place, text=text) if place else text


class TableRefused(Refusal):
    """The table is not taken, and nothing of it was kept; `wrong` says what is wrong with it, at most a hundred places."""

    status = 422

    def __init__(self, wrong: Iterable[Wrong], *, more: int = 0) -> None:
        super().__init__(N_("The table was not taken in: please correct it first. Nothing was changed."))
        self.wrong = list(wrong)[:MOST_WRONG]
        self.more = more


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read: where it stands, what it says, and the agency that it names (empty: none)."""

    at: int
    said: Said
    agency: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table says what: by name its place from 0 and its heading as written; `unit` of bare amounts, in yuan."""

    places: Mapping[str, tuple[int, str]]
    unit: Decimal

    def cell(self, at: int, name: str) -> str:
        """The address of a column in a row: F12."""
        return f"{_letters(self.places[name][0])}{at}" if name in self.places else str(at)

    def wrong(self, at: int, name: str, message: Message) -> Wrong:
        """What is wrong in that column of a row."""
        return Wrong(self.cell(at, name), self.places[name][1] if name in self.places else "", message)


def columns_of(headings: Sequence[str]) -> Columns | None:
    """What the headings say; None where they are not those of outcomes: at least code, date, group, cause and people."""
    places: dict[str, tuple[int, str]] = {}
    unit = Decimal(1)
    for n, heading in enumerate(headings):
        plain = "".join(unicodedata.normalize("NFKC", heading).split()).rstrip("*").casefold()
        bare = _UNIT.sub("", plain)
        for name, known in COLUMNS.items():
            if name not in places and bare in [one.replace(" ", "").casefold() for one in known]:
                places[name] = (n, heading.strip())
                if name == "amount_recovered":
                    unit = yuan.unit_in(heading.replace("10,000 yuan", "万元"))
                break
    return Columns(places, unit) if all(name in places for name in NEEDED) else None


def is_outcomes(table: Iterable[Sequence[str]]) -> bool:
    """Whether a table's first row that holds anything has the headings of outcomes."""
    first = next((row for row in table if any(row)), ())
    return columns_of(first) is not None


def read(table: Iterable[Sequence[str]], *, today: date) -> Iterator[Row | Wrong]:
    """Each row that holds something, read, or what is wrong in it, place by place. Row numbers are those of the table, from 1. A file that
    cannot be read is wrong as a whole."""
    try:
        yield from _read(table, today)
    except Unreadable as refusal:
        yield Wrong("", "", refusal.message)


def _read(table: Iterable[Sequence[str]], today: date) -> Iterator[Row | Wrong]:
    columns: Columns | None = None
    found = 0
    for at, cells in enumerate(table, 1):
        row = [cell if isinstance(cell, Formula) else cell.strip() for cell in cells]
        if not any(row) or row[0].startswith(EXAMPLE_MARKS):
            continue
        if columns is None:
            columns = columns_of(row)
            if columns is None:
                needed = Message(N_("These are not the headings of outcomes. Needed at least: %(headings)s."), {"headings": tuple(COLUMNS[name][0] for name in NEEDED)})  # fmt: skip
                yield Wrong(str(at), "", needed)
                return
            known = {place for place, _ in columns.places.values()}
            for n, heading in enumerate(row):
                if heading and n not in known:
                    yield Wrong(f"{_letters(n)}{at}", heading[:60], Message(N_("This column is not known here.")))
            continue
        found += 1
        if found > MOST_ROWS:
            yield Wrong("", "", Message(N_("At most %(most)s rows are taken in at once."), {"most": MOST_ROWS}))
            return
        yield from _row(columns, at, row, today)
    if not found:
        yield Wrong("", "", Message(N_("There is no row in this table.")))


def _row(columns: Columns, at: int, row: Sequence[str], today: date) -> Iterator[Row | Wrong]:
    cells = {name: row[place] if place < len(row) else "" for name, (place, _) in columns.places.items()}
    check = Check()
    if len(row) > MOST_COLUMNS or any(len(cell) > MOST_CELL for cell in row):
        yield Wrong(str(at), "", Message(N_("A cell holds too much, or there are too many cells.")))
        return
    for name, cell in cells.items():
        if isinstance(cell, Formula):
            check.refuse(name, N_("A formula stands here. Formulas are not worked out: please paste its value."))
            cells[name] = ""
    line = said(
        check,
        case_code=cells["case_code"],
        closed_on=_day(check, cells["closed_on"]),
        beneficiary_group=cells["beneficiary_group"],
        cause=cells["cause"],
        cases=_whole(check, "cases", cells.get("cases", "")),
        people=_whole(check, "people", cells["people"]),
        amount_recovered=cells.get("amount_recovered"),
        result=cells.get("result"),
        today=today,
        unit=columns.unit,
    )
    agency = check.text("agency", cells.get("agency"), most=60) or ""
    if line is not None and not check.errors:
        yield Row(at, line, agency)
    yield from (columns.wrong(at, name, message) for name, message in check.errors.items())


def _day(check: Check, text: str) -> date | None:
    day = day_in(text)
    if text and day is None:
        check.refuse("closed_on", N_("Please give a date such as 2026-12-17."))
    return day


def _whole(check: Check, name: str, text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text)
    found = _WHOLE.fullmatch(plain)
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


def table_of(words: Words, lines: Iterable[Outcome]) -> list[list[str]]:
    """The lines below their headings; needs each line's agency."""
    return [[words._(heading) for heading in WRITTEN.values()], *([
        one.case_code,
        one.closed_on.isoformat(),
        terms.shown(words, one.beneficiary_group, terms.GROUPS),
        terms.shown(words, one.cause, terms.CAUSES),
        str(one.cases),
        str(one.people),
        "" if one.amount_recovered is None else yuan.plain(one.amount_recovered),
        terms.shown(words, one.result or "", terms.RESULTS),
        one.agency.short_name,
    ] for one in lines)]  # fmt: skip


def template(words: Words) -> list[list[str]]:
    """The headings above a marked example, for officers to fill in."""
    chinese = words.locale == "zh_CN"
    example = EXAMPLE_MARKS[0 if chinese else 1] + "支诉2026-001"
    line = [
        example,
        "2026-01-08",
        terms.shown(words, terms.WORKERS, terms.GROUPS),
        terms.shown(words, "追索劳动报酬", terms.CAUSES),
        "1",
        "1",
        "22450.00",
        terms.shown(words, "支持起诉意见被采纳", terms.RESULTS),
        "区检察院",
    ]
    return [[words._(heading) for heading in WRITTEN.values()], line]
