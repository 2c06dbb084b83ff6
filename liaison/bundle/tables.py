"""From a table (CSV, a spreadsheet's rows, or cells pasted from one) to an import bundle: agencies, or people with who is liaison.

What a table is, its headings tell, in Chinese or English and in any order."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from liaison.bundle.fields import AGENCY, DESIGNATION, PERSON, Field, value_of
from liaison.bundle.reading import MOST_BYTES, repeated
from liaison.bundle.values import Bundle, BundleRefused, Entry, Line
from liaison.checks import Check
from liaison.documents import tables
from liaison.documents.spreadsheet import MOST_COLUMNS, MOST_ROWS, Unreadable
from liaison.errors import Message
from liaison.i18n import N_
from liaison.mechanisms.models import ACTING, DEPUTY, PRINCIPAL

MOST_CELL = 2000

Row = Sequence[str]

AGENCY_HEADINGS: Final = {
    "short_name": ("单位简称", "简称", "Short name", "short_name"),
    "name": ("单位全称", "全称", "Full name", "name"),
    "kind": ("类别", "Kind", "kind"),
    "mail": ("单位邮箱", "邮箱", "Mail", "mail"),
    "phone": ("单位电话", "电话", "Phone", "phone"),
    "sort_order": ("排序", "Order", "sort_order"),
}
PEOPLE_HEADINGS: Final = {
    "agency": ("单位", "单位简称", "Agency", "agency"),
    "agency_name": ("单位全称", "Agency's full name", "agency_name"),
    "agency_mail": ("单位邮箱", "Agency's mail", "agency_mail"),
    "name": ("姓名", "Name", "name"),
    "job_title": ("职务", "职务/职级", "Job title", "job_title"),
    "phone": ("电话", "联系电话", "手机", "手机号", "办公电话", "Phone", "phone"),
    "mail": ("邮箱", "电子邮箱", "Mail", "Email", "mail"),
    "liaison": ("是否联络员", "联络员", "Liaison", "liaison"),
    "department": ("内设机构", "部门", "科室", "Department", "department"),
    "starts_on": ("指定日期", "指定之日", "Designated from", "starts_on"),
    "ends_on": ("指定期限至", "Designated until", "ends_on"),
    "basis_ref": ("依据文号", "Basis reference", "basis_ref"),
    "office": ("办公邮箱", "Office", "office"),
    "contact": ("联系人", "Contact", "contact"),
    "rank": ("单位内排序", "排序", "Rank", "rank"),
    "locale": ("语言", "Language", "locale"),
    "key": ("人员编号", "Key", "key"),
}
PASTE_ORDER: Final = ("agency", "name", "job_title", "phone", "mail", "liaison")
"""What the columns of pasted cells mean when no heading was pasted with them."""
FORM_FIELDS: Final = ("agency", "agency_name", "name", "job_title", "phone", "mail", "liaison")
"""What one row of the form for first steps asks."""
"""Whether somebody is liaison stands last: it is always chosen, so it alone makes no row."""
MOST_FORM_ROWS = 30
EXAMPLE_MARKS: Final = ("示例：", "Example: ")
"""How the first cell of the template's example row begins; such a row is never imported."""

_PEOPLE_FIELDS: Final[Mapping[str, Field]] = {
    **PERSON,
    "agency_name": replace(
        AGENCY["name"], required=False
    ),  # without one the short name stands in, as without a column for it
    "agency_mail": AGENCY["mail"],
    "starts_on": DESIGNATION["ends_on"],
    "ends_on": DESIGNATION["ends_on"],
    "basis_ref": DESIGNATION["basis_ref"],
}
_ROLES: Final = {
    **dict.fromkeys(("是", "联络员", "yes", "y", "true", "1", "√", "✓", PRINCIPAL), PRINCIPAL),
    **dict.fromkeys(("副联络员", "副", "b角", "副联络员(b角)", "副联络员（b角）", DEPUTY), DEPUTY),
    **dict.fromkeys(("代理", "代理联络员", ACTING), ACTING),
    **dict.fromkeys(("", "否", "no", "n", "false", "0", "×", "-"), None),
}


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file in UTF-8 or, as Chinese spreadsheet programs write it, GB18030."""
    if len(content) > MOST_BYTES:
        raise _refused(None, N_("The file is too large: at most %(most)s MB."), most=f"{MOST_BYTES / 1_000_000:g}")
    try:
        return list(tables.csv_rows(content))
    except Unreadable as refusal:
        raise BundleRefused([Line(None, "", refusal.message)]) from None


def pasted_rows(text: str) -> list[list[str]]:
    """The rows of cells pasted from a spreadsheet. Raises BundleRefused."""
    try:
        return list(tables.pasted_rows(text))
    except Unreadable as refusal:
        raise BundleRefused([Line(None, "", refusal.message)]) from None


def as_paste(rows: Sequence[Row]) -> str:
    """The same rows as a spreadsheet would put them into the paste box."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(row for row in rows if any(row))
    return out.getvalue()


