"""The browser's files under names that carry their content's hash, so that a browser may keep each one for ever."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
CACHE_CONTROL = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    content: bytes
    media_type: str

    @cached_property
    def gzipped(self) -> bytes:
        """The same, packed once, for browsers that accept gzip."""
        return gzip.compress(self.content, 9, mtime=0)


class Assets:
    """All files of the static directory, read once at the start (some 70 kB); a file added later is not seen."""

    def __init__(self, directory: Path, prefix: str = "/static/") -> None:
        self._urls: dict[str, str] = {}
        self._assets: dict[str, Asset] = {}
        for path in sorted(directory.rglob("*")):
            if path.is_file() and path.suffix in MEDIA_TYPES:
                content = path.read_bytes()
                name = path.relative_to(directory)
                fingerprint = hashlib.sha256(content).hexdigest()[:12]
                hashed = name.with_name(f"{path.stem}.{fingerprint}{path.suffix}").as_posix()
                self._urls[name.as_posix()] = prefix + hashed
                self._assets[hashed] = Asset(content, MEDIA_TYPES[path.suffix])

    def url(self, name: str) -> str:
        """`css/app.css` -> `/static/css/app.<hash>.css`; KeyError for a file that is not there."""
        return self._urls[name]

    def find(self, hashed: str) -> Asset | None:
        """The file behind `css/app.<hash>.css` (what follows the prefix), or None."""
        return self._assets.get(hashed)
