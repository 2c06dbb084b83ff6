"""The pack: agenda and papers as one PDF, bound by a program that no file of others can stop the server with."""

import asyncio
import sys
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from liaison.files.packs import Pack, Part
from liaison.files.running import run
from tests.files.making import png


def pages(count: int, text: str = "page") -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    for n in range(count):
        canvas.drawString(72, 700, f"{text} {n + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


async def bound(tmp_path: Path, *files: tuple[str, bytes]) -> tuple[int | None, PdfReader | None]:
    """The pack of these files, named by their kind, all of the first item."""
    parts = []
    for n, (kind, content) in enumerate(files):
        (tmp_path / str(n)).write_bytes(content)
        path = str(tmp_path / str(n)) if kind in ("pdf", "png", "jpg") else None
        parts.append(Part(f"材料{n + 1} <b>&", ["区检察院"], 0, path, kind))
    target = tmp_path / "pack.pdf"
    heads = ["序号", "议题", "单位", "分钟", "页码"]
    pack = Pack(
        str(target), "第四季度联席会议", [("时间：", "12月17日")], heads, [("1", "通报情况", "", "20")], parts, "另附"
    )
    done = await run([sys.executable, "-m", "liaison.files.packing"], given=pack.to_json(), seconds=90)
    return done, PdfReader(target) if target.exists() else None


async def test_papers_stand_behind_the_agenda_each_after_a_divider_with_pages_numbered_through(tmp_path: Path) -> None:
    done, pack = await bound(
        tmp_path, ("pdf", pages(3, "first")), ("png", png()), ("docx", b""), ("pdf", pages(2, "last"))
    )
    assert done == 0
    assert pack is not None
    texts = [page.extract_text() for page in pack.pages]
    assert len(texts) == 1 + (1 + 3) + (1 + 1) + (1 + 2)
    cover = " ".join(texts[0].split())
    for said in ("第四季度联席会议", "通报情况", "材料1 <b>&", "材料4"):
        assert said in cover
    assert [
        cover.index(mark) for mark in ("材料1 <b>& 2", "材料2 <b>& 6", "材料3 <b>& 另附", "材料4 <b>& 8")
    ] == sorted(cover.index(mark) for mark in ("材料1 <b>& 2", "材料2 <b>& 6", "材料3 <b>& 另附", "材料4 <b>& 8"))
    assert "first 3" in texts[4]
    assert "last 2" in texts[9]
    assert all(f"- {n} -" in text for n, text in enumerate(texts, 1))


async def test_what_acts_or_leads_elsewhere_is_not_bound_in(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=BytesIO(pages(1)))
    opens = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    for holder in (writer.root_object, writer.pages[0]):
        action = DictionaryObject({NameObject(name): value for name, value in opens.items()})
        holder[NameObject("/OpenAction")] = action
        holder[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    writer.add_attachment("a.exe", b"MZ")
    writer.add_annotation(0, Link(rect=(0, 0, 100, 100), url="https://elsewhere.example/"))
    out = BytesIO()
    writer.write(out)
    done, pack = await bound(tmp_path, ("pdf", out.getvalue()))
    assert done == 0
    assert pack is not None
    assert len(pack.pages) == 3
    content = (tmp_path / "pack.pdf").read_bytes()
    assert not any(word in content for word in (b"JavaScript", b"elsewhere.example", b"EmbeddedFile", b"/OpenAction"))


def bomb() -> bytes:
    """A PDF whose table of objects unpacks to 3 GB."""
    table = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    piece = table.compress(bytes(1 << 24)) + table.flush(zlib.Z_FULL_FLUSH)  # stands for itself, so it can be repeated
    check = (192 << 24) % 65521 << 16 | 1  # Adler-32 of so many zeros
    packed = b"\x78\xda" + piece * 192 + table.flush() + check.to_bytes(4, "big")
    head = b"%PDF-1.5\n"
    entry = b"1 0 obj<</Type/XRef/Size 3000/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head + entry + packed + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def circle() -> bytes:
    """A PDF whose tree of pages bites its own tail."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 99999999/Kids[2 0 R 2 0 R]/Parent 2 0 R>>endobj\n"
    )
    return body + b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n"


def noise() -> bytes:
    return b"%PDF-1.7\n" + bytes(range(256)) * 4000 + b"%%EOF"


def locked() -> bytes:
    """A PDF that asks for a password."""
    writer = PdfWriter(clone_from=BytesIO(pages(1)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def too_large() -> bytes:
    """A picture of 81 million points."""
    return png(9_000, 9_000)


@pytest.mark.parametrize(
    ("kind", "hostile"), [("pdf", bomb), ("pdf", circle), ("pdf", noise), ("pdf", locked), ("png", too_large)]
)
async def test_a_hostile_file_is_listed_and_the_others_are_bound_in(
    tmp_path: Path, kind: str, hostile: Callable[[], bytes]
) -> None:
    done, pack = await bound(tmp_path, (kind, hostile()), ("pdf", pages(1, "good")))
    assert done == 0
    assert pack is not None
    assert len(pack.pages) == 3
    assert "good 1" in pack.pages[2].extract_text()


def lives(pid: int) -> bool:
    """Whether the process is there and has not ended; one that ended may wait for its parent to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_program_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    script = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    assert await run([sys.executable, "-c", script, str(started)], seconds=3) is None
    end = time.monotonic() + 10
    while lives(int(started.read_text())):
        assert time.monotonic() < end, "what it started goes on"
        await asyncio.sleep(0.01)
    assert await run([str(tmp_path / "missing")], seconds=3) is None
