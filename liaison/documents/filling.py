"""An agency's own .docx as a template: fields such as {{会议名称}} are replaced by text, and nothing in it is ever carried out.

A field is a name in double braces, in Chinese or English, wherever text stands: paragraphs, tables, text at head and foot of a page.
A paragraph that holds nothing but a field whose text has several lines becomes as many paragraphs; a table row that holds fields of a list
({{姓名}}) is repeated for each of its entries."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

import docx
from docx.document import Document
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from liaison.documents.characters import fit
from liaison.documents.refusals import LARGEST, NotATemplate

_LARGEST_UNPACKED: Final = 20 * 1024 * 1024
_MOST_PARTS: Final = 300
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_FIELD: Final = re.compile(r"\{\{\s*([^{}\s][^{}]{0,60}?)\s*\}\}")
_EXTERNAL: Final = re.compile(rb'TargetMode\s*=\s*["\']External["\']')


def fields_in(file: bytes) -> list[str]:
    """The names of the fields in a template, each once, in order. Raises NotATemplate for a file that is none, or that holds what a
    template must not: macros, links to files elsewhere, more than it should unpack to."""
    document = _open(file)
    found = (name for paragraph in _paragraphs(document) for name in _FIELD.findall(_text(paragraph)))
    return list(dict.fromkeys(found))


def fill(
    file: bytes, fields: Mapping[str, str], lists: Sequence[tuple[frozenset[str], Sequence[Mapping[str, str]]]]
) -> bytes:
    """The template with its fields filled; a field that is not known stays as it stands.

    `lists`: for each list the names of its fields, and an entry of them for each row. Raises NotATemplate."""
    document = _open(file)
    for table in _tables(document):
        for names, entries in lists:
            _repeat_rows(table, names, entries)
    for paragraph in list(_paragraphs(document)):
        _fill_paragraph(paragraph, fields)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _open(file: bytes) -> Document:
    if len(file) > LARGEST:
        raise NotATemplate("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            _check(parts)
        return docx.Document(io.BytesIO(file))
    except NotATemplate:
        raise
    except Exception as error:  # whatever a hostile file makes of zip, xml and the library: it is no template
        raise NotATemplate("not_docx") from error


def _check(parts: zipfile.ZipFile) -> None:
    listed = parts.infolist()
    if len(listed) > _MOST_PARTS or sum(one.file_size for one in listed) > _LARGEST_UNPACKED:
        raise NotATemplate("too_much_inside")
    left = _LARGEST_UNPACKED
    for one in listed:
        if "vbaproject" in one.filename.lower():
            raise NotATemplate("macros")
        with parts.open(one) as content:  # what the directory says of sizes need not be true
            data = content.read(left + 1)
        left -= len(data)
        if left < 0:
            raise NotATemplate("too_much_inside")
        if one.filename.endswith(".rels") and _EXTERNAL.search(data):
            raise NotATemplate("points_outside")
        if one.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in data:
            raise NotATemplate("not_docx")
    if _DOCX not in parts.read("[Content_Types].xml").decode("utf-8", "replace"):
        raise NotATemplate("not_docx")


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    """Every paragraph of the body, of tables within tables, of heads and feet."""
    roots: list[tuple[Any, Any]] = [(document.element.body, document._body)]
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                roots.append((part._element, part))
    for root, parent in roots:
        for element in root.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
            yield Paragraph(element, parent)


def _tables(document: Document) -> Iterator[Table]:
    for element in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tbl"):
        yield Table(element, document._body)


def _text(paragraph: Paragraph) -> str:
    return "".join(run.text for run in paragraph.runs)


def _repeat_rows(table: Table, names: frozenset[str], entries: Sequence[Mapping[str, str]]) -> None:
    for row in list(table.rows):
        if not names & {name for paragraph in _of_row(row, table) for name in _FIELD.findall(_text(paragraph))}:
            continue
        for entry in entries:
            copy = deepcopy(row._tr)
            row._tr.addprevious(copy)
            for paragraph in _of_row(_Row(copy, table), table):
                _fill_paragraph(paragraph, entry)
        row._tr.getparent().remove(row._tr)


def _of_row(row: _Row, table: Table) -> Iterator[Paragraph]:
    for element in row._tr.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
        yield Paragraph(element, table)


def _fill_paragraph(paragraph: Paragraph, fields: Mapping[str, str]) -> None:
    text = _text(paragraph)
    matches = [match for match in _FIELD.finditer(text) if match[1] in fields]
    if not matches:
        return
    only = matches[0] if len(matches) == 1 and matches[0][0] == text.strip() else None
    lines = _said(fields, only[1]).splitlines() if only else []
    for more in lines[1:][::-1]:
        copy = deepcopy(paragraph._p)
        paragraph._p.addnext(copy)
        _replace(Paragraph(copy, paragraph._parent), {only[1]: more} if only else {})
    _replace(paragraph, {only[1]: lines[0]} if only and lines else fields)


def _replace(paragraph: Paragraph, fields: Mapping[str, str]) -> None:
    """Put the text where its field begins; a field may be spread over several runs, which editors divide as they like."""
    text = _text(paragraph)
    for match in reversed(list(_FIELD.finditer(text))):
        if match[1] not in fields:
            continue
        at, said = 0, _said(fields, match[1])
        for run in paragraph.runs:
            before, after = max(match.start() - at, 0), match.end() - at
            length = len(run.text)
            at += length
            if before >= length or after <= 0:
                continue
            run.text = run.text[:before] + said + run.text[max(after, 0) :]
            said = ""


def _said(fields: Mapping[str, str], name: str) -> str:
    return fit(fields[name])
