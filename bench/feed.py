"""What a calendar subscription costs: the 304 that nearly every fetch ends in, and the whole calendar.

First in process, without a server before it: a feed of 40 meetings and 20 due action items, then feeds of 100, 1,000 and 10,000
meetings that ask one person by name. "Somebody acted" is a 304 right after an act elsewhere on the site, which this process cannot tell
from one that matters; "written anew" is the calendar as long as no worker wrote its texts. CPU is that of the process.

Then `liaison serve` beside Radicale, one process each: the same 1,000 meetings, as a subscription here and as a collection there,
fetched whole by the same client over one kept connection, uncompressed. Radicale is given the calendar as liaison writes it, has filled
its own cache before it is measured, and keeps no access log. CPU is that of the serving process, its children included.

    uv run --with radicale python -m bench.feed
"""

import asyncio
import importlib.metadata
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx
import icalendar
from sqlalchemy import insert, select

from bench.site import cpu_seconds, free_port, meeting_with, officer_of, queries, row, site
from liaison import worker
from liaison.accounts import feed_links
from liaison.actions import assigning
from liaison.app import create_app
from liaison.composers import COMPOSERS
from liaison.db import Database, Session
from liaison.directory.models import Person
from liaison.meetings import announcing, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Announcement, Attendee, Meeting

MEETINGS, ITEMS, ROUNDS, REQUESTS = 40, 20, 7, 200
SIZES, COMPARED = (100, 1_000, 10_000), 1_000


async def main() -> None:
    """Measure and print three tables."""
    await usual()
    await by_size()
    await beside_radicale()


async def usual() -> None:
    """A feed as a busy officer has it."""
    async with site() as database:
        meeting_id, officer_id = await meeting_with(database, 10)
        async with database.writing() as db:
            viewer = await officer_of(database, db, officer_id)
            first = await queries.get(db, viewer, meeting_id)
            person = await db.get_one(Person, officer_id)
            for n in range(MEETINGS):
                asked = Asked(person_id=officer_id) if n % 2 else Asked(agency_id=person.agency_id, seats=2)
                start = datetime.combine(db.now().date() + timedelta(days=n + 1), datetime.min.time()).replace(hour=14)
                meeting = await scheduling.schedule(
                    db,
                    viewer,
                    first.mechanism_id,
                    kind="regular",
                    title=f"第{n + 1}次联席会议",
                    local_start=start,
                    duration_minutes=120,
                    location="第一会议室",
                    asked=[asked],
                )
                await announcing.send(db, viewer, meeting)
            for n in range(ITEMS):
                await assigning.assign(
                    db,
                    viewer,
                    first.mechanism_id,
                    title=f"落实第{n + 1}项工作",
                    lead_agency_id=person.agency_id,
                    owner_id=officer_id,
                    due_on=db.now().date() + timedelta(days=n + 1),
                )
        await worker.keep_feed_texts(worker.work_for(database, COMPOSERS))
        costs, size = await costs_of(database, officer_id)
    print(f"{MEETINGS} meetings and {ITEMS} due items, {size} bytes; CPU a request, median of {ROUNDS} rounds\n")
    print("| | median | least | most |\n|---|---|---|---|")
    for name, values in costs.items():
        print(row(name, values))


async def by_size() -> None:
    """Feeds of more and more meetings."""
    found = []
    for meetings in SIZES:
        async with site() as database:
            officer_id = await filled(database, meetings)
            anew, _ = await costs_of(database, officer_id, only_whole=True)
            await worker.keep_feed_texts(worker.work_for(database, COMPOSERS))
            costs, size = await costs_of(database, officer_id)
            costs["the whole calendar, written anew"] = anew["the whole calendar"]
            found.append((size, {name: median(values) for name, values in costs.items()}))
    print(
        f"\n| CPU ms a request, median of {ROUNDS} rounds |"
        + "".join(f" {n:,} meetings |" for n in SIZES)
        + " last : first |"
    )
    print("|---|" + "---|" * (len(SIZES) + 1))
    print("| bytes |" + "".join(f" {size:,} |" for size, _ in found) + " |")
    for name in found[0][1]:
        values = [costs[name] for _, costs in found]
        print(f"| {name} |" + "".join(f" {value:.1f} |" for value in values) + f" {values[-1] / values[0]:.2f} × |")


