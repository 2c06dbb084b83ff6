"""What a file that somebody brought really is. Nothing in it is carried out, and of what is packed only named parts of bounded size are
unpacked, so that no file costs more than its own reading. Blocking: called in a thread."""

import codecs
import mmap
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from liaison.files.kinds import NotTaken, kind_named

_MOST_PARTS: Final = 5_000
_MOST_DIRECTORY: Final = 2 << 20
_MOST_UNPACKED: Final = 400 << 20
_MOST_READ: Final = 1 << 20
_MOST_PIXELS: Final = 100_000_000
_END: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE: Final = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
_STREAMS: Final = {"doc": ("WordDocument",), "xls": ("Workbook", "Book"), "ppt": ("PowerPoint Document",)}
_OPEN: Final = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
_MACROS_INSIDE: Final = re.compile(r"(?:^|/)(?:vbaproject|vbadata|basic/|scripts/|xl/macrosheets/)", re.IGNORECASE)
_PROGRAM: Final = re.compile(rb"\s*(?:#!|MZ|\x7fELF|<\s*(?:!|\?|[a-z])|%PDF|PK\x03\x04|\{\\rtf)", re.IGNORECASE)


def kind_of(file: Path, file_name: str) -> str:
    """The kind of the file, which its name must claim too. Raises NotTaken."""
    kind = kind_named(file_name)
    if not file.stat().st_size:
        raise NotTaken("empty")
    try:
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            _CHECKS[kind](content, kind, opened)
    except NotTaken:
        raise
    except Exception as error:  # whatever a hostile file makes of the libraries: it is not what it says
        raise NotTaken("content", kind) from error
    return kind


def _pdf(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    if content[:5] != b"%PDF-" or content.rfind(b"%%EOF", max(0, len(content) - 4096)) < 0:
        raise NotTaken("content", kind)
    _no_second_face(content, kind)


def _png(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        raise NotTaken("content", kind)
    if int.from_bytes(content[16:20], "big") * int.from_bytes(content[20:24], "big") > _MOST_PIXELS:
        raise NotTaken("too_much_inside")
    at = 8
    while content[at + 4 : at + 8] != b"IEND":
        at += int.from_bytes(content[at : at + 4], "big") + 12
        if at + 12 > len(content):
            raise NotTaken("content", kind)
    if at + 12 != len(content):  # something hangs on behind the picture
        raise NotTaken("content", kind)


def _jpg(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    if content[:3] != b"\xff\xd8\xff" or content.rfind(b"\xff\xd9") < 0:
        raise NotTaken("content", kind)
    _no_second_face(content, kind)


def _no_second_face(content: mmap.mmap, kind: str) -> None:
    """A file that another program would read as an archive, or a page, is two files in one."""
    tail = content[max(0, len(content) - 65_600) :]
    if _END in tail or re.search(rb"<\s*script|<\s*html", content[:1024], re.IGNORECASE):
        raise NotTaken("content", kind)


def _parts(content: mmap.mmap, kind: str, file: BinaryIO) -> zipfile.ZipFile:
    """The packed parts, after a look at how many there are said to be: the directory is at the very end, and small."""
    if content[:8] == _OLE and content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
        raise NotTaken("encrypted")
    end = len(content) - 22
    if content[:4] != b"PK\x03\x04" or end < 4 or content[end : end + 4] != _END or content[end + 20 :] != b"\0\0":
        raise NotTaken("content", kind)
    count = int.from_bytes(content[end + 10 : end + 12], "little")
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    if count > _MOST_PARTS or size > _MOST_DIRECTORY or content[end - 20 : end - 16] == b"PK\x06\x07":
        raise NotTaken("too_much_inside")
    parts = zipfile.ZipFile(file)
    listed = parts.infolist()
    if len(listed) > _MOST_PARTS or sum(one.file_size for one in listed) > _MOST_UNPACKED:
        raise NotTaken("too_much_inside")
    if any(one.flag_bits & 0x1 for one in listed):
        raise NotTaken("encrypted")
    names = [one.filename.replace("\\", "/") for one in listed]
    if any(name.startswith("/") or ".." in name.split("/") or "\0" in name for name in names):
        raise NotTaken("content", kind)
    if len(set(names)) != len(names):
        raise NotTaken("content", kind)
    if any(_MACROS_INSIDE.search(name) for name in names):
        raise NotTaken("macros")
    return parts


def _read(parts: zipfile.ZipFile, name: str) -> str:
    with parts.open(name) as part:
        read = part.read(_MOST_READ + 1)
    if len(read) > _MOST_READ:
        raise NotTaken("too_much_inside")
    return read.decode("utf-8", "replace")


def _office(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    with _parts(content, kind, file) as parts:
        types = _read(parts, "[Content_Types].xml")
        if "macroEnabled" in types or "vbaProject" in types:
            raise NotTaken("macros")
        if _OFFICE[kind] not in types or "<!DOCTYPE" in types:
            raise NotTaken("content", kind)


def _open_document(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    with _parts(content, kind, file) as parts:
        if _read(parts, "mimetype").strip() != f"application/vnd.oasis.opendocument.{_OPEN[kind]}":
            raise NotTaken("content", kind)
        if "encryption-data" in _read(parts, "META-INF/manifest.xml"):
            raise NotTaken("encrypted")


def _ofd(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    with _parts(content, kind, file) as parts:
        if "DocRoot" not in _read(parts, "OFD.xml"):
            raise NotTaken("content", kind)


def _old_office(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    """The names in the directory of the file tell its program; a file with macros has a storage for them."""
    if content[:8] != _OLE:
        raise NotTaken("content", kind)
    if any(content.find(name.encode("utf-16-le")) >= 0 for name in ("_VBA_PROJECT", "_VBA_PROJECT_CUR")):
        raise NotTaken("macros")
    if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
        raise NotTaken("encrypted")
    if not any(content.find(name.encode("utf-16-le") + b"\0\0") >= 0 for name in _STREAMS[kind]):
        raise NotTaken("content", kind)


def _text(content: mmap.mmap, kind: str, file: BinaryIO) -> None:
    """Text in UTF-8 or GB 18030, without control characters: no page and no program."""
    if _PROGRAM.match(content[:64].removeprefix(codecs.BOM_UTF8)):
        raise NotTaken("content", kind)
    if not any(_is_text(content, encoding) for encoding in ("utf-8", "gb18030")):
        raise NotTaken("content", kind)


def _is_text(content: mmap.mmap, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    control = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f]")
    try:
        for at in range(0, len(content), 1 << 16):
            last = at + (1 << 16) >= len(content)
            if control.search(decoder.decode(content[at : at + (1 << 16)], last)):
                return False
    except UnicodeDecodeError:
        return False
    return True


_CHECKS: Final[dict[str, Callable[[mmap.mmap, str, BinaryIO], None]]] = {
    "pdf": _pdf,
    "png": _png,
    "jpg": _jpg,
    "ofd": _ofd,
    "txt": _text,
    "csv": _text,
    **dict.fromkeys(_OFFICE, _office),
    **dict.fromkeys(_STREAMS, _old_office),
    **dict.fromkeys(_OPEN, _open_document),
}
