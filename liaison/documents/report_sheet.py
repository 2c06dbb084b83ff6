"""A report as one sheet of a spreadsheet (.xlsx): its tables one below the other, figures as numbers that can be added up, set up for A4 paper.
Pure: values in, bytes out."""

import io
import re
from collections.abc import Sequence
from decimal import Decimal

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from liaison.documents.characters import fit
from liaison.documents.spreadsheet import titles_of, width_of

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""Heading, heads of the columns, rows."""
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,12}(?:\.[0-9]+)?")
NONE = "—"
"""What stands where there is no figure."""
_NARROWEST, _WIDEST = 10, 36
_LINE = Side(style="thin")
_RULED = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def to_xlsx(title: str, below: str, tables: Sequence[Table], notes: Sequence[str]) -> bytes:
    """The file: title and period over the whole width, each table ruled below its heading, and notes at the end. Every cell that is no number
    is text, also one that begins with = + - or @."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = titles_of([title])[0]
    columns = max((len(heads) for _, heads, _ in tables), default=1)
    at = _across(sheet, 1, title, columns, Font(bold=True, size=16), "center")
    at = _across(sheet, at, below, columns, Font(), "center")
    for heading, heads, rows in tables:
        at = _across(sheet, at + 1, heading, columns, Font(bold=True), "left")
        for n, row in enumerate([heads, *rows]):
            for column, text in enumerate(row, 1):
                _cell(sheet, at, column, text, is_head=n == 0)
            at += 1
    for note in notes:
        at = _across(sheet, at + 1, note, columns, Font(), "left")
    for column in range(1, columns + 1):
        texts = [row[column - 1] for _, heads, rows in tables for row in [heads, *rows] if len(row) >= column]
        width = min(_WIDEST, max([_NARROWEST, *(width_of(text) + 3 for text in texts)]))
        sheet.column_dimensions[get_column_letter(column)].width = width
    _set_up(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _across(sheet: Worksheet, at: int, text: str, columns: int, font: Font, align: str) -> int:
    """A line over all columns; the row after it."""
    sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=columns)
    cell = sheet.cell(at, 1)
    cell.value, cell.data_type, cell.font = fit(text), "s", font
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    return at + 1


def _cell(sheet: Worksheet, at: int, column: int, text: str, *, is_head: bool) -> None:
    cell = sheet.cell(at, column)
    cell.border = _RULED
    if _NUMBER.fullmatch(text) and not is_head and column > 1:
        number = Decimal(text.replace(",", ""))
        cell.value = number if "." in text else int(number)
        cell.number_format = "#,##0.00" if "." in text else "#,##0"
        cell.alignment = Alignment(horizontal="right", vertical="center")
        return
    cell.value, cell.data_type, cell.number_format = fit(text), "s", "@"
    cell.font = Font(bold=is_head)
    align = "center" if is_head else "right" if text == NONE else "left"
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)


def _set_up(sheet: Worksheet) -> None:
    """Upright A4, as wide as the paper, its pages numbered."""
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, sheet.ORIENTATION_PORTRAIT
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    footer = sheet.oddFooter
    assert footer is not None
    assert footer.center is not None
    footer.center.text = "— &P —"
