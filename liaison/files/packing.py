"""Agenda and papers as one PDF to print. Run as a program of its own (`python -m liaison.files.packing`), which limits itself before it
opens what others brought: a PDF that takes too long or too much is left out and listed, and the server never opens any.

Standard input is the plan (`Pack.to_json`); the file appears under the name in it."""

import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from liaison.files.packs import Pack, Part

FONT: Final = "STSong-Light"
"""A font that readers of PDF have for Chinese; no file of it is needed here."""
MOST_MEMORY: Final = 1 << 30
MOST_CPU: Final = 50
SECONDS_A_FILE: Final = 10
MOST_PAGES: Final = 2_000
_KEEP: Final = frozenset({"/Widget", "/Stamp", "/FreeText", "/Ink", "/Highlight", "/Line", "/Square", "/Circle"})
"""Marks on a page that belong to what is printed, seals among them; nothing that leads elsewhere or plays."""


def bind(pack: Pack) -> None:
    """Write the pack to its target."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    bound = [_opened(part) for part in pack.parts]
    sizes = [1 + len(pages) if pages else 0 for pages in bound]
    cover = _cover(pack, [0] * len(sizes))
    starts, at = [], len(cover.pages) + 1
    for size in sizes:
        starts.append(at if size else 0)
        at += size
    writer = PdfWriter()
    for page in _cover(pack, starts).pages:
        writer.add_page(page)
    for part, pages in zip(pack.parts, bound, strict=True):
        if pages:
            writer.add_page(_divider(part))
            for page in pages:
                writer.add_page(page)
    _number(writer)
    writer.write(pack.target)


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def too_long(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _opened(part: Part) -> list[PageObject]:
    """The pages of a file; none where it is of another kind or cannot be bound in."""
    if part.path is None:
        return []
    try:
        with _at_most(SECONDS_A_FILE):
            if part.kind == "pdf":
                with open(part.path, "rb") as file:
                    return _checked(PdfReader(BytesIO(file.read()), strict=False))
            return list(PdfReader(_picture(part.path)).pages)
    except (Exception, MemoryError):  # whatever a hostile file makes of the library: it is listed, not bound in
        return []


def _checked(reader: PdfReader) -> list[PageObject]:
    """The pages without what acts; each was copied once, so that binding it meets nothing new."""
    if reader.is_encrypted or len(reader.pages) > MOST_PAGES:
        return []
    trial = PdfWriter()
    for page in reader.pages:
        for name in ("/AA", "/OpenAction", "/B", "/PieceInfo", "/Metadata", "/StructParents"):
            page.pop(NameObject(name), None)
        marks = page.get("/Annots")
        kept = ArrayObject(_mark(one.get_object()) for one in (marks.get_object() if marks else ()) if _prints(one))
        page[NameObject("/Annots")] = kept
        trial.add_page(page)
    trial.write(BytesIO())
    return list(trial.pages)


def _prints(mark: Any) -> bool:
    found = mark.get_object()
    return isinstance(found, DictionaryObject) and found.get("/Subtype") in _KEEP


def _mark(mark: DictionaryObject) -> DictionaryObject:
    return DictionaryObject(
        {name: mark.raw_get(name) for name in ("/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F") if name in mark}
    )


def _picture(path: str) -> BytesIO:
    """A page with the picture, as large as it may be."""
    with open(path, "rb") as file:
        picture = ImageReader(BytesIO(file.read()))
    width, height = picture.getSize()
    page = (A4[1], A4[0]) if width > height else A4
    scale = min((page[0] - 30 * mm) / width, (page[1] - 40 * mm) / height)
    out = BytesIO()
    canvas = Canvas(out, pagesize=page)
    across, up = width * scale, height * scale
    canvas.drawImage(picture, (page[0] - across) / 2, (page[1] - up) / 2, across, up)
    canvas.save()
    out.seek(0)
    return out


def _style(size: float, *, before: float = 0, alignment: int = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}",
        fontName=FONT,
        fontSize=size,
        leading=size * 1.5,
        wordWrap="CJK",
        spaceBefore=before,
        alignment=alignment,
    )


def _cover(pack: Pack, starts: list[int]) -> PdfReader:
    """Title, facts, and the agenda with its papers and the page where each begins."""
    out = BytesIO()
    body, small = _style(10.5), _style(9)

    def cell(text: str, style: ParagraphStyle = body) -> Paragraph:
        return Paragraph(escape(text), style)

    story: list[Any] = [Paragraph(escape(pack.title), _style(20, alignment=1)), Spacer(1, 8 * mm)]
    story += [cell(f"{name}{text}") for name, text in pack.facts]
    story.append(Spacer(1, 6 * mm))
    rows = [[cell(head, small) for head in pack.heads]]
    for n in range(-1, len(pack.rows)):
        if n >= 0:
            rows.append([cell(text) for text in pack.rows[n]] + [cell("")])
        for part, start in zip(pack.parts, starts, strict=True):
            if part.row == n:
                rows.append(["", cell(part.heading, small), "", "", cell(str(start) if start else pack.apart, small)])
    table = Table(rows, colWidths=[12 * mm, 92 * mm, 34 * mm, 16 * mm, 20 * mm], repeatRows=1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, "#999999"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    story.append(table)
    margin = 18 * mm
    SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=25 * mm,
        bottomMargin=20 * mm,
        title=pack.title,
    ).build(story)
    out.seek(0)
    return PdfReader(out)


def _divider(part: Part) -> PageObject:
    out = BytesIO()
    SimpleDocTemplate(out, pagesize=A4, topMargin=90 * mm, leftMargin=30 * mm, rightMargin=30 * mm).build(
        [
            Paragraph(escape(part.heading), _style(20, alignment=1)),
            Spacer(1, 8 * mm),
            *(Paragraph(escape(line), _style(11, alignment=1)) for line in part.lines),
        ]
    )
    out.seek(0)
    return PdfReader(out).pages[0]


def _number(writer: PdfWriter) -> None:
    """A number at the foot of each page, added behind what it holds without reading that."""
    font = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
    )
    opens = _stream(writer, b"q\n")
    for n, page in enumerate(writer.pages, 1):
        old = page.get("/Resources")
        resources = DictionaryObject(old.get_object() if old is not None else {})
        fonts = resources.get("/Font")
        named = DictionaryObject(fonts.get_object() if fonts is not None else {})
        named[NameObject("/LiaisonPage")] = font
        resources[NameObject("/Font")] = named
        page[NameObject("/Resources")] = resources
        contents = page.get("/Contents")
        held = contents.get_object() if contents is not None else ArrayObject()
        inner = list(held) if isinstance(held, ArrayObject) else [page.raw_get("/Contents")]
        text = f"\nQ q {_foot(page)} cm BT /LiaisonPage 9 Tf 0 0 Td (- {n} -) Tj ET Q\n"
        page[NameObject("/Contents")] = ArrayObject([opens, *inner, _stream(writer, text.encode())])


def _foot(page: PageObject) -> str:
    """Where the number stands, also on a page that is shown turned."""
    box = page.cropbox
    left, bottom, right, top = (float(edge) for edge in (box.left, box.bottom, box.right, box.top))
    across, up, off = (left + right) / 2 - 8, (bottom + top) / 2 - 8, 22
    return {
        90: f"0 1 -1 0 {right - off} {up}",
        180: f"-1 0 0 -1 {across + 16} {top - off}",
        270: f"0 -1 1 0 {left + off} {up + 16}",
    }.get(page.rotation % 360, f"1 0 0 1 {across} {bottom + off}")


def _stream(writer: PdfWriter, content: bytes) -> Any:
    made = DecodedStreamObject()
    made.set_data(content)
    return writer._add_object(made)


def main() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_CPU),
        (resource.RLIMIT_FSIZE, MOST_MEMORY),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    sys.setrecursionlimit(2_000)
    bind(Pack.of_json(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
