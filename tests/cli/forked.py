"""Commands as processes of their own that load nothing anew: forked from one program that has loaded liaison, since to load it costs
more than most commands do."""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from liaison.__main__ import main

LOADED = (
    "liaison.opening",
    "liaison.checkup",
    "liaison.composers",
    "liaison.migrate",
    "liaison.restoring",
    "liaison.serving",
)
"""What commands import when they are called."""


def forked(
    arguments: Sequence[str],
    cwd: Path,
    environ: Mapping[str, str],
    given: bytes = b"",
    *,
    terminal: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """`liaison` with these arguments, as by `subprocess.run`: with a directory, an environment, input, output and an exit code of its
    own. What it says beside its output goes to the `terminal` of that path, if there is one."""
    with TemporaryDirectory() as directory:
        files = [Path(directory, name) for name in ("in", "out", "err")]
        files[0].write_bytes(given)
        _, out, err = files
        err.touch()
        asked = {
            "arguments": arguments,
            "cwd": str(cwd),
            "environ": dict(environ),
            "files": [*map(str, files[:2]), terminal or str(err)],
        }
        server = _server()
        assert server.stdin is not None and server.stdout is not None  # noqa: PT018
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return subprocess.CompletedProcess(["liaison", *arguments], status, out.read_text(), err.read_text())


@cache
def _server() -> subprocess.Popen[str]:
    """Ends with the tests: when nothing more comes from them."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.cli.forked"]
    root = Path(__file__).parents[2]
    server = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(server.communicate)
    return server


def serve() -> None:
    """Fork for each line of standard input, and answer with the exit code."""
    for each in LOADED:
        import_module(each)
    while line := sys.stdin.readline():
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(**asked)
            return main()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(arguments: list[str], cwd: str, environ: dict[str, str], files: list[str]) -> None:
    for number, path in enumerate(files):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["liaison", *arguments]


if __name__ == "__main__":
    serve()
