"""Spreadsheets (.xlsx) for whoever imports or exports: rows as texts, read within limits, and written so that every cell is text."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from liaison.documents.characters import fit
from liaison.errors import Message
from liaison.i18n import N_

MOST_ROWS = 2000
MOST_COLUMNS = 40
MOST_PACKED = 2_000_000
MOST_UNPACKED = 20_000_000
MOST_PARTS = 200
MOST_SHEETS = 20
WIDEST = 44
"""So wide a column gets for its longest text, in letters; what is longer goes on in the next line of its cell."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


LONGEST_TITLE = 31
"""Characters of a sheet's name as Excel counts them: those outside the first plane twice."""
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\s]+")


class Unreadable(ValueError):
    """A file that is no workbook, or too large; `message` says so."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message


def tables_of(content: bytes) -> list[list[list[str]]]:
    """Each sheet's rows as texts; dates as 2026-01-06, times as 14:30. Raises Unreadable for what is no workbook or too large."""
    check_package(content)
    import openpyxl  # takes 0.17 s, which no start should pay for a file that is seldom read

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        if len(sheets) > MOST_SHEETS:
            raise _refused(N_("This workbook has too many sheets."))
        tables = [
            [
                _row(cells)
                for cells in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True)
            ]
            for sheet in sheets
        ]
        book.close()
        return [rows for rows in tables if any(any(row) for row in rows)]
    except Unreadable:
        raise
    except Exception as error:  # whatever a damaged file makes the library stumble over
        raise _refused(N_("This spreadsheet cannot be read. Please save it again as .xlsx.")) from error


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """A workbook with these rows; every cell is text, also one that begins with = + - or @. The sheets are called by the keys as far as
    Excel takes such names."""
    import openpyxl  # see above
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for title, rows in zip(titles_of(sheets), sheets.values(), strict=True):
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(number, column)
                cell.value = fit(text)
                cell.data_type = "s"
                cell.number_format = "@"
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                if number == 1:
                    cell.font = Font(bold=True)
        for number in range(1, max(map(len, rows), default=0) + 1):
            texts = [row[number - 1] for row in rows if len(row) >= number]
            sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, max(map(width_of, texts)) + 3)
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def titles_of(wanted: Iterable[str]) -> list[str]:
    """A name that Excel takes for each sheet, in order: no two alike, none empty."""
    found: list[str] = []
    taken = {""}
    for number, title in enumerate(wanted, 1):
        plain = _NOT_IN_TITLES.sub(" ", fit(title)).strip(" '") or f"Sheet{number}"
        name, n = _cut(plain, LONGEST_TITLE), 1
        while name.casefold() in taken:
            n += 1
            more = f" ({n})"
            name = _cut(plain, LONGEST_TITLE - len(more)) + more
        taken.add(name.casefold())
        found.append(name)
    return found


def _cut(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").rstrip(" '")


def width_of(text: str) -> int:
    """In letters, of which a Chinese character takes two."""
    return max(
        (sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in line) for line in text.splitlines()), default=0
    )


def _row(cells: Iterable[Any]) -> list[str]:
    texts = [cell_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def cell_text(cell: Any) -> str:
    """What a cell holds, as text: dates as 2026-01-06, times as 14:30, whole numbers without a point."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 10**15:
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
        case time():
            return cell.strftime("%H:%M")
        case _:
            return str(cell)


def check_package(content: bytes, *, most: int = MOST_UNPACKED) -> None:
    """Refuse a workbook before anything of it is unpacked, with Unreadable: sizes as the package tells them, then each part as it really is."""
    if len(content) > MOST_PACKED:
        raise _refused(N_("The file is too large: at most %(most)s MB."), most=f"{MOST_PACKED / 1_000_000:g}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
                raise _refused(N_("This spreadsheet cannot be read: it holds too much."))
            if "xl/workbook.xml" not in package.namelist():
                raise _refused(N_("This is not an .xlsx workbook."))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(package, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _refused(N_("This is not an .xlsx workbook.")) from error


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with package.open(part) as file:
        start = file.read(part.file_size + 1).replace(b"\0", b"")  # the same in UTF-16
        if len(start) > MOST_UNPACKED or b"<!DOCTYPE" in start or b"<!ENTITY" in start:
            raise _refused(N_("This spreadsheet cannot be read: it holds too much."))


def _refused(msgid: str, **params: Any) -> Unreadable:
    return Unreadable(Message(msgid, params))
