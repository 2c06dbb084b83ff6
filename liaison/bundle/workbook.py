"""Spreadsheets (.xlsx): their rows as texts, read within limits, and the template that officers fill in."""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from liaison.bundle.tables import AGENCY_HEADINGS, EXAMPLE_MARKS, MOST_COLUMNS, MOST_ROWS, PEOPLE_HEADINGS
from liaison.bundle.values import BundleRefused, Line
from liaison.errors import Message
from liaison.i18n import N_

MOST_PACKED = 2_000_000
MOST_UNPACKED = 20_000_000
MOST_PARTS = 200
MOST_SHEETS = 20

AGENCY_COLUMNS = ("short_name", "full_name", "mail", "phone")
PEOPLE_COLUMNS = (
    "agency",
    "name",
    "job_title",
    "phone",
    "mail",
    "liaison",
    "department",
    "starts_on",
    "basis_ref",
    "key",
)
_EXAMPLES = (
    {
        "short_name": "区检察院", "full_name": "清沚区人民检察院", "agency": "区检察院", "name": "张三", "job_title": "科员",
        "phone": "0553-0000000", "mail": "zhangsan@example.cn", "liaison": "是", "department": "第五检察部",
        "starts_on": "2026-01-05", "basis_ref": "清检函〔2026〕1号", "key": "",
    },
    {
        "short_name": "Legal Aid", "full_name": "Legal Aid Centre", "agency": "Legal Aid", "name": "Jo Example",
        "job_title": "Officer", "phone": "020 0000 0000", "mail": "jo@example.org", "liaison": "yes", "department": "",
        "starts_on": "2026-01-05", "basis_ref": "LA 2026/1", "key": "",
    },
)  # fmt: skip

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tables_of(content: bytes) -> list[list[list[str]]]:
    """Each sheet's rows as texts; dates as 2026-01-06, times as 14:30. Raises BundleRefused for what is no workbook or too large."""
    _check_package(content)
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
    except BundleRefused:
        raise
    except Exception as error:  # whatever a damaged file makes the library stumble over
        raise _refused(N_("This spreadsheet cannot be read. Please save it again as .xlsx.")) from error


def template(*, chinese: bool) -> bytes:
    """A workbook with the headings of both tables and a marked example each, for officers to fill in and send back."""
    column = 0 if chinese else 1

    def names(headings: dict[str, tuple[str, ...]], fields: Iterable[str]) -> list[str]:
        texts = {field: [name for name in headings[field] if name.isascii() != chinese] for field in fields}
        return [found[0] for found in texts.values()]

    people, agencies = (
        names(PEOPLE_HEADINGS, PEOPLE_COLUMNS),
        names(AGENCY_HEADINGS, ("short_name", "name", *AGENCY_COLUMNS[2:])),
    )
    titles = (("单位", "Agencies"), ("人员", "People"))
    examples = _EXAMPLES[column]
    tables = [
        [head, [examples[field] for field in fields]]
        for head, fields in ((agencies, AGENCY_COLUMNS), (people, PEOPLE_COLUMNS))
    ]
    for table in tables:
        table[1][0] = EXAMPLE_MARKS[column] + table[1][0]
    return workbook({titles[n][column]: tables[n] for n in (0, 1)})


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """A workbook with these rows; every cell is text, also one that begins with = + - or @."""
    import openpyxl  # see above
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(number, column)
                cell.value = text
                cell.data_type = "s"
                cell.number_format = "@"
                if number == 1:
                    cell.font = Font(bold=True)
        for letter in range(1, max(map(len, rows), default=0) + 1):
            sheet.column_dimensions[get_column_letter(letter)].width = 18
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(cells: Iterable[Any]) -> list[str]:
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any) -> str:
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


def _check_package(content: bytes) -> None:
    """Refuse before anything is unpacked: sizes as the package tells them, then each part as it really is."""
    if len(content) > MOST_PACKED:
        raise _refused(N_("The file is too large: at most %(most)s bytes."), most=MOST_PACKED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
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


def _refused(msgid: str, **params: Any) -> BundleRefused:
    return BundleRefused([Line(None, "", Message(msgid, params))])
