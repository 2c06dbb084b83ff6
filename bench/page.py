"""A meeting's page before it and after it, on SQLite: liaison's server beside Flask and SQLAlchemy, one process each.

Announced: 20 agenda items, 30 people asked. Held (bench/held.py): 20 agenda items with notes, 8 decisions, 30 action items, 16 people with
their answers and attendance, as the host's liaison finds it.

What is compared: `liaison serve` (uvicorn) and the Flask app of bench/flask_page.py (gunicorn, one worker) answer the same officer's GET of the same
meeting in the same database file, asked by the same client over four kept connections. The Flask app is written as one would write
it today: a blocking Session of its own for each request, entities by `select` with `joinedload` and `selectinload`, the session
cookie looked up and its age checked, the person's designations, memberships and readerships loaded, permission to see the meeting in
its WHERE clause, and the same content: agenda, answers by agency, who is missing, mails, sent notices, unsent changes, who holds an
office by now; of the held one notes, decisions, attendance, action items with how often they were carried over, and whom a new one can
be given to (bench/flask_held.py; what that page does not show, neither loads). It shares with liaison the tables' classes, the pure rules (who may, who is mailed, how answers are grouped) and the
templates, compiled and cached, so that both render the same page (checked: the same words in the same order). What liaison does
otherwise it does the common way: whole entities, statements put together where they are used, ordinary Jinja macros for the small
parts (parts.html, here) and Jinja's own escaping. It runs none of liaison's `async` code.
Each writes its access log. Litestar, its guards and security headers are in liaison's figure, as Flask is in Flask's. CPU is that of
the serving process.

    uv run --with flask --with gunicorn python -m bench.page
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from statistics import median

import httpx

from bench.held import held_meeting
from bench.site import cpu_seconds, free_port, meeting_with, officer_of, queries, site
from liaison.accounts.sessions import open_session
from liaison.meetings import announcing

ROUNDS, REQUESTS, CLIENTS = int(os.environ.get("ROUNDS", "5")), 150, 4


def seen(page: str) -> list[tuple[str, str]]:
    """The words a reader sees, in order, and every address; without this visit's secret."""
    page = re.sub(r'<meta name="csrf-token".*?>|<input type="hidden" name="_csrf_token".*?>', "", page)
    return re.findall(r'(?:href|action|formaction)="([^"]*)"|>([^<>]+)<', page)


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


async def compared(title: str, directory: str, path: str, key: str) -> None:
    """Ask both servers for one page, in turn, and print its table."""
    found: dict[str, list[tuple[float, float]]] = {"liaison": [], "flask": []}
    shown: dict[str, list[tuple[str, str]]] = {}
    for _ in range(ROUNDS):
        ports = free_port(), free_port()
        ours = [sys.executable, "-m", "liaison", "serve", "--no-worker", "--port", str(ports[0])]
        theirs = [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "1", "-k", "gthread", "--access-logfile", "-", "-b",
                  f"127.0.0.1:{ports[1]}", "bench.flask_page:flask_app()"]  # fmt: skip
        for name, command, port in (("liaison", ours, ports[0]), ("flask", theirs, ports[1])):
            rate, cpu, text = await measured(command, directory, port, path, key)
            shown[name] = seen(text)
            found[name].append((rate, cpu))
        assert shown["liaison"] == shown["flask"], "the two pages differ"
    print(f"| {title}, {ROUNDS} rounds of {REQUESTS} requests | requests/s | CPU ms/request |\n|---|---|---|")
    for name, values in found.items():
        print(f"| {name} | {median(v[0] for v in values):.0f} | {median(v[1] for v in values):.1f} |")
    pairs = list(zip(found["liaison"], found["flask"], strict=True))
    print(
        f"| ratio | {median(a[0] / b[0] for a, b in pairs):.2f} × | {median(b[1] / a[1] for a, b in pairs):.2f} × |\n"
    )


async def main() -> None:
    async with site() as database:
        held_id, holder_id = await held_meeting(database)
        meeting_id, officer_id = await meeting_with(database, 30, 20)
        async with database.writing() as db:
            viewer = await officer_of(database, db, officer_id)
            await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
            keys = [
                await open_session(db, one, user_agent="bench", source="127.0.0.1", by_office=True)
                for one in (officer_id, holder_id)
            ]
        directory = str(database.settings.data_dir)
        await compared("announced meeting", directory, f"/meetings/{meeting_id}", keys[0])
        await compared("held meeting", directory, f"/meetings/{held_id}", keys[1])


if __name__ == "__main__":
    asyncio.run(main())
