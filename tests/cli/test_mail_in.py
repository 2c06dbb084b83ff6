"""Mail comes in while the program runs as an administrator starts it: `work --once`, and `serve` with an LMTP door."""

import signal
import smtplib
from pathlib import Path

import pytest

from tests.cli.test_commands import free_port, run, running

QUESTION = b"From: x@elsewhere.example\r\nTo: liaison@localhost\r\nSubject: question\r\n\r\nhello\r\n"


@pytest.fixture
def site(new_site: Path) -> Path:
    """A directory with a migrated site."""
    return new_site


def maildir(site: Path) -> Path:
    for each in ("cur", "new", "tmp"):
        (site / "in" / each).mkdir(parents=True)
    return site / "in"


def test_one_round_reads_the_mailboxes_whatever_their_pauses_and_a_missing_one_does_not_fail_it(site: Path) -> None:
    place = maildir(site)
    url = f"maildir://{site}/missing maildir://{place}"
    for name, told in (("1.a", True), ("2.b", False)):  # a problem is logged when it begins
        (place / "new" / name).write_bytes(QUESTION.replace(b"question", name.encode()))
        done = run(site, "work", "--once", LIAISON_INBOX_URL=url)
        assert done.returncode == 0, done.stderr
        assert ("no_directory" in done.stderr) is told
    assert sorted(path.name for path in (place / ".Held" / "new").iterdir()) == ["1.a", "2.b"]
    said = run(site, "check", LIAISON_INBOX_URL=url).stdout
    assert f"Mailbox maildir:{place}: works." in said
    assert f"maildir:{site}/missing cannot be read since" in said


def test_a_running_server_takes_mail_by_lmtp_and_reads_its_mailboxes_and_ends_well(site: Path) -> None:
    place, port, door = maildir(site), free_port(), free_port()
    (place / "new" / "1.a").write_bytes(QUESTION)
    settings = {"LIAISON_INBOX_URL": f"maildir://{place}", "LIAISON_LMTP_LISTEN": f"127.0.0.1:{door}"}
    with running(site, "serve", "--port", str(port), until="lmtp_listening", **settings) as (process, _):
        with smtplib.LMTP("127.0.0.1", door) as server:
            assert server.sendmail("x@elsewhere.example", ["liaison+secret@localhost"], QUESTION) == {}
        assert "A worker takes mail there." in run(site, "check", **settings).stdout
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert "secret" not in said
    assert [path.name for path in (place / ".Held" / "new").iterdir()] == ["1.a"]
