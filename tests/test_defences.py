"""What the server keeps off before any feature is asked (TRUST.md): each defence tried at the real app, one table where they are alike."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from liaison.accounts import links, sessions, throttle, tokens
from liaison.accounts.viewer import COMMAND_LINE
from liaison.app import MAX_BODY
from liaison.audit import AuditLine
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import TooMany
from liaison.meetings import queries
from liaison.meetings.asking import Asked
from liaison.opening import open_database
from liaison.web.access import TOKEN_BURST
from liaison.web.hosts import is_ours
from tests.callers import Browser, Program, visitor
from tests.conftest import NOW
from tests.meetings.play import Play
from tests.world import World

HTTPS = "https://meetings.example"


@pytest.fixture
def play(database: Database, world: World, clock: Clock, settings: Settings) -> Play:
    return Play(database, world, clock, settings.data_dir / "inbox")


@pytest.fixture
def anybody(settings: Settings, database: Database, clock: Clock) -> httpx.AsyncClient:
    return visitor(settings, database, clock)


async def signed_in(settings: Settings, database: Database, clock: Clock, who: Person) -> Browser:
    browser = await Browser(settings, database, clock).sign_in(who)
    await browser.get("/account")
    return browser


async def token_of(database: Database, who: Person) -> str:
    async with database.writing() as db:
        return await tokens.create_token(db, COMMAND_LINE, who.id)


async def denials(database: Database) -> list[tuple[int | None, str, str]]:
    async with database.reading() as db:
        rows = await db.scalars(select(AuditLine).where(AuditLine.verb == "denied").order_by(AuditLine.id))
        return [(row.person_id, row.via, row.object) for row in rows]


async def a_slip_link(play: Play, who: Person) -> str:
    """The address of a slip's link that was given to somebody who may not return it."""
    meeting_id = await play.scheduled(Asked(agency_id=play.world.sfj.id, seats=1))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        (invitation,) = await queries.invitations(db, meeting_id)
        url = await links.link_for(
            db,
            purpose=links.SLIP,
            object_id=invitation.id,
            person_id=who.id,
            agency_id=who.agency_id,
            expires_at=NOW + timedelta(days=9),
        )
    return url.removeprefix(play.database.settings.base_url)


SLIP = {"names": [{"name": "郑国强"}]}


# --- every denied attempt is one audit line


