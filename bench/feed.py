"""What a calendar subscription costs: the 304 that nearly every fetch ends in, and the whole calendar.

The app is called in process, without a server before it; CPU is that of the process. The feed holds 40 meetings that were announced to
the person by name or through the agency, and 20 due action items.

    uv run python -m bench.feed
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bench.site import meeting_with, officer_of, row, site
from liaison.accounts import feed_links
from liaison.actions import assigning
from liaison.app import create_app
from liaison.directory.models import Person
from liaison.meetings import announcing, queries, scheduling
from liaison.meetings.asking import Asked

MEETINGS, ITEMS, ROUNDS, REQUESTS = 40, 20, 7, 200


async def main() -> None:
    """Measure and print one table."""
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
        async with database.writing() as db:
            path = (await feed_links.renew_feed(db, viewer)).removeprefix(database.settings.base_url)
        app = create_app(database.settings, clock=database.clock, database=database)
        status, headers, content = await fetched(app, path, [])
        assert status == 200, status
        tag = [(b"if-none-match", headers[b"etag"])]
        assert (await fetched(app, path, tag))[0] == 304
        unchanged = await measured(lambda: fetched(app, path, tag))
        whole = await measured(lambda: fetched(app, path, []), REQUESTS // 10)
    print(
        f"{MEETINGS} meetings and {ITEMS} due items, {len(content)} bytes; CPU a request, median of {ROUNDS} rounds\n"
    )
    print("| | median | least | most |\n|---|---|---|---|")
    print(row("304", unchanged))
    print(row("the whole calendar", whole))


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
