"""The `liaison` command as an administrator types it: real processes, an embedded database, exit codes 0, 1 and 2."""

import json
import os
import pty
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from liaison.actions.ledger_table import HEADINGS
from liaison.demo import bundle_file
from liaison.documents.spreadsheet import workbook
from liaison.i18n import gettext_for
from tests.cli.forked import forked

COMMAND = [sys.executable, "-m", "liaison"]
PATIENCE = 60
OUTCOMES = "编号,办结日期,受助群体,案由,受助人数"
STARTED = set[str]()
"""The commands that were started in this process of tests."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An empty directory to run commands in."""
    return tmp_path


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    root = str(Path(__file__).resolve().parents[2])
    return {**kept, "PYTHONPATH": root, "PYTHONWARNINGS": "ignore", "LIAISON_LOCALE": "en", **settings}


def run(site: Path, *arguments: str, given: bytes = b"", **settings: str) -> subprocess.CompletedProcess[str]:
    """The command to its end. Each is started once as anybody starts it, so that it loads all that it needs; after that, forked."""
    if arguments[0] in STARTED:
        return forked(arguments, site, environment(**settings), given)
    STARTED.add(arguments[0])
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=site,
        env=environment(**settings),
        input=given,
        capture_output=True,
        timeout=PATIENCE,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(site: Path, *arguments: str, until: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command that goes on, and what it said up to the line that has `until` in it."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=site,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if until in line:
                break
        assert until in said, said
        yield process, said
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def answered(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def test_a_wrong_setting_ends_in_one_line_of_the_sites_language(site: Path) -> None:
    done = run(site, "migrate", LIAISON_TIMEZONE="Mars/Olympus", LIAISON_LOCALE="zh_CN")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "LIAISON_TIMEZONE 应为时区名称，例如 Asia/Shanghai，而不是“Mars/Olympus”。\n"


def test_an_unknown_setting_stops_the_start(site: Path) -> None:
    done = run(site, "serve", LIAISON_SMPT_URL="smtp://localhost")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "LIAISON_SMPT_URL" in done.stderr


def test_wrong_usage_is_exit_code_2(site: Path) -> None:
    assert run(site, "serve", "--prot", "1").returncode == 2
    assert run(site, "work", "--as-of", "tomorrow").returncode == 2


def test_every_command_migrates_an_embedded_database(site: Path) -> None:
    assert run(site, "verify-log").returncode == 0
    assert (site / "liaison-data" / "liaison.db").exists()
    assert (site / "liaison-data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_data_of_a_newer_program_are_refused(new_site: Path) -> None:
    with closing(sqlite3.connect(new_site / "liaison-data" / "liaison.db", isolation_level=None)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in ("migrate", "verify-log"):
        done = run(new_site, command)
        assert done.returncode == 1
        assert "newer version (9999)" in done.stderr


def test_the_first_operator_a_token_and_a_sign_in_link(site: Path) -> None:
    added = run(
        site,
        "person",
        "add",
        "--operator",
        "--name",
        "顾岩",
        "--agency",
        "区数据局",
        "--key",
        "guyan",
        "--mail",
        "gy@sjj.qingzhi.example",
    )
    assert added.returncode == 0, added.stderr
    token = run(site, "token", "create", "--person", "guyan").stdout
    assert re.fullmatch(r"lia_[\w-]{40,}\n", token)
    link = run(site, "sign-in-link", "--person", "GY@sjj.qingzhi.example").stdout
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/link/\S+\n", link)
    unknown = run(site, "token", "create", "--person", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")


def test_an_import_is_tried_then_taken_then_changes_nothing(site: Path) -> None:
    tried = run(site, "import", "--dry-run", str(bundle_file()))
    assert tried.returncode == 0
    assert "People: 8 new" in tried.stdout
    assert "People: 8 new" in run(site, "import", str(bundle_file())).stdout
    assert "People: 0 new, 0 changed, 8 as they were" in run(site, "import", str(bundle_file())).stdout


def test_a_refused_import_names_line_and_field(new_site: Path) -> None:
    wrong = new_site / "bundle.yaml"
    wrong.write_text(
        bundle_file().read_text(encoding="utf-8").replace("person: liwb", "person: nobody"), encoding="utf-8"
    )
    done = run(new_site, "import", str(wrong))
    assert done.returncode == 1
    assert re.search(
        r"^Line \d+, mechanisms\.designations\.person: There is no person “nobody”", done.stderr, re.MULTILINE
    )
    assert run(new_site, "import", str(new_site / "missing.yaml")).returncode == 2


def test_a_table_of_outcomes_is_known_by_its_headings_and_taken_in_for_the_lead_agency(peopled_site: Path) -> None:
    table = str(bundle_file().with_name("outcomes.csv"))
    tried = run(peopled_site, "import", "--dry-run", table)
    assert (tried.returncode, "39 new cases" in tried.stdout) == (0, True)
    assert "39 new cases" in run(peopled_site, "import", table).stdout
    again = run(peopled_site, "import", table, "--agency", "区检察院")
    assert "0 new cases" in again.stdout
    assert "39 cases unchanged" in again.stdout
    assert run(peopled_site, "import", table, "--mechanism", "没有").returncode == 1
    assert "区公安局" in run(peopled_site, "import", table, "--agency", "区公安局").stderr


def test_a_wrong_table_of_outcomes_names_its_cells_and_leaves_nothing(peopled_site: Path) -> None:
    text = bundle_file().with_name("outcomes.csv").read_text("utf-8-sig")
    wrong = peopled_site / "wrong.csv"
    wrong.write_text(text.replace("22450.00", "2万多", 1).replace("2021-02-09", "昨天"), encoding="gb18030")
    done = run(peopled_site, "import", str(wrong))
    assert done.returncode == 1
    assert "F4 追回金额（元）" in done.stderr
    assert "B5 办结日期" in done.stderr
    assert "39 new cases" in run(peopled_site, "import", str(bundle_file().with_name("outcomes.csv"))).stdout


def test_a_cut_audit_trail_shows_against_a_noted_head(peopled_site: Path) -> None:
    head = run(peopled_site, "verify-log").stdout.rsplit(" ", 1)[1].strip()
    assert run(peopled_site, "verify-log", "--head", head).returncode == 0
    number = int(head.partition(":")[0])
    assert run(peopled_site, "verify-log", "--head", f"{number}:{'0' * 64}").returncode == 1
    assert run(peopled_site, "verify-log", "--head", "x").returncode == 2


def test_check_says_what_works_and_what_does_not(site: Path) -> None:
    before = run(site, "check")
    assert before.returncode == 1
    assert "Database: does not work. The database is not up to date." in before.stdout
    run(site, "person", "add", "--operator", "--name", "顾岩", "--agency", "区数据局")
    after = run(site, "check", LIAISON_SMTP_URL="smtp://user:hidden@127.0.0.1:1")
    assert after.returncode == 1
    assert "Database: works." in after.stdout
    assert "Mail: does not work. 127.0.0.1:1: The mail server cannot be reached." in after.stdout
    assert "hidden" not in after.stdout
    assert run(site, "check").returncode == 0


def test_the_index_of_the_search_is_built_anew_by_a_command(peopled_site: Path) -> None:
    with closing(sqlite3.connect(peopled_site / "liaison-data" / "liaison.db")) as raw, raw:
        known = raw.execute("SELECT count(*) FROM search_row").fetchone()[0]
        raw.execute("DELETE FROM search_row")
        raw.execute("UPDATE search_build SET built_at = NULL")
    assert known > 0
    assert "Index of the search: note. It is still being built" in run(peopled_site, "check").stdout
    done = run(peopled_site, "reindex")
    assert (done.returncode, done.stdout) == (0, f"The index of the search is complete ({known} entries).\n")
    assert f"Index of the search: works. It is complete ({known} entries)." in run(peopled_site, "check").stdout


def test_the_worker_does_everything_once_and_ends(peopled_site: Path) -> None:
    done = run(peopled_site, "work", "--once", "--as-of", "2026-12-17T14:30:00+08:00")
    assert done.returncode == 0, done.stderr


def test_serve_offers_the_set_up_answers_and_ends_gracefully(site: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(site, "serve", "--port", str(port), until="/set-up/", LIAISON_BASE_URL=url) as (process, said):
        assert f"{url}/set-up/" in said
        assert answered(f"{url}/healthz") == (200, json.dumps({"status": "ok"}).replace(" ", ""))
        assert answered(f"{url}/r/a.b.c")[0] == 404
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    assert "/r/…" in rest
    assert "a.b.c" not in rest


def test_a_taken_port_is_told_in_one_line(site: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(site, "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "Cannot listen on 127.0.0.1" in done.stderr.splitlines()[-1]


def test_the_demo_starts_goes_on_where_it_was_and_touches_no_other_site(site: Path) -> None:
    port = str(free_port())
    for _ in range(2):
        with running(site, "demo", "--port", port, until="/system/outbox") as (process, said):
            assert re.search(rf"http://127\.0\.0\.1:{port}/sign-in/link/\S+", said)
            assert "liaison-demo/mail" in said
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        _found_one_more(site / "liaison-demo" / "liaison.db")
    with closing(sqlite3.connect(site / "liaison-demo" / "liaison.db")) as db:
        (stored,) = db.execute("SELECT stored_name FROM paper_version").fetchone()
        assert db.execute("SELECT count(*) FROM paper_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM time_poll WHERE closed_at IS NULL").fetchone() == (1,)
        activities = db.execute("SELECT kind, held_at IS NOT NULL FROM meeting WHERE kind IN ('publicity', 'lecture')")
        assert sorted(activities.fetchall()) == [("lecture", 0), ("publicity", 1)]
    assert (site / "liaison-demo" / "papers" / stored).read_bytes().startswith(b"%PDF")
    run(site, "migrate", LIAISON_DATA_DIR="real")
    for reset in ([], ["--reset"]):
        refused = run(site, "demo", "--data-dir", "real", *reset)
        assert refused.returncode == 1
    assert (site / "real" / "liaison.db").exists()


def _found_one_more(path: Path) -> None:
    """Another mechanism of the same agencies, as somebody who tries the demo may found it: it has no series, and no story of its own."""
    with closing(sqlite3.connect(path)) as db, db:
        db.row_factory = sqlite3.Row
        mechanism = dict(db.execute("SELECT * FROM mechanism WHERE id = 1").fetchone())
        del mechanism["id"]
        mechanism["name"] = f"第{db.execute('SELECT count(*) FROM mechanism').fetchone()[0] + 1}个机制"
        names, places = ", ".join(mechanism), ", ".join("?" * len(mechanism))
        made = db.execute(f"INSERT INTO mechanism ({names}) VALUES ({places})", list(mechanism.values())).lastrowid
        columns = "agency_id, joined_on, left_on, takes_part, version"
        db.execute(
            f"INSERT INTO member (mechanism_id, {columns}) SELECT ?, {columns} FROM member WHERE mechanism_id = 1",
            [made],
        )


def test_a_ledger_comes_back_for_a_liaison_and_a_foreign_number_is_refused(peopled_site: Path) -> None:
    ledger = peopled_site / "ledger.xlsx"
    heading = gettext_for("zh_CN")(HEADINGS["number"])
    ledger.write_bytes(workbook({"台账": [[heading, "落实事项"]]}))
    assert run(peopled_site, "import", str(ledger)).returncode == 1
    done = run(peopled_site, "import", str(ledger), "--person", "zhoumin")
    assert (done.returncode, done.stdout) == (0, "0 new items\n0 items changed\n"), done.stderr
    ledger.write_bytes(workbook({"台账": [[heading, "落实事项"], ["1-1-00000000", "别的"]]}))
    done = run(peopled_site, "import", str(ledger), "--person", "zhoumin")
    assert (done.returncode, "Row 2, Number" in done.stderr) == (1, True)


def test_past_meetings_are_told_by_their_headings_tried_then_entered_then_change_nothing(peopled_site: Path) -> None:
    table = peopled_site / "meetings.csv"
    rows = [
        "日期,会议名称,类别,承办单位",
        "2025-03-20,第一季度联席会议,例会,",
        "2025-06-19,第二季度联席会议,例会,区司法局",
    ]
    table.write_text("\n".join(rows), encoding="utf-8")
    tried = run(peopled_site, "import", "--dry-run", str(table))
    assert (tried.returncode, "2 new meetings" in tried.stdout) == (0, True), tried.stderr
    done = run(peopled_site, "import", str(table))
    assert "2025-06-19 第二季度联席会议\n2 new meetings\n0 meetings unchanged" in done.stdout, done.stderr
    assert done.stderr == "", "a bar is for who looks on"
    again = run(peopled_site, "import", str(table), "--agency", "区司法局")
    assert "0 new meetings\n2 meetings unchanged" in again.stdout
    with sqlite3.connect(peopled_site / "liaison-data" / "liaison.db") as db:
        hosts = "SELECT short_name, ordinal, recorder_id FROM meeting JOIN agency ON agency.id = host_agency_id"
        assert db.execute(f"{hosts} ORDER BY ordinal").fetchall() == [("区检察院", 1, None), ("区司法局", 2, None)]
    table.write_text("\n".join([rows[0], "2025-03-20,第一季度,大会,"]), encoding="utf-8")
    wrong = run(peopled_site, "import", str(table))
    assert (wrong.returncode, "C2 类别" in wrong.stderr) == (1, True)


def test_a_ledger_of_referrals_is_told_by_its_headings_tried_then_entered_then_changes_nothing(
    peopled_site: Path,
) -> None:
    table = peopled_site / "referrals.csv"
    rows = [
        "线索编号,标题,移送单位,接收单位,移送日期,办理情况,决定日期",
        "清检移〔2025〕1号,讨薪线索,区检察院,区司法局,2025-03-20,受理,2025-03-21",
        ",赡养线索,区司法局,区检察院,2025-06-19,,",
    ]
    table.write_text("\n".join(rows), encoding="utf-8")
    tried = run(peopled_site, "import", "--dry-run", str(table))
    assert (tried.returncode, "2 new referrals" in tried.stdout) == (0, True), tried.stderr
    done = run(peopled_site, "import", str(table))
    assert "2025-06-19 赡养线索\n2 new referrals\n0 referrals are there already" in done.stdout, done.stderr
    assert done.stderr == "", "a bar is for who looks on"
    again = run(peopled_site, "import", str(table), "--agency", "区司法局")
    assert "0 new referrals\n2 referrals are there already" in again.stdout
    with sqlite3.connect(peopled_site / "liaison-data" / "liaison.db") as db:
        found = "SELECT short_name, entered_afterwards_by FROM notice JOIN agency ON agency.id = entered_for_id"
        assert db.execute(found).fetchall() == [("区检察院", None)] * 2
        assert db.execute("SELECT count(*) FROM outbox_mail").fetchone() == (0,)
    table.write_text("\n".join([rows[0], rows[1].replace("受理", "不详")]), encoding="utf-8")
    wrong = run(peopled_site, "import", str(table))
    assert (wrong.returncode, "F2 办理情况" in wrong.stderr) == (1, True)


@pytest.mark.parametrize(
    ("name", "content", "more"),
    [
        ("referrals.csv", "标题,移送单位,接收单位,移送日期\n讨薪线索,区检察院,区司法局,2025-03-20\n", ()),
        ("meetings.csv", "日期,会议名称,类别\n2025-03-20,第一季度联席会议,例会\n", ()),
        ("outcomes.csv", f"{OUTCOMES}\n支诉2026-001,2026-08-12,农民工,追索劳动报酬,1\n", ()),
        ("people.csv", "单位,姓名\n区检察院,周敏\n", ()),
        (
            "ledger.xlsx",
            workbook({"台账": [[gettext_for("zh_CN")(HEADINGS["number"]), "落实事项"]]}),
            ("--person", "zhoumin"),
        ),
    ],
    ids=lambda each: str(each) if str(each).endswith((".csv", ".xlsx")) else "",
)
def test_whoever_looks_on_at_a_terminal_sees_a_bar_of_every_import(
    peopled_site: Path, name: str, content: str | bytes, more: tuple[str, ...]
) -> None:
    file = peopled_site / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    screen, terminal = pty.openpty()
    try:
        arguments = ("import", "--dry-run", str(file), *more)
        done = forked(arguments, peopled_site, environment(), terminal=os.ttyname(terminal))
        assert done.returncode == 0, os.read(screen, 4096).decode()
        assert "100%" in os.read(screen, 4096).decode()
    finally:
        os.close(screen)
        os.close(terminal)