def form_table(columns: dict[str, list[str]]) -> list[list[str]]:
    """The form's rows as a table with headings; a row in which nothing was typed is empty, so that the n-th of the form is
    the n-th below the headings."""
    count = max((len(values) for values in columns.values()), default=0)
    rows = [
        [columns[name][n] if n < len(columns[name]) else "" for name in FORM_FIELDS]
        for n in range(min(count, MOST_FORM_ROWS))
    ]
    return [
        [PEOPLE_HEADINGS[name][0] for name in FORM_FIELDS],
        *(row if any(cell.strip() for cell in row[:-1]) else [""] * len(row) for row in rows),
    ]


def place_in_form(line: Line) -> tuple[int, str] | None:
    """The row of the form (from 0) and the field that an error in its table is about; None for one about the whole."""
    fields = {PEOPLE_HEADINGS[name][0]: name for name in FORM_FIELDS}
    return (line.line - 2, fields[line.field]) if line.line and line.line > 1 and line.field in fields else None


def bundle_of_tables(
    tables: Sequence[Sequence[Row]], *, agency: str | None = None, new_agencies: bool = False
) -> Bundle:
    """The bundle that one or several tables hold, each an agencies' or a people's table. Raises BundleRefused.

    `agency` (a short name) stands where a table of people has no column for it. With `new_agencies` an agency that is only named
    beside a person is taken as a new one."""
    errors: list[Line] = []
    agencies: list[Entry] = []
    people: list[Entry] = []
    for table in tables:
        rows = [(number, [cell.strip() for cell in row]) for number, row in enumerate(table, 1)]
        rows = [(number, row) for number, row in rows if any(row) and not row[0].startswith(EXAMPLE_MARKS)]
        if not rows:
            continue
        if len(rows) > MOST_ROWS or any(
            len(row) > MOST_COLUMNS or any(len(c) > MOST_CELL for c in row) for _, row in rows
        ):
            raise _refused(
                None,
                N_("The table is too large: at most %(rows)s rows and %(columns)s columns."),
                rows=MOST_ROWS,
                columns=MOST_COLUMNS,
            )
        kind, columns, body = _columns(rows)
        if kind == "agencies":
            agencies += [_read("agencies", AGENCY, columns, number, row, errors) for number, row in body]
        else:
            people += [_person(columns, number, row, agency, errors) for number, row in body]
    if not errors:
        errors += [*repeated(agencies, "short_name"), *repeated(people, "key")]
    if errors:
        raise BundleRefused(errors)
    if not agencies and not people:
        raise _refused(None, N_("There is no row in this table."))
    return Bundle(agencies=(*agencies, *_agencies_beside(people, agencies, new_agencies)), people=tuple(people))


