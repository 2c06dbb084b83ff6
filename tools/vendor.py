"""Fetch the browser files that others wrote, at pinned versions, into static/.

    uv run tools/vendor.py            fetch with the npm client, verify, write the files and static/vendor.lock.json
    uv run tools/vendor.py --check    compare the committed files with the lock; needs no network

To take a new version change PACKAGES (the integrity is what `npm view NAME@VERSION dist.integrity` prints). htmx is
served unmodified; of the Lucide icons only those named in ICONS go into static/icons/icons.svg, one <symbol> each.
"""

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
LOCK = STATIC / "vendor.lock.json"
SPRITE = "icons/icons.svg"


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    integrity: str
    licence: str
    copies: dict[str, str]  # path in the package -> path in static/


PACKAGES = (
    Package(
        name="htmx.org",
        version="4.0.1",
        integrity="sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
        licence="0BSD",
        copies={"dist/htmx.min.js": "vendor/htmx.min.js", "LICENSE": "vendor/htmx.LICENSE.txt"},
    ),
    Package(
        name="lucide-static",
        version="1.62.0",
        integrity="sha512-WBZA/m2PvkFpMGHDtsBck5P2A9G4ehLlYu4GwwICcmEm1BvYVgj00lCDxKRWLlbMlOibLaiwdQ88G5pHkSWgwA==",
        licence="ISC",
        copies={"LICENSE": "vendor/lucide.LICENSE.txt"},
    ),
)
ICON_PACKAGE = "lucide-static"
# fmt: off
ICONS = (
    "arrow-down", "arrow-up", "bell-ring", "book-user", "building-2", "calendar-check", "calendar-clock",
    "calendar-days", "calendar-plus", "calendar-x", "chart-column", "check", "chevron-down", "chevron-left", "chevron-right",
    "chevron-up", "circle-alert", "circle-check", "circle-question-mark", "circle-x", "clipboard-list", "clock",
    "download", "ellipsis", "eye", "file-text", "flask-conical", "gavel", "grip-vertical", "handshake", "history",
    "inbox", "info", "key-round", "keyboard", "languages", "layout-dashboard", "link", "list-checks", "list-filter", "lock",
    "log-in", "log-out", "mail", "mail-x", "map-pin", "megaphone", "message-square", "notebook-pen", "paperclip", "pencil", "phone", "plus",
    "printer", "refresh-cw", "rotate-ccw", "rss", "search", "send", "settings", "trash-2", "triangle-alert", "undo-2",
    "upload", "user", "user-plus", "user-round-check", "user-x", "users", "x",
)
# fmt: on


def fetch(package: Package) -> dict[str, bytes]:
    """The files of one package, taken from a tarball whose SHA-512 is the pinned one."""
    with tempfile.TemporaryDirectory() as directory:
        command = ["npm", "pack", f"{package.name}@{package.version}", "--json", "--pack-destination", directory]
        subprocess.run(command, check=True, capture_output=True, cwd=directory)
        (tarball,) = Path(directory).glob("*.tgz")
        content = tarball.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != package.integrity:
        raise SystemExit(f"{package.name} {package.version}: expected {package.integrity}, got {found}")
    files = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                files[member.name.removeprefix("package/")] = file.read()
    return files


def symbol(name: str, svg: str) -> str:
    """One <symbol> of the sprite; the stroke is a little thinner than Lucide's own, to go with text of 15 px."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if drawing is None:
        raise SystemExit(f"{name}: not an icon")
    shapes = re.sub(r"\s+", " ", drawing.group(1)).replace(" />", "/>").replace("> <", "><").strip()
    pen = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {pen}>{shapes}</symbol>\n'


def sprite(files: dict[str, bytes]) -> bytes:
    symbols = "".join(symbol(name, files[f"icons/{name}.svg"].decode()) for name in sorted(ICONS))
    credit = "<!-- Icons: Lucide, ISC licence, see vendor/lucide.LICENSE.txt -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{credit}\n{symbols}</svg>\n'.encode()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def vendor() -> int:
    written: dict[str, bytes] = {}
    for package in PACKAGES:
        files = fetch(package)
        written |= {target: files[source] for source, target in package.copies.items()}
        if package.name == ICON_PACKAGE:
            written[SPRITE] = sprite(files)
    for target, content in written.items():
        (STATIC / target).parent.mkdir(parents=True, exist_ok=True)
        (STATIC / target).write_bytes(content)
    LOCK.write_text(json.dumps(lock({name: digest(content) for name, content in written.items()}), indent=2) + "\n")
    return 0


def lock(files: dict[str, str]) -> dict[str, object]:
    return {
        "packages": [
            {"name": p.name, "version": p.version, "integrity": p.integrity, "licence": p.licence} for p in PACKAGES
        ],
        "icons": sorted(ICONS),
        "sha256": dict(sorted(files.items())),
    }


def check() -> list[str]:
    """What differs between the pins, the lock and the committed files, in words."""
    if not LOCK.exists():
        return [f"{LOCK.name} is missing"]
    locked = json.loads(LOCK.read_text())
    found = []
    if locked != lock(locked["sha256"]):
        found.append("the pins in tools/vendor.py are not those of the lock")
    expected = {SPRITE, *(target for package in PACKAGES for target in package.copies.values())}
    found += [f"{name} is not in the lock" for name in sorted(expected - locked["sha256"].keys())]
    found += [f"{path.name} is not in the lock" for path in stray(set(locked["sha256"]))]
    for name, sha256 in locked["sha256"].items():
        path = STATIC / name
        if not path.exists():
            found.append(f"{name} is missing")
        elif digest(path.read_bytes()) != sha256:
            found.append(f"{name} was changed")
    return found


def stray(locked: set[str]) -> list[Path]:
    files = (path for path in (STATIC / "vendor").rglob("*") if path.is_file())
    return [path for path in files if path.relative_to(STATIC).as_posix() not in locked]


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            sys.exit(vendor())
        case ["--check"]:
            problems = check()
            print("\n".join(problems) or "static/vendor.lock.json and the files agree")
            sys.exit(1 if problems else 0)
        case _:
            sys.exit(__doc__)
