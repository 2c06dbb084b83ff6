"""The ZIP as it is written, in a thread: member by member, each hashed as it goes in, never more than one of them in memory."""

import hashlib
import json
import logging
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from liaison.archive.filing import Filed, Listed, csv_of, safe_name, split_name
from liaison.documents import spreadsheet

MANIFEST: Final = "manifest.json"
CHUNK: Final = 1 << 20
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PACKED: Final = (".docx", ".xlsx", ".pptx", ".pdf", ".png", ".jpg", ".jpeg", ".zip")
"""Compressed already."""
_MOST_PAGES: Final = 100_000
_CHANGED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


class Packer:
    """One archive on its way into a file."""

    def __init__(self, target: Path, as_of: datetime) -> None:
        self.as_of = as_of
        self.zip = zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED)
        self.files: dict[str, dict[str, Any]] = {}
        self.listed: list[Listed] = []
        self.signed: list[str] = []
        self._taken: set[str] = set()

    def path(self, folder: str, name: str) -> str:
        """Where a file of that name lies in the folder: its name as every system takes it, with a number where there is one already."""
        stem, ending = split_name(name)
        for n in range(1, 100_000):
            more = f"-{n}" if n > 1 else ""
            path = "/".join(filter(None, (folder, safe_name(stem, more + ending))))
            if path.casefold() not in self._taken:
                self._taken.add(path.casefold())
                return path
        raise AssertionError(name)

    def folder(self, above: str, name: str) -> str:
        """A folder that nothing else lies in."""
        return self.path(above, safe_name(name.replace(".", " ")))

    def add(self, path: str, content: bytes, filed: Filed | None = None) -> None:
        """One file that was made here."""
        if path.endswith((".docx", ".xlsx")):
            content = still(content, self.as_of)
        self._write(path, BytesIO(content), filed, None)

    def add_json(self, path: str, value: Any) -> None:
        """What programs read."""
        self.add(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode())

    def add_file(self, path: str, source: Path, filed: Filed | None = None) -> bool:
        """One file that was brought, as it lies on the disk; False where it is lost."""
        if not source.is_file():
            return False
        with source.open("rb") as file:
            self._write(path, file, filed, _pages(source) if path.endswith(".pdf") else None)
        return True

    def add_table(self, folder: str, name: str, table: Sequence[Sequence[str]], filed: Filed | None = None) -> str:
        """A table twice: to be read by people (.xlsx), whose path it gives, and by programs (.csv)."""
        path = self.path(folder, f"{name}.xlsx")
        self.add(path, spreadsheet.workbook({name: [list(row) for row in table]}), filed)
        self.add(self.path(folder, f"{name}.csv"), csv_of(table))
        return path

    def open(self, path: str) -> "Growing":
        """A file that is written line by line."""
        return Growing(self, path)

    def finish(self, manifest: dict[str, Any]) -> str:
        """Write the manifest and close; its SHA-256."""
        raw = json.dumps({**manifest, "files": self.files, "signed": self.signed}, ensure_ascii=False, indent=1, sort_keys=True).encode()  # fmt: skip
        with self.zip.open(self._info(MANIFEST), "w") as out:
            out.write(raw)
        self.zip.close()
        return hashlib.sha256(raw).hexdigest()

    def close(self) -> None:
        """Let go of the file, whatever became of it."""
        self.zip.close()

    def note(self, path: str, digest: str, size: int, filed: Filed | None, pages: int | None) -> None:
        """A member that is whole."""
        self.files[path] = {"sha256": digest, "bytes": size}
        if filed is not None:
            self.listed.append(Listed(filed, path, pages))

    def _write(self, path: str, file: BinaryIO, filed: Filed | None, pages: int | None) -> None:
        digest, size = hashlib.sha256(), 0
        with self.zip.open(self._info(path), "w", force_zip64=False) as out:
            while piece := file.read(CHUNK):
                digest.update(piece)
                size += out.write(piece)
        self.note(path, digest.hexdigest(), size, filed, pages)

    def _info(self, path: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, _EPOCH)
        info.compress_type = zipfile.ZIP_STORED if path.endswith(_PACKED) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.create_system = 3
        return info


class Growing:
    """A member that is written piece by piece; no other may be written meanwhile."""

    def __init__(self, packer: Packer, path: str) -> None:
        self.packer, self.file_path = packer, path
        self.out = packer.zip.open(packer._info(path), "w", force_zip64=True)
        self.digest, self.size = hashlib.sha256(), 0

    def lines(self, values: Sequence[Any]) -> None:
        """So many values, each a line of JSON."""
        for value in values:
            self._piece(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        """It is whole."""
        self.out.close()
        self.packer.note(self.file_path, self.digest.hexdigest(), self.size, None, None)

    def _piece(self, raw: bytes) -> None:
        self.digest.update(raw)
        self.size += self.out.write(raw)


def unpack(packed: Path, folder: Path) -> None:
    """An archive that was made here as a folder, in which its verifier runs as well."""
    with zipfile.ZipFile(packed) as made:
        made.extractall(folder)


def still(content: bytes, as_of: datetime) -> bytes:
    """An Office file as of that instant: its parts in their order without the times at which they were packed, so that the same record
    gives the same bytes."""
    out = BytesIO()
    at = as_of.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            raw = old.read(part)
            if part.filename == "docProps/core.xml":
                raw = _CHANGED.sub(rb"\g<1>" + at, raw)
            info = zipfile.ZipInfo(part.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, raw)
    return out.getvalue()


def _pages(source: Path) -> int | None:
    from pypdf import PdfReader  # takes a tenth of a second, which no start should pay

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with people's files is nothing for our log
    try:
        count = PdfReader(source, strict=False).get_num_pages()
        return count if 0 < count < _MOST_PAGES else None
    except Exception:  # whatever a damaged or locked file makes the library stumble over
        return None
