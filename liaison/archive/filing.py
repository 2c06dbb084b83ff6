"""What lies in an archive and under which name: the list of files (归档文件目录), how long each is kept, names that every system takes. Pure."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from liaison.i18n import N_, Words

PERMANENT, THIRTY, TEN = "permanent", "thirty", "ten"
TERM_NAMES: Final = {PERMANENT: N_("Permanently"), THIRTY: N_("30 years"), TEN: N_("10 years")}
AGREEMENT, MINUTES, PAPER, NOTICE_OF_MEETING, RECORD, INFORMATION, REFERRAL, LEDGER, FIGURES, LIAISONS, CONTACTS = (
    "agreement",
    "minutes",
    "paper",
    "notice_of_meeting",
    "record",
    "information",
    "referral",
    "ledger",
    "figures",
    "liaisons",
    "contacts",
)
KEPT: Final = {
    AGREEMENT: PERMANENT,
    MINUTES: PERMANENT,
    RECORD: PERMANENT,
    PAPER: THIRTY,
    REFERRAL: THIRTY,
    LEDGER: THIRTY,
    FIGURES: THIRTY,
    LIAISONS: THIRTY,
    NOTICE_OF_MEETING: TEN,
    INFORMATION: TEN,
    CONTACTS: TEN,
}
"""保管期限 as it is proposed, by the terms that《机关文件材料归档范围和文书档案保管期限规定》(国家档案局令第8号) knows: 永久, 定期30年, 定期10年. What an
agency founded and decided with others is kept for good, what its business was done by for 30 years, routine papers for 10. An agency's own
schedule goes before: its archivist changes the column."""
HEADINGS: Final = (
    N_("Item number"),
    N_("Responsible body"),
    N_("Number of the document"),
    N_("Title of the document"),
    N_("Date"),
    N_("Number of pages"),
    N_("Kept for"),
    N_("File"),
)
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
LONGEST: Final = 60
"""Characters of one name, with its ending: with two folders above it stays within what Windows takes."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One document as the list of files names it. `by`: the responsible agency (责任者)."""

    kind: str
    title: str
    by: str = ""
    doc_no: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """The same with where it lies; `pages` is None of what has none until it is printed."""

    filed: Filed
    path: str
    pages: int | None


def safe_name(text: str, ending: str = "") -> str:
    """A name that Windows, macOS and Linux take: without their special characters, not too long, never empty."""
    name = _UNSAFE.sub(" ", unicodedata.normalize("NFC", text))
    name = " ".join(name.split())[: LONGEST - len(ending)].strip(" .")
    if not name or _RESERVED.match(name):
        name = f"_{name}"
    return name + ending


def split_name(file_name: str) -> tuple[str, str]:
    """A file's name and its ending with the dot."""
    stem, dot, ending = file_name.rpartition(".")
    return (stem, f".{ending.lower()}") if dot and ending.isalnum() and len(ending) <= 5 else (file_name, "")


def catalogue(words: Words, listed: Sequence[Listed]) -> list[list[str]]:
    """归档文件目录: its headings and a row for each document, numbered in the order in which they lie."""
    return [[words._(heading) for heading in HEADINGS], *(_row(words, n, one) for n, one in enumerate(listed, 1))]


def _row(words: Words, n: int, one: Listed) -> list[str]:
    filed = one.filed
    return [
        str(n),
        filed.by,
        filed.doc_no,
        filed.title,
        f"{filed.on:%Y%m%d}" if filed.on else "",
        str(one.pages) if one.pages is not None else "",
        words._(TERM_NAMES[KEPT[filed.kind]]),
        one.path,
    ]


def csv_of(table: Sequence[Sequence[str]]) -> bytes:
    """A table for programs: UTF-8 with the mark that Excel asks for; no cell is a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[_text(cell) for cell in row] for row in table])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _text(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
