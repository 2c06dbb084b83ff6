"""Files as people and programs make them, and as nobody should."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}


def packed(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A packed file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def office(kind: str, **more: bytes) -> bytes:
    """A file that says of itself that it is of this kind; `more`: further parts."""
    types = f'<Types><Override PartName="/main.xml" ContentType="{TYPES[kind]}"/></Types>'
    return packed({"[Content_Types].xml": types.encode(), "main.xml": b"<x/>", **more})


def open_document(kind: str, manifest: bytes = b"<manifest/>") -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return packed({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": b"<x/>"})


def old_office(*names: str) -> bytes:
    """The beginning of an old Word, Excel or PowerPoint file with these names in its directory."""
    return OLE + b"\0" * 504 + b"".join(name.encode("utf-16-le") + b"\0\0" for name in names)


def png(width: int = 1, height: int = 1) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0") if width == height == 1 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def encrypted(file: bytes) -> bytes:
    """The same packed file with every part marked as encrypted."""
    at, out = 0, bytearray(file)
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        out[at + 8] |= 1
        at += 4
    return bytes(out)
