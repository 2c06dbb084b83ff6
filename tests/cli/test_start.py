"""What a start loads: nothing that no first page needs, so that a server is soon there and small."""

import subprocess
import sys
from pathlib import Path

from tests.cli.test_commands import environment, run, site

__all__ = ["site"]

START = """
import sys
from liaison import console
settings = console.ready(quiet=True)
from liaison import serving
serving.create_app(settings, database=serving.open_database(settings, serving.Clock()))
print(*sys.modules)
"""
UNNEEDED = {
    "aiosmtpd",
    "alembic",
    "attr",
    "babel",
    "holidays",
    "imapclient",
    "openpyxl",
    "rich",
}


def test_a_command_that_asks_the_database_loads_no_web_framework(site: Path) -> None:
    opening = "import sys, liaison.opening; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", opening], cwd=site, env=environment(), capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & {"litestar", "liaison.app", "liaison.web"} == set()


def test_a_server_starts_without_what_no_first_page_needs(site: Path) -> None:
    run(site, "migrate")
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=site, env=environment(), capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & UNNEEDED == set()
