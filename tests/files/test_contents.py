"""Which files are taken as papers: what they are by their content, not by their name."""

import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from liaison.files.contents import kind_of
from liaison.files.kinds import NotTaken, shown_name
from tests.files.making import OLE, PDF, encrypted, office, old_office, open_document, packed, png

JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"
OFD = packed({"OFD.xml": b"<ofd:DocRoot>Doc_0</ofd:DocRoot>"})
TAKEN = {
    "议程.pdf": PDF,
    "说明.docx": office("docx"),
    "统计.XLSX": office("xlsx"),
    "汇报.pptx": office("pptx"),
    "说明.doc": old_office("Root Entry", "WordDocument"),
    "统计.xls": old_office("Workbook"),
    "汇报.ppt": old_office("PowerPoint Document"),
    "note.odt": open_document("text"),
    "函件.ofd": OFD,
    "图.png": png(),
    "照片.jpeg": JPG,
    "清单.csv": "姓名,单位\r\n".encode("gb18030"),
    "说明.txt": "第一条　为了…".encode(),
}


def refusal(tmp_path: Path, name: str, content: bytes) -> str:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(NotTaken) as refused:
        kind_of(file, name)
    return refused.value.code


@pytest.mark.parametrize("name", TAKEN)
def test_what_agencies_send_each_other_is_taken(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(TAKEN[name])
    ending = name.rpartition(".")[2].lower()
    assert kind_of(file, name) == {"jpeg": "jpg"}.get(ending, ending)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ\x90\0" + PDF),
        ("a.pdf", PDF[:20]),
        ("a.docx", PDF),
        ("a.docx", office("xlsx")),
        ("a.xlsx", packed({"anything": b""})),
        ("a.doc", office("docx")),
        ("a.doc", old_office("Workbook")),
        ("a.docx", OLE + b"\0" * 600),
        ("a.png", JPG),
        ("a.png", png() + b"hidden behind"),
        ("a.jpg", b"\xff\xd8\xff"),
        ("a.txt", b"MZ\x90\0\x03"),
        ("a.txt", b"#!/bin/sh\n"),
        ("a.txt", b"<html><script>"),
        ("a.csv", b"a,b\0c"),
        ("a.txt", b"\xff\xfe\x00"),
        ("a.docx", office("docx", **{"../../etc/passwd": b""})),
        ("a.docx", office("docx")[:-10]),
        ("a.docx", office("docx") + b"tail"),
        ("a.docx", b"PK\x03\x04" + b"\xff" * 500),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(tmp_path, name, content) == "content"


@pytest.mark.parametrize("face", [PDF, JPG])
def test_two_files_in_one_are_refused(tmp_path: Path, face: bytes) -> None:
    name = "a.pdf" if face is PDF else "a.jpg"
    tail = packed({"x.jar": b"x"})
    assert refusal(tmp_path, name, face + tail + (b"%%EOF" if face is PDF else b"\xff\xd9")) == "content"
    assert refusal(tmp_path, name, face[:10] + b"<script>" + face[10:]) == "content"
    assert refusal(tmp_path, "a.docx", PDF + office("docx")) == "content"


@pytest.mark.parametrize(
    "name", ["a.exe", "a.pdf.exe", "a.html", "a.svg", "a.docm", "a.zip", "a.lnk", "pdf", "", ".", "a."]
)
def test_other_kinds_are_refused_by_their_name(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, name, PDF) == "kind"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", encrypted(office("docx"))),
        ("a.docx", old_office("EncryptedPackage", "WordDocument")),
        ("a.xls", old_office("EncryptedPackage", "Workbook")),
        ("a.odt", open_document("text", b"<manifest:encryption-data/>")),
    ],
)
def test_what_is_protected_by_a_password_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(tmp_path, name, content) == "encrypted"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", office("docx", **{"word/vbaProject.bin": b"x"})),
        ("a.xlsx", office("xlsx", **{"xl/macrosheets/sheet1.xml": b"x"})),
        ("a.doc", old_office("WordDocument", "_VBA_PROJECT")),
        ("a.odt", packed({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/script.xml": b""})),
    ],
)
def test_macros_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(tmp_path, name, content) == "macros"


@pytest.mark.parametrize("what", ["many", "deep", "types", "picture", "pages"])
def test_a_file_that_unpacks_to_more_than_is_taken_costs_nothing(tmp_path: Path, what: str) -> None:
    bombs: dict[str, tuple[str, Callable[[], bytes]]] = {
        "many": ("a.docx", lambda: packed({f"{n}": b"" for n in range(6_000)}, zipfile.ZIP_STORED)),
        "deep": ("a.docx", lambda: office("docx", **{f"{n}": bytes(60 << 20) for n in range(8)})),
        "types": ("a.xlsx", lambda: packed({"[Content_Types].xml": bytes(300 << 20)})),
        "picture": ("a.png", lambda: png(60_000, 60_000)),
        "pages": ("a.odt", lambda: packed({"mimetype": bytes(100 << 20)})),
    }
    name, make = bombs[what]
    content = make()
    tracemalloc.start()
    begun = time.monotonic()
    assert refusal(tmp_path, name, content) == "too_much_inside"
    assert tracemalloc.get_traced_memory()[1] < 40 << 20
    tracemalloc.stop()
    assert time.monotonic() - begun < 20  # hangs, not slowness: it takes less than a second


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("议程.pdf", "议程.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\公文\\议程.pdf", "议程.pdf"),
        ("a\0b\r\n.pdf", "ab.pdf"),
        ("gpj.\u202efdp.pdf", "gpj.fdp.pdf"),
        ('a"<b>:.pdf', "a__b__.pdf"),
        ("...pdf", "pdf"),
        ("长" * 200 + ".docx", "长" * 115 + ".docx"),
        ("x." + "y" * 200, ""),
    ],
)
def test_a_name_is_shown_without_path_and_without_what_cannot_be_seen(given: str, shown: str) -> None:
    assert shown_name(given) == shown
