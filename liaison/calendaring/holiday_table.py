"""A year's holiday schedule as a table of `date,kind[,name]`, and whichever of the two forms a text has."""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from liaison.calendaring.holiday_notice import (
    Gathered,
    GivenDay,
    Problem,
    Schedule,
    ScheduleRefused,
    known_year,
    parse_notice,
)
from liaison.calendaring.workdays import WEEKEND, DayKind
from liaison.errors import Message
from liaison.i18n import N_

KINDS: Final = {
    "holiday": DayKind.HOLIDAY, "off": DayKind.HOLIDAY, "放假": DayKind.HOLIDAY, "休": DayKind.HOLIDAY, "休息": DayKind.HOLIDAY,
    "节假日": DayKind.HOLIDAY, "makeup": DayKind.MAKEUP, "work": DayKind.MAKEUP, "上班": DayKind.MAKEUP, "班": DayKind.MAKEUP,
    "调休上班": DayKind.MAKEUP, "补班": DayKind.MAKEUP,
}  # fmt: skip
_HEADINGS: Final = {"date", "day", "日期", "kind", "type", "类型", "种类", "name", "名称", "节日"}
_DAY = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?")
MOST_LINES: Final = 1000


def decoded(content: bytes) -> str:
    """The text of a file as spreadsheets and editors write it here: UTF-8 with or without a mark, UTF-16 with one, else GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def parse_schedule(text: str, *, year: int | None = None, weekend: frozenset[int] = WEEKEND) -> Schedule:
    """The days that a pasted text names, be it a notice or a table. Raises ScheduleRefused."""
    text = text.removeprefix("\ufeff")
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise ScheduleRefused([Problem(MOST_LINES + 1, "", Message(N_("At most %(most)s lines are read."), {"most": MOST_LINES}))])  # fmt: skip
    first = next((line for line in lines if line.strip()), "")
    cells = _cells(first)
    is_table = len(cells) > 1 and (cells[0].casefold() in _HEADINGS or _DAY.fullmatch(cells[0]) is not None)
    return parse_table(text, year=year, weekend=weekend) if is_table else parse_notice(text, year=year, weekend=weekend)


def parse_table(text: str, *, year: int | None = None, weekend: frozenset[int] = WEEKEND) -> Schedule:
    """The days of a table, with or without headings, its columns parted by commas, semicolons or tabs. Without `year` it is that of
    most of its days. Raises ScheduleRefused."""
    found: list[tuple[int, str, GivenDay]] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = _cells(line)
        if not any(cells) or (not found and not problems and cells[0].casefold() in _HEADINGS):
            continue
        day, kind = _day(cells[0]), KINDS.get(cells[1].casefold() if len(cells) > 1 else "")
        if day is None:
            problems.append(Problem(number, line, Message(N_("Please give a date such as 2026-12-17."))))
        elif kind is None:
            problems.append(
                Problem(number, line, Message(N_("Please say of each day: holiday or makeup (放假 or 上班).")))
            )
        else:
            found.append((number, line, GivenDay(day, kind, cells[2][:40] or None if len(cells) > 2 else None)))
    if year is None and found:
        year = Counter(day.on.year for _, _, day in found).most_common(1)[0][0]
    if problems:
        raise ScheduleRefused(problems)
    return gathered(known_year(year), found, weekend=weekend)


def gathered(year: int, found: Iterable[tuple[int, str, GivenDay]], *, weekend: frozenset[int] = WEEKEND) -> Schedule:
    """The schedule of days that were given one by one, each with its place. Raises ScheduleRefused."""
    all_of_them = Gathered(year, weekend)
    for number, words, day in found:
        all_of_them.add(number, words, day)
    return all_of_them.done()


def _cells(line: str) -> list[str]:
    line = unicodedata.normalize("NFKC", line)
    mark = next((each for each in ("\t", ";") if each in line), ",")
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=mark), [""])]
    except csv.Error:
        return [line]


def _day(text: str) -> dt.date | None:
    found = _DAY.fullmatch(text)
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
