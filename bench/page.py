"""A meeting's page (20 agenda items, 30 people asked, SQLite): liaison's server beside Flask and SQLAlchemy doing the same work.

Both answer with the same bytes from the same template after the same session, permission and content statements; Flask runs them on
SQLAlchemy's own blocking session. Each is a process of its own (uvicorn; gunicorn with one worker), asked by one client over kept
connections; CPU is that of the process.

    uv run --with flask --with gunicorn python -m bench.page
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import httpx
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session as SyncSession

from bench.site import meeting_with, officer_of, queries, site
from liaison.accounts import sessions
from liaison.accounts.sessions import open_session
from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import announcing
from liaison.meetings.routes.show import show_meeting
from liaison.paths import data_dir
from liaison.site import trial_address
from liaison.web.assets import Assets

ROUNDS, REQUESTS, CLIENTS = 5, 150, 4


class Blocking:
    """The session that verbs and queries are given, answered at once by SQLAlchemy's blocking one."""

    def __init__(self, session: SyncSession, settings: Settings, clock: Clock) -> None:
        self.session, self.settings, self.clock, self.info = session, settings, clock, session.info

    def now(self) -> Any:
        return self.clock.now()

    async def execute(self, *args: Any, **more: Any) -> Any:
        return self.session.execute(*args, **more)

    async def scalars(self, *args: Any, **more: Any) -> Any:
        return self.session.scalars(*args, **more)

    async def get(self, *args: Any, **more: Any) -> Any:
        return self.session.get(*args, **more)


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never really waits."""
    try:
        while True:
            work.send(None)
    except StopIteration as done:
        return done.value


def flask_app() -> Any:
    """The same page behind Flask; gunicorn calls this."""
    import flask

    settings = checked(Settings(data_dir=Path(os.environ["BENCH_DIR"]), secret_key="b" * 40))
    engine = create_engine(f"sqlite:///{settings.sqlite_path}")

    @event.listens_for(engine, "connect")
    def connect(raw: Any, record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000"):
            raw.execute(f"PRAGMA {pragma}")

    app = flask.Flask("bench")
    state = SimpleNamespace(settings=settings, clock=Clock(), assets=Assets(data_dir("static")))

    @app.get("/meetings/<int:meeting_id>")
    def page(meeting_id: int) -> Any:
        asked = flask.request
        with SyncSession(engine, expire_on_commit=False) as session:
            db: Any = Blocking(session, settings, state.clock)
            trial = at_once(trial_address(db))
            opened = at_once(sessions.session_of(db, asked.cookies["session"]))
            viewer = at_once(viewer_for(db, opened.person_id, via="web", session_id=opened.id))
            request: Any = SimpleNamespace(
                state=SimpleNamespace(viewer=viewer, trial_address=trial),
                app=SimpleNamespace(state=state),
                query_params=asked.args,
                cookies=asked.cookies,
                headers={name.lower(): value for name, value in asked.headers.items()},
                url=SimpleNamespace(path=asked.path, query=asked.query_string.decode()),
                method="GET",
                scope={"state": {}},
            )
            response = at_once(show_meeting.fn(request, db, viewer, meeting_id))
            return flask.Response(response.content, mimetype="text/html")

    return app


async def measured(command: list[str], directory: str, port: int, path: str, key: str) -> tuple[float, float, str]:
    """(requests a second, CPU milliseconds a request, the page) of one server that is started, asked and stopped."""
    environ = os.environ | {"BENCH_DIR": directory, "LIAISON_DATA_DIR": directory, "LIAISON_SECRET_KEY": "b" * 40}
    process = subprocess.Popen(  # noqa: ASYNC220
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    headers = {"Cookie": f"session={key}", "Accept-Language": "zh-CN"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client:
            while True:
                try:
                    text = (await client.get(path)).text
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
            for _ in range(20):
                assert (await client.get(path)).status_code == 200
            left = [None] * REQUESTS

            async def ask() -> None:
                while left:
                    left.pop()
                    assert (await client.get(path)).status_code == 200

            cpu, wall = cpu_seconds(process.pid), time.perf_counter()
            await asyncio.gather(*(ask() for _ in range(CLIENTS)))
            wall, cpu = time.perf_counter() - wall, cpu_seconds(process.pid) - cpu
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    return REQUESTS / wall, cpu / REQUESTS * 1000, text


def cpu_seconds(pid: int) -> float:
    """CPU of a process and its children so far (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = sum(
        sum(map(int, Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        for each in [pid, *children]
    )
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def main() -> None:
    async with site() as database:
        meeting_id, officer_id = await meeting_with(database, 30, 20)
        async with database.writing() as db:
            viewer = await officer_of(database, db, officer_id)
            await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
            key = await open_session(db, officer_id, user_agent="bench", source="127.0.0.1", by_office=True)
        directory, path = str(database.settings.data_dir), f"/meetings/{meeting_id}"
        found: dict[str, list[tuple[float, float]]] = {"liaison": [], "flask": []}
        for _ in range(ROUNDS):
            ports = free_port(), free_port()
            ours = [sys.executable, "-m", "liaison", "serve", "--no-worker", "--port", str(ports[0])]
            theirs = [
                sys.executable,
                "-m",
                "gunicorn",
                "-w",
                "1",
                "--threads",
                "1",
                "-k",
                "gthread",
                "-b",
                f"127.0.0.1:{ports[1]}",
                "bench.page:flask_app()",
            ]
            for name, command, port in (("liaison", ours, ports[0]), ("flask", theirs, ports[1])):
                rate, cpu, text = await measured(command, directory, port, path, key)
                assert "第四季度联席会议" in text
                found[name].append((rate, cpu))
        print(f"| meeting page, {ROUNDS} rounds of {REQUESTS} requests | requests/s | CPU ms/request |\n|---|---|---|")
        for name, values in found.items():
            print(f"| {name} | {median(v[0] for v in values):.0f} | {median(v[1] for v in values):.1f} |")
        pairs = list(zip(found["liaison"], found["flask"], strict=True))
        print(
            f"| ratio | {median(a[0] / b[0] for a, b in pairs):.2f} × | {median(b[1] / a[1] for a, b in pairs):.2f} × |"
        )


if __name__ == "__main__":
    asyncio.run(main())
