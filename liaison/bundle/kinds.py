"""The bundle in a file of any kind that can be imported."""

from collections.abc import Callable, Iterable, Sequence

from liaison.actions.ledger_table import is_ledger
from liaison.bundle.reading import bundle_of
from liaison.bundle.tables import bundle_of_tables, csv_rows
from liaison.bundle.values import Bundle, BundleRefused, Line
from liaison.bundle.workbook import tables_of
from liaison.documents import tables
from liaison.documents.spreadsheet import Unreadable
from liaison.errors import Message
from liaison.i18n import N_
from liaison.meetings.past_table import is_past_meetings
from liaison.notices.past_table import is_referrals
from liaison.results.outcome_table import is_outcomes


def bundle_in(name: str, content: bytes, *, agency: str | None = None) -> Bundle:
    """The bundle that a file of this name holds: .yaml, .xlsx or .csv. `agency` stands where a table has no column for it.

    Raises BundleRefused with every line that is wrong."""
    kind = name.lower().rpartition(".")[2]
    if kind in ("yaml", "yml"):
        return bundle_of(content)
    if kind == "xlsx":
        return bundle_of_tables(tables_of(content), agency=agency)
    if kind in ("csv", "tsv", "txt"):
        return bundle_of_tables([csv_rows(content)], agency=agency)
    raise BundleRefused([Line(None, "", Message(N_("An import file is .yaml, .xlsx or .csv.")))])


def ledger_in(name: str, content: bytes) -> list[list[str]] | None:
    """The table of a ledger of action items that was exported, where the file holds one. Raises BundleRefused."""
    if not name.lower().endswith(".xlsx"):
        return None
    return next((table for table in tables_of(content) if is_ledger(table)), None)


def holds_outcomes(name: str, content: bytes) -> bool:
    """Whether a file is a table of outcomes, as its headings say."""
    return _begins(name, content, is_outcomes)


def holds_past_meetings(name: str, content: bytes) -> bool:
    """Whether a file is a table of past meetings, as its headings say."""
    return _begins(name, content, is_past_meetings)


def holds_referrals(name: str, content: bytes) -> bool:
    """Whether a file is a ledger of referrals, as its headings say."""
    return _begins(name, content, is_referrals)


def _begins(name: str, content: bytes, asked: Callable[[Iterable[Sequence[str]]], bool]) -> bool:
    if name.lower().rpartition(".")[2] not in ("csv", "tsv", "txt", "xlsx"):
        return False
    try:
        return asked(tables.rows_in(name, content))
    except Unreadable:
        return False  # whoever reads it next says why