async def costs_of(
    database: Database, officer_id: int, *, only_whole: bool = False
) -> tuple[dict[str, list[float]], int]:
    """CPU milliseconds of each kind of fetch, one figure a round, and the size of the calendar."""
    async with database.writing() as db:
        path = await address_of(db, database, officer_id)
    app = create_app(database.settings, clock=database.clock, database=database)
    status, headers, content = await fetched(app, path, [])
    assert status == 200, status
    fetches = max(1, 20_000 // (len(content) // 100))
    costs = {"the whole calendar": await measured(lambda: fetched(app, path, []), min(fetches, REQUESTS // 10))}
    if only_whole:
        return costs, len(content)
    tag = [(b"if-none-match", headers[b"etag"])]

    async def unchanged() -> None:
        assert (await fetched(app, path, tag))[0] == 304

    def somebody_acted() -> Awaitable[None]:
        app.state.feeds.seen.clear()  # what an act elsewhere comes to, without the act's own cost
        return unchanged()

    costs = {
        "304": await measured(unchanged),
        "304, somebody acted": await measured(somebody_acted, min(fetches, REQUESTS)),
        **costs,
    }
    return costs, len(content)


async def address_of(db: Session, database: Database, officer_id: int) -> str:
    """The path of a new feed of the officer's."""
    viewer = await officer_of(database, db, officer_id)
    return (await feed_links.renew_feed(db, viewer)).removeprefix(database.settings.base_url)


async def filled(database: Database, meetings: int) -> int:
    """A site whose officer is asked by name to so many meetings around today, each announced like the first; the officer's id."""
    meeting_id, officer_id = await meeting_with(database, 10)
    async with database.writing() as db:
        viewer = await officer_of(database, db, officer_id)
        await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
    async with database.writing() as db:
        said = (await db.execute(select(Announcement.snapshot))).scalar_one()
        rows = list(meeting_rows(meetings, db.now()))
        await db.execute(insert(Meeting), rows)
        await db.execute(insert(Attendee), [
            {"meeting_id": one["id"], "starts_at": one["starts_at"], "agency_id": 1, "person_id": officer_id, "name": "人员0"}
            for one in rows
        ])  # fmt: skip
        await db.execute(insert(Announcement), [
            {
                "meeting_id": one["id"], "uid": one["uid"], "sequence": 0, "dtstamp": one["dtstamp"], "method": "REQUEST",
                "occasion": "invited", "at": one["dtstamp"],
                "snapshot": {**said, "title": one["title"], "local_start": one["local_start"].isoformat()},
            }
            for one in rows
        ])  # fmt: skip
    return officer_id


def meeting_rows(meetings: int, now: datetime) -> Iterator[dict[str, Any]]:
    """From 300 days ago to 60 days ahead."""
    day = datetime(now.year, now.month, now.day, 6, tzinfo=UTC)
    for n in range(meetings):
        starts_at = day + timedelta(days=60 - n % 360, minutes=n // 360)
        yield {
            "id": 100 + n, "mechanism_id": 1, "kind": "regular", "title": f"第{n}次联席会议", "timezone": "Asia/Shanghai",
            "local_start": starts_at.replace(tzinfo=None) + timedelta(hours=8), "duration_minutes": 120, "starts_at": starts_at,
            "host_agency_id": 1, "location": "第一会议室", "created_at": now, "uid": f"{n:032x}", "sequence": 0,
            "dtstamp": day - timedelta(days=301), "announced_at": day - timedelta(days=301),
        }  # fmt: skip


async def beside_radicale() -> None:
    """Both servers serve the same meetings."""
    async with site() as database:
        officer_id = await filled(database, COMPARED)
        async with database.writing() as db:
            path = await address_of(db, database, officer_id)
        await worker.keep_feed_texts(worker.work_for(database, COMPOSERS))
        directory = str(database.settings.data_dir)
        key = database.settings.secret_key
        with tempfile.TemporaryDirectory() as folder:
            found = await compared(directory, key, path, folder)
    version = importlib.metadata.version("radicale")
    print(
        f"\n| {COMPARED:,} meetings whole, {ROUNDS} rounds | requests per CPU second | least | most |\n|---|---|---|---|"
    )
    for name, costs in found.items():
        rates = [1000 / cost for cost in costs]
        print(
            f"| {name.replace('radicale', f'Radicale {version}')} | {median(rates):.2f} | {min(rates):.2f} | {max(rates):.2f} |"
        )
    ratios = [b / a for a, b in zip(found["liaison"], found["radicale"], strict=True)]
    print(f"| ratio liaison : Radicale | {median(ratios):.1f} × | {min(ratios):.1f} | {max(ratios):.1f} |")


async def compared(directory: str, key: str, path: str, folder: str) -> dict[str, list[float]]:
    """CPU milliseconds of a whole fetch from each server, one figure a round, in turn."""
    ports = free_port(), free_port()
    ours = [sys.executable, "-m", "liaison", "serve", "--no-worker", "--port", str(ports[0])]
    theirs = [
        sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{ports[1]}", "--auth-type", "none",
        "--storage-filesystem-folder", folder, "--logging-level", "error",
    ]  # fmt: skip
    environ = {"LIAISON_DATA_DIR": directory, "LIAISON_SECRET_KEY": key}
    collection = "/bench/calendar/"
    found: dict[str, list[float]] = {"liaison": [], "liaison 304": [], "radicale": []}
    async with serving(ours, ports[0], environ) as liaison, serving(theirs, ports[1], {}) as radicale:
        answer = await liaison.client.get(path)
        answer.raise_for_status()
        tag = {"If-None-Match": answer.headers["etag"]}
        stored = await radicale.client.put(
            collection, content=answer.content, headers={"Content-Type": "text/calendar; charset=utf-8"}
        )
        assert stored.status_code == 201, stored.text
        uids = [uids_in(answer.content), uids_in((await radicale.client.get(collection)).content)]
        assert uids[0] == uids[1], "the two serve different meetings"
        assert len(uids[0]) == COMPARED
        for _ in range(ROUNDS):
            found["liaison"].append(await liaison.cost(path, 40))
            found["liaison 304"].append(await liaison.cost(path, 400, tag))
            found["radicale"].append(await radicale.cost(collection, 4))
    return found


def uids_in(calendar: bytes) -> set[str]:
    return {str(event["UID"]) for event in icalendar.Calendar.from_ical(calendar).walk("VEVENT")}


@dataclass(slots=True)
class Server:
    """A server that runs, and the one client that asks it."""

    process: subprocess.Popen[bytes]
    client: httpx.AsyncClient

    async def cost(self, path: str, requests: int, headers: dict[str, str] | None = None) -> float:
        """CPU milliseconds of one request."""
        before = cpu_seconds(self.process.pid)
        for _ in range(requests):
            assert (await self.client.get(path, headers=headers)).status_code == (304 if headers else 200)
        return (cpu_seconds(self.process.pid) - before) * 1000 / requests


@asynccontextmanager
async def serving(command: list[str], port: int, environ: dict[str, str]) -> Any:
    """The server, once it answers."""
    process = subprocess.Popen(command, env=os.environ | environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: ASYNC220
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            timeout=120,
            auth=("bench", "x"),
            headers={"Accept-Encoding": "identity"},
        ) as client:
            while process.poll() is None:
                try:
                    await client.get("/")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
            yield Server(process, client)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


async def measured(ask: Callable[[], Awaitable[Any]], requests: int = REQUESTS) -> list[float]:
    """CPU milliseconds a request, one figure a round."""
    found = []
    for _ in range(ROUNDS):
        before = time.process_time()
        for _ in range(requests):
            await ask()
        found.append((time.process_time() - before) * 1000 / requests)
    return found


async def fetched(
    app: Any, path: str, headers: list[tuple[bytes, bytes]], query: str = ""
) -> tuple[int, dict[bytes, bytes], bytes]:
    """One GET, as a server hands it to the app."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8000"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


if __name__ == "__main__":
    asyncio.run(main())
