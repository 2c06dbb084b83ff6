"""Where papers lie: each file once, under a name of our own, only its owner may read it. Blocking: called in a thread.

A file is whole before it has its name there: it comes in beside, is flushed to the disk and moved. The row that knows it is committed after
that, so a file without a row is the worst that a crash leaves; the worker takes it away after a day."""

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LEFT_BEHIND: Final = 86_400
"""Seconds after which what no row knows is taken away."""
CHUNK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept."""

    stored_name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was looked into and kept: called so where it came from, and of this kind by its content."""

    file_name: str
    kind: str
    kept: Kept


def coming_in(data_dir: Path) -> Path:
    """Where files lie while they come in: on the same disk, and in no backup."""
    return data_dir / "uploads"


class Incoming:
    """A file that is coming in, piece by piece."""

    def __init__(self, data_dir: Path) -> None:
        place = coming_in(data_dir)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = place / secrets.token_hex(16)
        self.file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self.bytes = 0
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self.bytes += len(piece)
        self.digest.update(piece)
        self.file.write(piece)

    def whole(self) -> None:
        """It is all there, and on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def keep(self, directory: Path) -> Kept:
        """Move it among the papers, under a new name."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = secrets.token_hex(16)
        self.path.rename(directory / name)
        held = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
        return Kept(name, self.bytes, self.digest.hexdigest())

    def drop(self) -> None:
        """Leave nothing where it came in; after `keep` there is nothing any more."""
        with suppress(OSError):
            self.file.close()
        self.path.unlink(missing_ok=True)


def pieces(path: Path) -> Iterator[bytes]:
    """The file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def drop(directory: Path, stored_name: str) -> None:
    """Take a file away that no row is to know."""
    (directory / stored_name).unlink(missing_ok=True)


def missing(directory: Path, stored_names: Iterable[str]) -> list[str]:
    """Those of these files that do not lie there."""
    there = {path.name for path in directory.iterdir()} if directory.is_dir() else set[str]()
    return [name for name in stored_names if name not in there]


def older(directory: Path) -> list[str]:
    """The names of what has lain there for a day."""
    if not directory.is_dir():
        return []
    return [
        path.name for path in directory.iterdir() if path.is_file() and time.time() - path.stat().st_mtime > LEFT_BEHIND
    ]