def _columns(rows: list[tuple[int, list[str]]]) -> tuple[str, dict[int, tuple[str, str]], list[tuple[int, list[str]]]]:
    """("agencies" or "people", {column: (field, heading)}, the rows below the heading)."""
    number, first = rows[0]
    people, agencies = _matched(first, PEOPLE_HEADINGS), _matched(first, AGENCY_HEADINGS)
    named = {field for field, _ in people.values()}
    if {"name", "agency"} <= named or (
        "name" in named and not {"short_name"} & {field for field, _ in agencies.values()}
    ):
        kind, columns = "people", people
    elif {"short_name", "name"} <= {field for field, _ in agencies.values()}:
        kind, columns = "agencies", agencies
    elif not people and not agencies and 2 <= len(first) <= len(PASTE_ORDER):
        return "people", {n: (field, PEOPLE_HEADINGS[field][0]) for n, field in enumerate(PASTE_ORDER)}, rows
    else:
        raise _refused(
            number,
            N_(
                "The headings do not say what this table holds. People need at least %(people)s, agencies %(agencies)s."
            ),
            people="单位, 姓名",
            agencies="单位简称, 单位全称",
        )
    unknown = [heading for n, heading in enumerate(first) if heading and n not in columns]
    if unknown:
        raise BundleRefused(
            Line(number, heading[:60], Message(N_("This column is not known here."))) for heading in unknown
        )
    return kind, columns, rows[1:]


def _matched(headings: Row, known: Mapping[str, tuple[str, ...]]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for number, heading in enumerate(headings):
        plain = heading.replace(" ", "").rstrip("*＊").casefold()
        for field, names in known.items():
            taken = any(field == other for other, _ in found.values())
            if not taken and plain in [name.replace(" ", "").casefold() for name in names]:
                found[number] = (field, heading)
                break
    return found


def _read(
    section: str,
    fields: Mapping[str, Field],
    columns: Mapping[int, tuple[str, str]],
    number: int,
    row: Row,
    errors: list[Line],
) -> Entry:
    check = Check()
    values: dict[str, Any] = {}
    headings = dict(columns.values())
    entry = Entry(section, number, values, headings=headings)
    for column, (field, _) in columns.items():
        text = row[column] if column < len(row) else ""
        if field in fields and (value := value_of(fields[field], field, text, check)) is not None:
            values[field] = value
    errors += [entry.wrong(name, message) for name, message in check.errors.items()]
    if any(row[len(columns) :]) and not headings:
        errors.append(entry.wrong("", Message(N_("This row has more cells than there are columns."))))
    return entry


def _person(
    columns: Mapping[int, tuple[str, str]], number: int, row: Row, agency: str | None, errors: list[Line]
) -> Entry:
    entry = _read("people", _PEOPLE_FIELDS, columns, number, row, errors)
    values = dict(entry.values)
    cells = {field: row[column] if column < len(row) else "" for column, (field, _) in columns.items()}
    if "agency" not in cells:
        if agency:
            values["agency"] = agency
        else:
            errors.append(
                entry.wrong("agency", Message(N_("Which agency is this person of? The table needs the column 单位.")))
            )
    word = cells.get("liaison", "").casefold()
    if word not in _ROLES:
        errors.append(
            entry.wrong("liaison", Message(N_("Please write 是, 副联络员, 代理 or 否 (yes, deputy, acting or no).")))
        )
    elif role := _ROLES[word]:
        values["liaison"] = role
    return Entry("people", entry.line, values, entry.lines, entry.headings)


def _agencies_beside(people: list[Entry], given: list[Entry], new_agencies: bool) -> list[Entry]:
    """The agencies that a table of people tells of: by a full name beside the short one, or all of them."""
    known = {each.text("short_name") for each in given}
    found: dict[str, Entry] = {}
    for person in people:
        short_name = person.text("agency") or ""
        if short_name in known:
            continue
        told = {field: person.text(f"agency_{field}") for field in ("name", "mail")}
        if any(told.values()) or new_agencies:
            earlier = found[short_name].values if short_name in found else {"short_name": short_name}
            values = {**earlier, **{field: value for field, value in told.items() if value}}
            headings = {
                "short_name": person.headings.get("agency", "单位"),
                "name": person.headings.get("agency_name", "单位全称"),
            }
            found[short_name] = Entry("agencies", person.line, values, headings=headings, only_new=True)
    if not new_agencies:
        return list(found.values())
    return [
        Entry(
            each.section,
            each.line,
            {"name": each.values["short_name"], **each.values},
            headings=each.headings,
            only_new=True,
        )
        for each in found.values()
    ]


def _refused(line: int | None, msgid: str, **params: Any) -> BundleRefused:
    return BundleRefused([Line(line, "", Message(msgid, params))])
