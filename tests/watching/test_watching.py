"""What those who watch the site are told, and who may ask for figures."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from liaison.accounts.viewer import COMMAND_LINE
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.mail import outbox, queue_state
from liaison.mail.models import FINAL_STATES, HELD, OPEN_STATES
from liaison.opening import open_database
from liaison.system import backups
from liaison.watching.metrics import Metric, Sample, age, exposition, gauge
from tests.callers import Browser, Program, app_of, visitor
from tests.world import World

ADDRESS = "liwb@sfj.qingzhi.example"


def from_elsewhere(settings: Settings, database: Database, clock: Clock) -> httpx.AsyncClient:
    """Somebody on another machine."""
    app = app_of(settings, database, clock)
    transport = httpx.ASGITransport(app=app, client=("10.0.0.9", 4711), raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000")


async def a_mail(database: Database, world: World) -> int:
    async with database.writing() as db:
        mail = await outbox.enqueue(
            db,
            kind="sign_in",
            about="person:1",
            address=ADDRESS,
            display_to=ADDRESS,
            locale="zh_CN",
            person_ids=[world.liwb.id],
        )
        await db.flush()
        return mail.id


async def token_for(settings: Settings, database: Database, clock: Clock, person: Person) -> dict[str, str]:
    program = Program(settings, database, clock)
    await program.get(person, "/me")
    return {"Authorization": f"Bearer {program.tokens[person.id]}"}


def figures(text: str) -> dict[str, float]:
    """What Prometheus reads; a line that it would refuse fails the test."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge))", line), line
            continue
        parts = re.fullmatch(r'([a-z_]+(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})?) (\S+)', line)
        assert parts is not None, line
        assert parts[1] not in found
        found[parts[1]] = float(parts[2])
    return found


