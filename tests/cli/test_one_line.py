"""What an administrator can put right ends in one clear line and exit code 1, never in a traceback."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_commands import run, site

__all__ = ["site"]


def one_line(site: Path, *arguments: str, **settings: str) -> str:
    done = run(site, *arguments, **settings)
    assert done.returncode == 1, (arguments, done)
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    said = done.stderr.strip()
    assert said.count("\n") == 0, said
    assert said
    return said


@pytest.mark.parametrize("arguments", [["work", "--once"], ["check"], ["serve", "--port", "0"], ["migrate"]])
def test_a_data_directory_that_cannot_be_one_is_said_in_one_line(site: Path, arguments: list[str]) -> None:
    (site / "file").write_text("x")
    for place in ("/proc/x", str(site / "file")):
        assert place in one_line(site, *arguments, LIAISON_DATA_DIR=place)


def test_so_is_that_of_the_demo(site: Path) -> None:
    assert "/proc/x" in one_line(site, "demo", "--data-dir", "/proc/x", "--port", "8127")


def test_a_settings_file_in_another_encoding_is_named(site: Path) -> None:
    (site / "liaison.env").write_bytes("LIAISON_SITE_NAME=联络台\n".encode("gbk"))
    assert "liaison.env" in one_line(site, "check")


def test_a_database_that_is_none_or_does_not_answer_is_said(site: Path) -> None:
    (site / "liaison-data").mkdir()
    (site / "liaison-data" / "liaison.db").write_bytes(b"this is no database at all" * 100)
    assert "database" in one_line(site, "work", "--once")
    elsewhere = {"LIAISON_SECRET_KEY": "k" * 40, "LIAISON_DATABASE_URL": "postgresql://u:geheim@nowhere.invalid/x"}
    assert "geheim" not in one_line(site, "work", "--once", **elsewhere)
    assert "memory" in one_line(site, "work", "--once", LIAISON_DATABASE_URL="sqlite:///:memory:")


def test_data_of_a_version_that_never_was_are_left_alone(new_site: Path) -> None:
    with closing(sqlite3.connect(new_site / "liaison-data" / "liaison.db")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
        raw.commit()
    for arguments in (["work", "--once"], ["migrate"]):
        assert "0000" in one_line(new_site, *arguments)


def test_a_head_that_no_trail_reaches_is_not_in_it(new_site: Path) -> None:
    assert "9999" in one_line(new_site, "verify-log", "--head", "9" * 25 + ":" + "a" * 64)


def test_a_name_that_is_no_text_is_refused(new_site: Path) -> None:
    done = run(new_site, "person", "add", "--operator", "--name", "a\udc9f", "--agency", "检察院")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "control characters" in done.stderr