async def test_an_attempt_denied_on_a_page_is_audited(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await signed_in(settings, database, clock, world.zhoumin)
    assert (await browser.client.get("/system")).status_code == 403
    assert await denials(database) == [(world.zhoumin.id, "web", "/system")]


async def test_an_attempt_denied_to_a_program_is_audited(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    program = Program(settings, database, clock)
    assert await program.refused(world.zhoumin, "GET", "/deliveries") == (403, [])
    assert await denials(database) == [(world.zhoumin.id, "api", "/api/deliveries")]


@pytest.mark.parametrize("how", ["form", "json"])
async def test_an_attempt_denied_by_a_mailed_link_is_audited_without_its_secret(
    play: Play, anybody: httpx.AsyncClient, how: str
) -> None:
    path = await a_slip_link(play, play.world.zhenggq)
    sent: dict[str, Any] = {"json": SLIP} if how == "json" else {"data": {"names.0.name": "郑国强"}}
    answer = await anybody.post(path, **sent)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("application/problem+json" if how == "json" else "text/html")
    [(person_id, via, thing)] = await denials(play.database)
    assert (person_id, via) == (play.world.zhenggq.id, "link")
    assert thing.startswith("link:")


# --- limits


async def test_posts_to_one_mailed_link_are_limited_in_words(play: Play, anybody: httpx.AsyncClient) -> None:
    path = await a_slip_link(play, play.world.liwb)
    for _ in range(throttle.ONE_LINK.free):
        assert (await anybody.post(path, json={"names": []})).status_code != 429
    refused = await anybody.post(path, json=SLIP)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "300")
    assert "5" in refused.json()["detail"]


async def test_posts_to_mailed_links_from_one_source_are_limited(
    anybody: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    async with database.writing() as db:
        for _ in range(throttle.LINK_POSTS.free):
            await throttle.take(db, throttle.LINK_POSTS, "127.0.0.1")
    assert (await anybody.post("/r/a.b.c", json={})).status_code == 429
    clock.as_of = NOW + throttle.LINK_POSTS.window
    assert (await anybody.post("/r/a.b.c", json={})).status_code == 404


async def test_a_token_may_not_go_too_fast(
    settings: Settings, database: Database, clock: Clock, world: World, anybody: httpx.AsyncClient
) -> None:
    bearer = {"Authorization": f"Bearer {await token_of(database, world.zhoumin)}"}
    assert (await anybody.get("/api/me", headers=bearer)).status_code == 200
    rates = anybody._transport.app.state.token_rates  # type: ignore[attr-defined]
    answers: list[httpx.Response] = []
    while (not answers or answers[-1].status_code == 200) and len(answers) < 50:
        with contextlib.suppress(TooMany):
            for _ in range(int(TOKEN_BURST)):
                rates.take(1)
        answers.append(await anybody.get("/api/me", headers=bearer))
    assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (429, "1")
    assert answers[-1].headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/sign-in", "/r/a.b.c", "/api/people"])
async def test_what_is_too_large_is_refused(
    anybody: httpx.AsyncClient, world: World, database: Database, path: str
) -> None:
    bearer = {"Authorization": f"Bearer {await token_of(database, world.zhoumin)}"} if path.startswith("/api") else {}
    await anybody.get("/sign-in")
    headers = {"x-csrf-token": anybody.cookies.get("csrf", ""), "content-type": "application/x-www-form-urlencoded"}
    answer = await anybody.post(path, content=b"a=" + b"x" * MAX_BODY, headers={**headers, **bearer})
    assert answer.status_code == 413


# --- a database that is away or too busy


async def test_a_lost_postgresql_is_told_to_come_again(clock: Clock, settings: Settings) -> None:
    nowhere = replace(settings, database_url="postgresql://nobody:x@127.0.0.1:1/none?connect_timeout=2")
    client = visitor(nowhere, open_database(nowhere, clock), clock)
    for path, kind in (("/sign-in", "text/html"), ("/api/me", "application/problem+json")):
        answer = await client.get(path, headers={"Cookie": "session=" + "x" * 43, "Authorization": "Bearer lia_x"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), path
        assert answer.headers["content-type"].startswith(kind)


async def test_waiting_too_long_for_a_connection_is_told_to_come_again(
    settings: Settings, database: Database, clock: Clock
) -> None:
    url = settings.database_url.replace("postgresql://", "postgresql+psycopg://").replace(
        "sqlite:", "sqlite+aiosqlite:"
    )
    one = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    database.reader = one
    async with one.connect():
        answer = await visitor(settings, database, clock).get("/sign-in")
    await one.dispose()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


# --- whose request it is


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:3000"},
    ],
)
async def test_an_act_that_another_site_makes_with_our_cookies_is_refused(
    settings: Settings, database: Database, clock: Clock, world: World, headers: dict[str, str]
) -> None:
    browser = await signed_in(settings, database, clock, world.zhoumin)
    form = {"_csrf_token": browser.csrf, "language": "en"}
    assert (await browser.client.post("/account/language", data=form, headers=headers)).status_code == 403
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8000"}
    assert (await browser.client.post("/account/language", data=form, headers=ours)).status_code == 303


async def test_an_act_without_the_forms_token_is_refused(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await signed_in(settings, database, clock, world.zhoumin)
    assert (await browser.client.post("/account/language", data={"language": "en"})).status_code == 403


async def test_the_api_knows_tokens_only_and_pages_know_cookies_only(
    settings: Settings, database: Database, clock: Clock, world: World, anybody: httpx.AsyncClient
) -> None:
    browser = await signed_in(settings, database, clock, world.zhoumin)
    bearer = {"Authorization": f"Bearer {await token_of(database, world.liwb)}"}
    assert (await browser.client.get("/api/me")).status_code == 401
    assert (await browser.client.get("/api/me", headers={"Authorization": "Bearer lia_wrong"})).status_code == 401
    assert (await browser.client.get("/api/me", headers=bearer)).json()["name"] == world.liwb.name
    assert (await anybody.get("/account", headers=bearer)).status_code == 303


async def test_cookies_under_https_are_bound_to_host_and_https(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    secure = replace(settings, base_url=HTTPS)
    client = visitor(secure, database, clock)
    client.base_url = httpx.URL(HTTPS)
    answer = await client.get("/sign-in")
    csrf = answer.headers["set-cookie"]
    assert csrf.startswith("__Host-csrf=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(csrf.split("; "))
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    async with database.writing() as db:
        key = await sessions.open_session(db, world.zhoumin.id, user_agent="", source="", by_office=False)
    for name, status in (("session", 303), ("__Host-session", 200)):
        assert (await client.get("/account", headers={"Cookie": f"{name}={key}"})).status_code == status
    assert "strict-transport-security" not in (await visitor(settings, database, clock).get("/sign-in")).headers


# --- under which names the site answers


@pytest.mark.parametrize(
    ("host", "base_url", "fits"),
    [
        ("meetings.example", HTTPS, True),
        ("meetings.example:443", HTTPS, True),
        ("MEETINGS.example", HTTPS, True),
        ("meetings.example:8443", HTTPS, False),
        ("meetings.example:8443", "https://meetings.example:8443", True),
        ("evil.example", HTTPS, False),
        ("meetings.example.evil.example", HTTPS, False),
        ("meetings.example@evil.example", HTTPS, False),
        ("evil.example/meetings.example", HTTPS, False),
        ("localhost", HTTPS, True),
        ("127.0.0.1:8123", HTTPS, True),
        ("[::1]:8000", HTTPS, True),
        ("127.0.0.1:port", HTTPS, False),
        ("", HTTPS, False),
    ],
)
def test_a_host_is_ours_or_not(host: str, base_url: str, fits: bool) -> None:
    assert is_ours(host, base_url) is fits


@pytest.mark.parametrize("path", ["/sign-in", "/r/a.b.c", "/api/me", "/"])
async def test_another_host_is_refused_in_words(anybody: httpx.AsyncClient, path: str) -> None:
    answer = await anybody.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "http://127.0.0.1:8000" in answer.text
    assert "set-cookie" not in answer.headers


async def test_watchers_ask_whether_the_process_lives_under_any_name(anybody: httpx.AsyncClient) -> None:
    assert (await anybody.get("/healthz", headers={"Host": "10.0.0.7:8000"})).status_code == 200
