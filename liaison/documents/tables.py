"""The rows of a table, from a .csv file, cells pasted from a spreadsheet, or a sheet, one after the other: how many there are does not matter.
What stands in a cell is read and never worked out."""

import csv
import io
from collections.abc import Iterator

from liaison.documents.spreadsheet import MOST_COLUMNS, Unreadable, cell_text, check_package
from liaison.errors import Message
from liaison.i18n import N_

MOST_BYTES = 1_400_000
"""So much a table has at most, so that a page can carry it from the look at it to its taking in."""
MOST_EMPTY = 1000
"""After so many empty rows a sheet is taken to have ended: some programs write a million of them."""
MOST_UNPACKED = 10_000_000
SEVERAL_SHEETS = N_("Several sheets of this workbook hold something. Please keep the one with the table.")
NOT_A_TABLE = N_("Please choose a table as .xlsx or .csv.")


class Formula(str):
    """A cell that holds a formula: its text as it stands, which nobody works out."""

    __slots__ = ()


def rows_in(name: str, content: bytes) -> Iterator[list[str]]:
    """The rows of a file of this name. Raises Unreadable while they are read."""
    if len(content) > MOST_BYTES:
        raise Unreadable(
            Message(N_("The file is too large: at most %(most)s MB."), {"most": f"{MOST_BYTES / 1_000_000:g}"})
        )
    kind = name.lower().rpartition(".")[2]
    if kind == "xlsx":
        yield from sheet_rows(content)
    elif kind in ("csv", "tsv", "txt"):
        yield from csv_rows(content)
    else:
        raise Unreadable(Message(NOT_A_TABLE))


def decoded(content: bytes) -> str:
    """The text of a .csv file in UTF-8, UTF-16 with its mark or, as Chinese spreadsheet programs write it, GB18030. Raises Unreadable."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(Message(N_("The file must be written in UTF-8.")))


def csv_rows(content: bytes) -> Iterator[list[str]]:
    """The rows of a .csv file, its cells set apart by the sign that its first line has most of. Raises Unreadable."""
    text = decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise Unreadable(Message(N_("This is not a CSV file (%(problem)s)."), {"problem": str(error)})) from None


def pasted_rows(text: str) -> Iterator[list[str]]:
    """The rows of cells pasted from a spreadsheet: tabs between cells, quotes around a cell that holds a line break. Raises Unreadable."""
    if len(text.encode()) > MOST_BYTES:
        raise Unreadable(
            Message(N_("The file is too large: at most %(most)s MB."), {"most": f"{MOST_BYTES / 1_000_000:g}"})
        )
    try:
        yield from csv.reader(io.StringIO(text.strip("\r\n")), delimiter="\t")
    except csv.Error as error:
        raise Unreadable(Message(N_("This is not a CSV file (%(problem)s)."), {"problem": str(error)})) from None


def sheet_rows(content: bytes) -> Iterator[list[str]]:
    """The rows of the one sheet of a workbook that is shown and holds any; a formula is given as Formula. Raises Unreadable, also where several
    hold something: which one was meant is not guessed."""
    check_package(content, most=MOST_UNPACKED)
    import openpyxl  # takes 0.17 s, which no start should pay for a file that is seldom read

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        taken = False
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            skipped, found = 0, False
            for cells in sheet.iter_rows(max_col=MOST_COLUMNS + 1):
                row = [Formula(cell.value) if cell.data_type == "f" else cell_text(cell.value) for cell in cells]
                while row and not row[-1]:
                    row.pop()
                if not row:
                    skipped += 1
                    if skipped > MOST_EMPTY:
                        break
                    continue
                if taken:
                    raise Unreadable(Message(SEVERAL_SHEETS))
                yield from ([] for _ in range(skipped))
                yield row
                skipped, found = 0, True
            taken = taken or found
        book.close()
    except Unreadable:
        raise
    except Exception as error:  # whatever a damaged file makes the library stumble over
        raise Unreadable(Message(N_("This spreadsheet cannot be read. Please save it again as .xlsx."))) from error
