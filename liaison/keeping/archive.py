"""One backup file: a .tar.gz of plain parts, first of them `manifest.json`, which names every other with its size and SHA-256.

It is written under a temporary name, flushed to the disk and then given its own, which must be free: whatever happens meanwhile,
no half backup ever has the name of a whole one. Only its owner can read it."""

import gzip
import hashlib
import io
import json
import os
import re
import secrets
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from liaison.errors import N_, CannotRun, Message

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SQLITE: Final = "database/liaison.db"
POSTGRESQL: Final = "database/liaison.pgdump"
KEY: Final = "secret_key"
PAPERS: Final = "papers/"
END: Final = N_("the end of the file")
_CHUNK = 1 << 20
_MOST_MANIFEST = 64 << 20
_NAME = re.compile(
    r"(?:database/liaison\.(?:db|pgdump)|secret_key|papers/(?!\.\.?(?:/|$))[^/\0]+(?:/(?!\.\.?(?:/|$))[^/\0]+)*)"
)
_UNREADABLE = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, KeyError, TypeError)

Stop = Callable[[], bool]
"""Asked between two pieces of work: True ends the backup without a file."""


class CannotKeep(CannotRun):
    """The backup cannot be made; nothing is left of it."""


class Damaged(CannotRun):
    """The backup cannot be trusted: the text names the part."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part as the manifest names it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database said of itself when it was copied."""

    revision: str
    head_number: int
    head_hash: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    program: str
    made_at: datetime
    facts: Facts
    parts: Sequence[Part]
    format: int = field(default=FORMAT)

    @property
    def is_sqlite(self) -> bool:
        return any(part.name == SQLITE for part in self.parts)

    @property
    def with_key(self) -> bool:
        return any(part.name == KEY for part in self.parts)

    def to_bytes(self) -> bytes:
        """As it is kept, readable by people too."""
        told = {
            "format": self.format,
            "version": self.program,
            "schema_revision": self.facts.revision,
            "created_at": self.made_at.isoformat(),
            "audit_head": {"number": self.facts.head_number, "hash": self.facts.head_hash},
            "counts": self.facts.counts,
            "parts": {part.name: {"bytes": part.bytes, "sha256": part.sha256} for part in self.parts},
        }
        return json.dumps(told, ensure_ascii=False, indent=1).encode()

    @classmethod
    def of_bytes(cls, content: bytes) -> "Manifest":
        """Read back `to_bytes`; raises ValueError, KeyError or TypeError."""
        told: dict[str, Any] = json.loads(content)
        head = told["audit_head"]
        made_at = datetime.fromisoformat(told["created_at"])
        if made_at.tzinfo is None:
            raise ValueError("created_at has no zone")
        return cls(
            program=str(told["version"]),
            made_at=made_at.astimezone(UTC),
            facts=Facts(
                str(told["schema_revision"]),
                int(head["number"]),
                str(head["hash"]),
                {str(name): int(count) for name, count in told["counts"].items()},
            ),
            parts=[Part(name, int(one["bytes"]), str(one["sha256"])) for name, one in told["parts"].items()],
            format=int(told["format"]),
        )


def part_of(name: str, path: Path) -> Part:
    """A file as the manifest will name it."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Part(name, size, digest.hexdigest())


def write(target: Path, manifest: Manifest, sources: Sequence[Path], *, stop: Stop) -> None:
    """Pack the manifest's parts, whose files are `sources` in the same order. Raises CannotKeep, OSError."""
    with new_file(target) as temporary, temporary.open("wb") as raw:
        with (
            gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            content = manifest.to_bytes()
            tar.addfile(_info(MANIFEST, len(content), manifest.made_at), io.BytesIO(content))
            for part, source in zip(manifest.parts, sources, strict=True):
                with source.open("rb") as file:
                    tar.addfile(_info(part.name, part.bytes, manifest.made_at), _Checked(file, part, stop))
        raw.flush()
        os.fsync(raw.fileno())


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """A temporary file beside `target`, readable by its owner alone, that becomes `target` at the end; nothing is left of it
    otherwise. Raises CannotKeep when there is such a file already."""
    refuse_existing(target)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield temporary
        _name_it(temporary, target)
    finally:
        for leftover in (
            temporary,
            *(temporary.with_name(temporary.name + tail) for tail in ("-journal", "-wal", "-shm")),
        ):
            with suppress(OSError):
                leftover.unlink()


def refuse_existing(target: Path) -> None:
    """Raises CannotKeep where a backup would overwrite something."""
    if os.path.lexists(target):
        raise CannotKeep(N_("%(path)s exists already; a backup never overwrites anything."), path=target)


def _name_it(temporary: Path, target: Path) -> None:
    try:
        os.link(temporary, target)  # unlike a rename it fails where the name is taken meanwhile
    except FileExistsError:
        refuse_existing(target)
        raise
    except OSError:  # a file system without hard links
        refuse_existing(target)
        temporary.rename(target)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def unpack(file: Path, into: Path) -> Manifest:
    """Unpack a backup into an empty directory, checking every part against the manifest. Raises Damaged, which names the part."""
    reading = MANIFEST
    try:
        with gzip.open(file, "rb") as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                first = tar.next()
                if first is None or first.name != MANIFEST or first.size > _MOST_MANIFEST:
                    raise Damaged(N_("%(path)s is no backup of liaison."), path=file)
                manifest = Manifest.of_bytes(_content(tar, first).read())
                if manifest.format > FORMAT:
                    raise Damaged(N_("%(path)s was made by a newer version of liaison (%(version)s). Install that version."), path=file, version=manifest.program)  # fmt: skip
                for part in manifest.parts:
                    reading = part.name
                    _take(tar, part, into)
                reading = END
                if tar.next() is not None:
                    raise _damaged(reading)
            while packed.read(_CHUNK):  # the checksum of the whole stands at its very end
                pass
    except Damaged:
        raise
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise Damaged(N_("%(path)s cannot be read or unpacked: %(why)s."), path=file, why=error.strerror) from error
        raise _damaged(reading) from error
    return manifest


def _take(tar: tarfile.TarFile, part: Part, into: Path) -> None:
    info = tar.next()
    if info is None or info.name != part.name or info.size != part.bytes or not _NAME.fullmatch(part.name):
        raise _damaged(part.name)
    target = into / part.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    source = _content(tar, info)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != part.sha256:
        raise _damaged(part.name)


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Any:
    found = tar.extractfile(info) if info.isfile() else None
    if found is None:
        raise tarfile.ReadError(info.name)
    return found


def _damaged(part: str) -> Damaged:
    return Damaged(
        N_("This backup is damaged or was changed: %(part)s. Take another one."),
        part=Message(END) if part == END else part,
    )


def _info(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(at.timestamp())
    return info


class _Checked:
    """A source that must still be what the manifest says while it is packed."""

    def __init__(self, file: Any, part: Part, stop: Stop) -> None:
        self.file, self.part, self.stop = file, part, stop
        self.digest = hashlib.sha256()
        self.left = part.bytes

    def read(self, size: int = -1) -> bytes:
        if self.stop():
            raise CannotKeep(N_("The backup was broken off because the program ends."))
        chunk: bytes = self.file.read(size)
        self.digest.update(chunk)
        self.left -= len(chunk)
        if not chunk or (self.left <= 0 and self.digest.hexdigest() != self.part.sha256):
            raise CannotKeep(N_("%(part)s changed while it was copied."), part=self.part.name)
        return chunk
