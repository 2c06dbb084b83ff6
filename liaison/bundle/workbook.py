"""Spreadsheets (.xlsx) as import files, and the template that officers fill in."""

from collections.abc import Iterable

from liaison.bundle.tables import AGENCY_HEADINGS, EXAMPLE_MARKS, PEOPLE_HEADINGS
from liaison.bundle.values import BundleRefused, Line
from liaison.documents import spreadsheet

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


def tables_of(content: bytes) -> list[list[list[str]]]:
    """Each sheet's rows as texts. Raises BundleRefused for what is no workbook or too large."""
    try:
        return spreadsheet.tables_of(content)
    except spreadsheet.Unreadable as refusal:
        raise BundleRefused([Line(None, "", refusal.message)]) from refusal


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
    return spreadsheet.workbook({titles[n][column]: tables[n] for n in (0, 1)})