async def test_a_supervisor_learns_whether_database_and_worker_live_and_how_long_mail_waits(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    async with visitor(settings, database, clock) as nobody:
        assert (await nobody.get("/healthz")).json() == {"status": "ok"}
        silent = await nobody.get("/readyz")
        assert (silent.status_code, silent.json()["worker"]) == (503, False)
        async with database.writing() as db:
            await queue_state.heartbeat(db, "one")
        ready = await nobody.get("/readyz")
        assert ready.json() == {"database": True, "worker": True, "oldest_waiting_mail": None}
        assert ready.status_code == 200
        async with database.reading() as db:
            clock.as_of = await queue_state.read_clock(db) - timedelta(minutes=20)
        await a_mail(database, world)
        waits = await nobody.get("/readyz")
        assert (waits.status_code, waits.json()["oldest_waiting_mail"]) == (200, pytest.approx(1200, abs=60))


async def test_a_worker_that_fell_silent_or_a_lost_database_is_not_ready(
    settings: Settings, database: Database, clock: Clock
) -> None:
    async with database.writing() as db:
        await queue_state.put(db, "worker:gone", queue_state.database_now(db, -90), {})
    async with visitor(settings, database, clock) as nobody:
        assert (await nobody.get("/readyz")).status_code == 503
    nowhere = replace(settings, database_url="postgresql://nobody:x@127.0.0.1:1/none?connect_timeout=2")
    async with visitor(nowhere, open_database(nowhere, clock), clock) as nobody:
        assert (await nobody.get("/healthz")).status_code == 200
        lost = await nobody.get("/readyz")
        assert (lost.status_code, lost.json()) == (503, {"database": False})
        seen = figures((await nobody.get("/metrics")).text)
    assert seen["liaison_database_up"] == 0
    assert seen['liaison_http_requests_total{method="GET",route="/readyz",status="503"}'] == 1
    assert "liaison_workers" not in seen


async def test_the_figures_of_an_untouched_site(settings: Settings, database: Database, clock: Clock) -> None:
    async with visitor(settings, database, clock) as here:
        answer = await here.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "set-cookie" not in answer.headers
    seen = figures(answer.text)
    assert seen["liaison_database_up"] == 1
    assert seen["liaison_workers"] == 0
    assert seen["liaison_worker_heartbeat_age_seconds"] == float("inf")
    assert seen["liaison_oldest_waiting_mail_seconds"] == 0
    states = {name for name in seen if name.startswith("liaison_mails{")}
    assert states == {f'liaison_mails{{state="{state}"}}' for state in (*OPEN_STATES, HELD, *FINAL_STATES)}
    assert seen["process_cpu_seconds_total"] > 0
    assert seen["process_start_time_seconds"] > 1_700_000_000


async def test_the_figures_follow_what_happens(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    async with database.reading() as db:
        clock.as_of = await queue_state.read_clock(db) - timedelta(minutes=20)
    await a_mail(database, world)
    given_up = await a_mail(database, world)
    async with database.writing() as db:
        await outbox.give_up(db, await world.viewer(db, world.guyan), given_up)
        await queue_state.heartbeat(db, "one")
        await queue_state.heartbeat(db, "two")
        await outbox.pause(db, COMMAND_LINE)
        turn = await backups.begin(db)
        assert turn is not None
        await backups.made(db, turn, file="x", bytes=1)
    async with visitor(settings, database, clock) as here:
        seen = figures((await here.get("/metrics")).text)
    assert seen['liaison_mails{state="waiting"}'] == 1
    assert seen['liaison_mails{state="given_up"}'] == 1
    assert seen["liaison_oldest_waiting_mail_seconds"] == pytest.approx(1200, abs=60)
    assert seen["liaison_workers"] == 2
    assert seen["liaison_worker_heartbeat_age_seconds"] < 60
    assert seen["liaison_mail_paused"] == 1
    assert seen["liaison_mail_blocked"] == 0
    assert seen["liaison_unread_inboxes"] == 0
    assert seen["liaison_backup_age_seconds"] < 60
    assert seen["liaison_backup_failed"] == 0


async def test_requests_are_counted_by_route_and_status_and_name_nobody(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    for path in (
        "/healthz",
        "/healthz",
        f"/mechanisms/{world.mechanism.id}",
        "/mechanisms/99999",
        "/nowhere",
        "/r/k.1.x",
    ):
        await browser.client.get(path)
    await browser.client.request("BREW", "/healthz")
    await browser.client.get("/", headers={"Host": "evil.example"})
    text = (await browser.client.get("/metrics")).text
    counted = {name: value for name, value in figures(text).items() if name.startswith("liaison_http")}
    assert counted == {
        'liaison_http_requests_total{method="GET",route="/healthz",status="200"}': 2,
        'liaison_http_requests_total{method="GET",route="/mechanisms/{mechanism_id}",status="200"}': 1,
        'liaison_http_requests_total{method="GET",route="/mechanisms/{mechanism_id}",status="404"}': 1,
        'liaison_http_requests_total{method="GET",route="/r/{token}",status="404"}': 1,
        'liaison_http_requests_total{method="GET",route="/",status="421"}': 1,
        'liaison_http_requests_total{method="GET",route="other",status="404"}': 1,
        'liaison_http_requests_total{method="other",route="other",status="405"}': 1,
    }
    assert not any(secret in text for secret in ("k.1.x", "nowhere", "evil", "BREW", ADDRESS, "周敏", "支持起诉"))


async def test_elsewhere_an_operators_token_reads_the_figures_and_nobody_else_does(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    client = from_elsewhere(settings, database, clock)

    async def status(**headers: str) -> int:
        return (await client.get("/metrics", headers=headers)).status_code

    assert await status(**await token_for(settings, database, clock, world.guyan)) == 200
    assert await status(**await token_for(settings, database, clock, world.zhoumin)) == 404
    assert await status(Authorization="Bearer lia_forged") == 401
    assert await status() == 404
    assert await status(Host="127.0.0.1:8000") == 404
    assert await status(**{"X-Forwarded-For": "127.0.0.1"}) == 404


@pytest.mark.parametrize(
    "passed_on",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"X-Real-IP": "203.0.113.9"},
        {"Via": "1.1 Caddy"},
        {"Host": "meetings.example.org"},
    ],
    ids=lambda headers: next(iter(headers)),
)
async def test_what_a_proxy_on_this_machine_passes_on_is_not_local(
    settings: Settings, database: Database, clock: Clock, passed_on: dict[str, str]
) -> None:
    async with visitor(settings, database, clock) as here:
        assert (await here.get("/metrics", headers=passed_on)).status_code == 404


async def test_an_operators_session_in_a_browser_elsewhere_reads_no_figures(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    async with from_elsewhere(settings, database, clock) as client:
        client.cookies = browser.client.cookies
        assert (await client.get("/metrics")).status_code == 404


def test_the_text_that_prometheus_reads() -> None:
    text = exposition(
        [
            Metric("requests_total", "counter", "Requests.", [Sample(3, {"route": 'a"b\\c\nd', "status": "200"})]),
            gauge("seconds", "Half.", 0.5),
            age("never", "Never was.", None),
            age("ahead", "By a clock that went back.", timedelta(seconds=-5)),
        ]
    )
    assert text == (
        "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
        'requests_total{route="a\\"b\\\\c\\nd",status="200"} 3\n'
        "# HELP seconds Half.\n# TYPE seconds gauge\nseconds 0.5\n"
        "# HELP never Never was.\n# TYPE never gauge\nnever +Inf\n"
        "# HELP ahead By a clock that went back.\n# TYPE ahead gauge\nahead 0\n"
    )
