"""An agency's own .xlsx as a template: fields such as {{件数}} are replaced in its cells, and nothing in it is ever carried out.

A cell that holds nothing but a field whose text is a number becomes that number; everywhere else text is put in, never a formula."""

import io
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

import openpyxl

from liaison.documents.characters import fit
from liaison.documents.refusals import NotATemplate
from liaison.documents.spreadsheet import Unreadable, check_package

MOST_CELLS: Final = 50_000
MOST_UNPACKED: Final = 3_000_000
"""A form to fill in is no table of thousands of rows: so much its parts hold at most, because each cell costs time and room."""
_FIELD: Final = re.compile(r"\{\{\s*([^{}\s][^{}]{0,60}?)\s*\}\}")


def fill(file: bytes, fields: Mapping[str, str]) -> bytes:
    """The template with its fields filled; a field that is not known stays as it stands. Raises NotATemplate."""
    try:
        check_package(file, most=MOST_UNPACKED)
        book = openpyxl.load_workbook(io.BytesIO(file), keep_links=False)
    except Unreadable as error:
        raise NotATemplate("not_xlsx") from error
    except Exception as error:  # whatever a hostile file makes of zip, xml and the library: it is no template
        raise NotATemplate("not_xlsx") from error
    if sum(sheet.max_row * sheet.max_column for sheet in book.worksheets) > MOST_CELLS:
        raise NotATemplate("too_much_inside")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.data_type == "s" and "{{" in cell.value:
                    _fill(cell, fields)
    out = io.BytesIO()
    try:
        book.save(out)
    except Exception as error:  # a workbook without a sheet that is shown, say
        raise NotATemplate("not_xlsx") from error
    return out.getvalue()


def _fill(cell: object, fields: Mapping[str, str]) -> None:
    text: str = cell.value  # type: ignore[attr-defined]
    alone = _FIELD.fullmatch(text.strip())
    if alone and (number := _number(fields.get(alone[1].strip(), ""))) is not None:
        cell.value = number  # type: ignore[attr-defined]
        return
    cell.value = _FIELD.sub(lambda found: fit(fields.get(found[1].strip(), found[0])), text)  # type: ignore[attr-defined]
    cell.data_type = "s"  # type: ignore[attr-defined]


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "")) if (text and not text.startswith("0")) or text == "0" else None
    except InvalidOperation:
        return None
