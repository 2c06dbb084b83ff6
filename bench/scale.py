"""What a site that has grown costs its officers: pages, API lists, the feed and the reminders, small and large.

Two sites are filled alike, with 100 meetings and 1,000 action items; then one is grown to as many as asked for (100,000 and
1,000,000). Most of them are other mechanisms'; three in a hundred are the past of the officer's own mechanism, which met every week.
What is open, due or still to come for the officer is the same in both. The apps are called in process and in turn, so that what else
the machine does meanwhile falls on both; cost is CPU a request, that of PostgreSQL's backends included where they run on this machine
(Linux). Rows are what the statements of one request give. Below the table stands every statement that reads a table that grows from
one end to the other.

    uv run python -m bench.scale [MEETINGS ACTIONS]

BENCH_DATABASE_URL names two empty PostgreSQL databases with a space between, which keep what was filled in; without it SQLite is
measured.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from html import unescape
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event, text, update

from bench.feed import fetched
from bench.grown import NOW, Size, fill
from bench.site import meeting_with, officer_of, queries
from liaison import migrate
from liaison.accounts import feed_links
from liaison.accounts.sessions import open_session
from liaison.accounts.tokens import create_token
from liaison.app import create_app
from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.db import Database
from liaison.mechanisms.models import Member
from liaison.meetings import announcing
from liaison.opening import open_database
from liaison.reminders.reminding import remind_due

ROUNDS = 31
BIG = (
    "meeting", "action_item", "action_support", "attendee", "agency_invitation", "agenda_item", "announcement", "outbox_mail",
)  # fmt: skip


@dataclass(slots=True)
class Cost:
    """What one request takes."""

    statements: int
    rows: int
    cpu: float


@dataclass(slots=True)
class Site:
    """A site with the meeting to come of `bench.site`, and its officer, who may ask by cookie, token and feed."""

    database: Database
    meeting_id: int
    officer_id: int
    key: str
    token: str
    feed: str


@asynccontextmanager
async def site(url: str) -> AsyncIterator[Site]:
    """A migrated site whose clock stands still, with nothing but the meeting to come."""
    with tempfile.TemporaryDirectory() as directory:
        settings = checked(Settings(data_dir=Path(directory), database_url=url, secret_key="b" * 40))
        if url and migrate.revision_of(settings) is not None:
            raise SystemExit("BENCH_DATABASE_URL: a database is not empty.")
        migrate.bring_to_head(settings, backup=False)
        database = open_database(settings, Clock(NOW))
        meeting_id, officer_id = await meeting_with(database, 10)
        async with database.writing() as db:
            await db.execute(update(Member).values(joined_on=date(1950, 1, 1)))
            viewer = await officer_of(database, db, officer_id)
            await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
            key = await open_session(db, officer_id, user_agent="bench", source="127.0.0.1", by_office=True)
            token = await create_token(db, viewer, officer_id)
            feed = (await feed_links.renew_feed(db, viewer)).removeprefix(settings.base_url)
        yield Site(database, meeting_id, officer_id, key, token, feed)
        await database.dispose()


@contextmanager
def asked_of(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every statement the database is asked in the block, with its parameters."""
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        asked.append((statement, parameters))

    engines = {database.reader.sync_engine, database.writer.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def rows_and_scans(database: Database, asked: Sequence[tuple[str, Any]]) -> tuple[int, list[str]]:
    """How many rows the statements give, and those statements that read a big table from one end to the other."""
    rows, scans = 0, []
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    async with database.reader.connect() as db:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                rows += len((await db.exec_driver_sql(statement, parameters)).all())
            if statement.startswith(("SELECT", "UPDATE")):
                lines = await db.exec_driver_sql(f"{explain} {statement}", parameters)
                plan = [" ".join(map(str, row)) for row in lines]
                if any(is_scan(line) for line in plan):
                    short = re.sub(r"\ASELECT .*?\s+FROM", "SELECT … FROM", statement, flags=re.S)
                    scans.append("\n".join([short, *plan]))
    return rows, scans


def is_scan(line: str) -> bool:
    """Whether a line of a plan reads a big table from one end to the other, in the order of an index or without."""
    found = re.search(r"\bSCAN (\w+)|Seq Scan on (\w+)", line)
    return found is not None and re.sub(r"_\d+$", "", found[1] or found[2]) in BIG


class Spent:
    """CPU of this process and, on this machine, of PostgreSQL's backends, in milliseconds."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.backends: list[Path] = []

    async def find(self) -> None:
        if not self.database.is_sqlite:
            async with self.database.reader.connect() as db:
                pids = await db.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
                self.backends = [path for pid in pids if (path := Path(f"/proc/{pid}/schedstat")).exists()]

    def now(self) -> float:
        return time.process_time() * 1000 + sum(int(path.read_text().split()[0]) / 1e6 for path in self.backends)


async def asking(site: Site) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Every request of the officer, and the reminders' round, by what the table calls it."""
    database = site.database
    app = create_app(database.settings, clock=database.clock, database=database)
    cookie = [(b"cookie", f"session={site.key}".encode()), (b"accept-language", b"zh-CN")]
    bearer = [(b"authorization", f"Bearer {site.token}".encode())]

    async def get(path: str, how: list[tuple[bytes, bytes]] = cookie) -> str:
        where, _, query = path.partition("?")
        status, _, content = await fetched(app, where, how, query)
        assert status == 200, (path, status, content[:500])
        return content.decode()

    async def remind() -> None:
        async with database.session(database.writer) as db:
            assert await remind_due(db) > 0
            await db.rollback()

    meetings, ledger = await get("/meetings"), await get("/actions")
    pages = {
        "the desk": "/",
        "meetings": "/meetings",
        "meetings, second page": following(meetings),
        "a meeting to come": f"/meetings/{site.meeting_id}",
        "a meeting held": re.findall(r'<h3><a href="(/meetings/\d+)"', meetings)[-1],
        "ledger": "/actions",
        "ledger, second page": following(ledger),
        "ledger, what is done": "/actions?status=done",
        "an action item": re.findall(r'href="(/actions/\d+)"', ledger)[0],
        "the mechanism": "/mechanisms/1",
    }
    asks: dict[str, Callable[[], Awaitable[Any]]] = {name: partial(get, path) for name, path in pages.items()}
    asks |= {path: partial(get, path, bearer) for path in ("/api/meetings?limit=50", "/api/action-items?limit=100")}
    return {**asks, "the feed": partial(get, site.feed, []), "the reminders": remind}


async def measured(sites: Sequence[Site], asks: Sequence[Callable[[], Awaitable[Any]]]) -> tuple[list[Cost], list[str]]:
    """What the same request takes at each site, and its scans at the last."""
    costs, spent, scans = [], [], []
    for site, ask in zip(sites, asks, strict=True):
        await ask()
        with asked_of(site.database) as asked:
            await ask()
        rows, scans = await rows_and_scans(site.database, asked)
        costs.append(Cost(len(asked), rows, 0.0))
        spent.append(Spent(site.database))
        await spent[-1].find()
    found: list[list[float]] = [[] for _ in sites]
    for _ in range(ROUNDS):
        for ask, clock, times in zip(asks, spent, found, strict=True):
            before = clock.now()
            await ask()
            times.append(clock.now() - before)
    for cost, times in zip(costs, found, strict=True):
        cost.cpu = median(times)
    return costs, scans


def following(page: str) -> str:
    """The next page's address."""
    return unescape(re.findall(r'href="([^"]+)" rel="next"', page)[0])


async def main() -> None:
    """Fill both sites, grow one, measure them in turn; print one table and the scans."""
    meetings, items = (int(each) for each in (sys.argv[1:3] or ["100000", "1000000"]))
    small = Size(100, 1000, 80, 600, 5)
    large = Size(meetings, items, max(80, meetings * 3 // 100), max(600, items * 3 // 100), max(5, meetings // 100))
    urls = os.environ.get("BENCH_DATABASE_URL", "").split() or ["", ""]
    async with site(urls[0]) as first, site(urls[1]) as second:
        began = time.perf_counter()
        for each in (first, second):
            fill(each.database, None, small, each.officer_id)
        fill(second.database, small, large, second.officer_id)
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        of_first, of_second = await asking(first), await asking(second)
        found = {name: await measured((first, second), (of_first[name], of_second[name])) for name in of_first}
        kind = "SQLite" if first.database.is_sqlite else "PostgreSQL"
    print(f"| {kind}: 100 and {meetings:,} meetings | statements | rows | CPU ms | ratio |\n|---|---|---|---|---|")
    for name, ((a, b), _) in found.items():
        counted = f"{a.statements} · {b.statements} | {a.rows} · {b.rows}"
        print(f"| {name} | {counted} | {a.cpu:.1f} · {b.cpu:.1f} | {b.cpu / a.cpu:.2f} |")
    for name, (_, scans) in found.items():
        for statement in scans:
            print(f"\n{name}:\n{statement}")


if __name__ == "__main__":
    asyncio.run(main())
