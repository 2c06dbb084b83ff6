"""Backup, restore and the audit trail as an administrator types them: real processes, exit codes 0, 1 and 2."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_commands import PATIENCE, free_port, run, running


@pytest.fixture
def site(peopled_site: Path) -> Path:
    """A directory with a site whose people were imported."""
    return peopled_site


def change(site: Path, *statements: str) -> None:
    with closing(sqlite3.connect(site / "liaison-data" / "liaison.db", isolation_level=None)) as raw:
        for statement in statements:
            raw.execute(statement)


def test_a_backup_made_while_it_serves_is_checked_and_restored(site: Path) -> None:
    with running(site, "serve", "--port", str(free_port()), until="Listening") as (process, _):
        done = run(site, "backup", "b.tar.gz")
        assert done.returncode == 0, done.stderr
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    head = done.stdout.rsplit(" ", 1)[1].strip()
    again = run(site, "backup", "b.tar.gz")
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)

    checked = run(site, "restore", "--check", "b.tar.gz", LIAISON_DATA_DIR="nowhere")
    assert checked.returncode == 0, checked.stderr
    assert "8 people" in checked.stdout
    assert head in checked.stdout
    assert "The audit trail fits." in checked.stdout
    assert not (site / "nowhere").exists()

    assert run(site, "restore", "b.tar.gz").returncode == 1  # there is a site already
    done = run(site, "restore", "b.tar.gz", LIAISON_DATA_DIR="new")
    assert done.returncode == 0, done.stderr
    assert "a new one was made" in done.stdout
    verified = run(site, "verify-log", "--head", head, LIAISON_DATA_DIR="new")
    assert verified.returncode == 0, verified.stderr
    assert run(site, "work", "--once", LIAISON_DATA_DIR="new").returncode == 0
    assert "Backup: works." in run(site, "check", LIAISON_DATA_DIR="new").stdout


def test_a_damaged_backup_is_told_in_one_line_that_names_the_part(site: Path) -> None:
    run(site, "backup", "b.tar.gz")
    whole = (site / "b.tar.gz").read_bytes()
    (site / "b.tar.gz").write_bytes(whole[: len(whole) // 2])
    done = run(site, "restore", "--check", "b.tar.gz")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "database/liaison.db" in done.stderr
    assert run(site, "restore", "--check", "missing.tar.gz").returncode == 2


def test_a_backup_of_nothing_is_refused_and_makes_no_site(tmp_path: Path) -> None:
    done = run(tmp_path, "backup", "b.tar.gz")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_program_older_than_its_data_refuses_to_start(site: Path) -> None:
    run(site, "backup", "good.tar.gz")
    change(site, "UPDATE alembic_version SET version_num = '9999'")
    for command in (["serve"], ["work", "--once"], ["migrate"], ["backup", "b.tar.gz"], ["verify-log"]):
        done = run(site, *command)
        assert done.returncode == 1, command
        assert "newer version (9999)" in done.stderr, command
    assert not (site / "liaison-data" / "backups").exists()
    with closing(sqlite3.connect(site / "liaison-data" / "liaison.db")) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_cut_tail_of_the_audit_trail_shows_only_against_a_known_head(site: Path) -> None:
    head = run(site, "verify-log").stdout.rsplit(" ", 1)[1].strip()
    last = int(head.partition(":")[0])
    change(site, f"DELETE FROM audit_line WHERE number = {last}")
    done = run(site, "verify-log")
    assert (done.returncode, f"line {last}" in done.stderr) == (1, True)
    # whoever can write the database can mend the head too: then the trail fits, and is shorter than was noted
    change(
        site,
        f"UPDATE audit_head SET number = {last - 1}, hash = (SELECT hash FROM audit_line WHERE number = {last - 1})",
    )
    assert run(site, "verify-log").returncode == 0
    cut = run(site, "verify-log", "--head", head)
    assert (cut.returncode, cut.stderr.count("\n")) == (1, 1)
    assert f"Line {last} is not the one that was noted: the trail was cut or made anew." in cut.stderr


def test_wrong_usage_of_verify_log_is_exit_code_2(site: Path) -> None:
    for head in ("x", "1:abc", f"-1:{'0' * 64}"):
        assert run(site, "verify-log", "--head", head).returncode == 2
