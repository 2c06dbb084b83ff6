"""Outcomes as a table: which columns there are, how a row is read, where exactly something is wrong, and how rows are written out. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from liaison.documents.headed import EXAMPLE_MARKS, Kind, Line, Wrong, day, is_of, lines_of, whole
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
_COUNTED = "[件人名个]"
KIND = Kind(
    columns=COLUMNS,
    needed=NEEDED,
    other_headings=N_("These are not the headings of outcomes. Needed at least: %(headings)s."),
    unit=re.compile(r"\((元|万元|人民币元|件|人|yuan|10,?000yuan|人民币万元)\)$", re.IGNORECASE),
    most_rows=20_000,
    most_cell=500,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read: where it stands, what it says, and the agency that it names (empty: none)."""

    at: int
    said: Said
    agency: str


def is_outcomes(table: Iterable[Sequence[str]]) -> bool:
    """Whether a table's first row that holds anything has the headings of outcomes."""
    return is_of(KIND, table)


def read(table: Iterable[Sequence[str]], *, today: date) -> Iterator[Row | Wrong]:
    """Each row that holds something, read, or what is wrong in it, place by place. Row numbers are those of the table, from 1. A file that
    cannot be read is wrong as a whole."""
    for line in lines_of(KIND, table):
        if isinstance(line, Wrong):
            yield line
        else:
            yield from _row(line, today)


def _row(line: Line, today: date) -> Iterator[Row | Wrong]:
    cells, check = line.cells, line.check
    unit = yuan.unit_in(line.columns.heading("amount_recovered").replace("10,000 yuan", "万元"))
    found = said(
        check,
        case_code=cells["case_code"],
        closed_on=day(check, "closed_on", cells["closed_on"]),
        beneficiary_group=cells["beneficiary_group"],
        cause=cells["cause"],
        cases=whole(check, "cases", cells.get("cases", ""), units=_COUNTED),
        people=whole(check, "people", cells["people"], units=_COUNTED),
        amount_recovered=cells.get("amount_recovered"),
        result=cells.get("result"),
        today=today,
        unit=unit,
    )
    agency = check.text("agency", cells.get("agency"), most=60) or ""
    if found is not None and not check.errors:
        yield Row(line.at, found, agency)
    yield from line.wrong()


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
