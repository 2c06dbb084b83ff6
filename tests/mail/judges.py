"""Two readers of calendars that know nothing of ours: libical (Debian's, in C) and ical.js (Thunderbird's, in JavaScript).

Whoever lacks one of them is told its name; nothing is skipped."""

import ctypes
import ctypes.util
import json
import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tools.vendor import Package, fetch

ICAL_JS = Package(
    name="ical.js",
    version="2.2.1",
    integrity="sha512-yK/UlPbEs316igb/tjRgbFA8ZV75rCsBJp/hWOatpyaPNlgw0dGDmU+FoicOcwX4xXkeXOkYiOmCqNPFpNPkQg==",
    licence="MPL-2.0",
    copies={},
)
_READ = """
const ICAL = require(process.argv[1]);
ICAL.design.strict = true;
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(texts.map(text => ICAL.parse(text))));
"""


def ical_js(texts: Sequence[str], cache_dir: Path) -> list[Any]:
    """The calendars as ical.js reads them in strict mode (jCal, RFC 7265). Raises CalledProcessError with its own words."""
    script = cache_dir / f"ical-{ICAL_JS.version}.cjs"
    if not script.exists():
        partly = cache_dir / f"{script.name}.{os.getpid()}"
        partly.write_bytes(fetch(ICAL_JS)["dist/ical.es5.cjs"])
        partly.replace(script)
    command = ["node", "-e", _READ, str(script)]
    done = subprocess.run(command, input=json.dumps(list(texts)).encode(), capture_output=True, check=False)
    assert done.returncode == 0, f"ical.js (with node) refuses a calendar: {done.stderr.decode()[-2000:]}"
    read: list[Any] = json.loads(done.stdout)
    return read


def libical_errors(text: bytes) -> list[str]:
    """What libical finds wrong: lines it cannot read, and what RFC 5546 forbids for the METHOD; empty for a clean calendar."""
    library = _libical()
    component = library.icalparser_parse_string(text)
    assert component, "libical reads no component at all"
    try:
        library.icalrestriction_check(component)
        if not library.icalcomponent_count_errors(component):
            return []
        written: bytes = library.icalcomponent_as_ical_string(component)
        lines = written.decode("utf-8", "replace").replace("\r\n ", "").splitlines()
        return [line for line in lines if line.startswith("X-LIC-ERROR")] or ["libical counts an error"]
    finally:
        library.icalcomponent_free(component)


@cache
def _libical() -> ctypes.CDLL:
    name = ctypes.util.find_library("ical")
    assert name is not None, "libical is missing: install Debian's package libical3"
    library = ctypes.CDLL(name)
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    for function in ("icalrestriction_check", "icalcomponent_count_errors", "icalcomponent_free"):
        getattr(library, function).argtypes = [ctypes.c_void_p]
    library.icalcomponent_as_ical_string.restype = ctypes.c_char_p
    library.icalcomponent_as_ical_string.argtypes = [ctypes.c_void_p]
    return library
