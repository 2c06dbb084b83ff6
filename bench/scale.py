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
import itertools
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Table, event, insert, select, text, update

from bench.feed import fetched
from bench.site import meeting_with, officer_of, queries
from liaison import migrate
from liaison.accounts import feed_links
from liaison.accounts.sessions import open_session
from liaison.accounts.tokens import create_token
from liaison.actions.models import ActionItem, Support
from liaison.app import create_app
from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings import announcing
from liaison.meetings.models import AgencyInvitation, AgendaItem, Announcement, Attendee, Meeting
from liaison.opening import open_database
from liaison.reminders.reminding import remind_due

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
"""A Thursday, 10:00 where the mechanism meets: reminders go, and no weekly digest."""
ROUNDS, AT_ONCE = 31, 10_000
OPEN, OWNED, DUE = 120, 20, 10
"""Action items of the officer's mechanism that are open; those of them that the officer owns; those due today."""
BIG = (
    "meeting", "action_item", "action_support", "attendee", "agency_invitation", "agenda_item", "announcement", "outbox_mail",
)  # fmt: skip


@dataclass(slots=True)
class Size:
    """How much there is in all, and how much of it in the officer's mechanism."""

    meetings: int
    items: int
    own_meetings: int
    own_items: int
    mechanisms: int


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


def fill(database: Database, had: Size | None, size: Size, officer_id: int) -> None:
    """Grow the site from one size to the next by bulk inserts; mechanism and agencies 1 and 2 are the officer's."""
    engine = migrate.sync_engine(database.settings)
    had = had or Size(1, 0, 1, 0, 1)
    with engine.begin() as db:
        said = db.execute(select(Announcement.snapshot).limit(1)).scalar_one()
        more = range(had.mechanisms + 1, size.mechanisms + 1)
        put(db, Agency, ({"id": n + 1, "short_name": f"机关{n}", "name": f"外区机关{n}"} for n in more))
        put(db, Person, ({"id": 1000 + n, "name": f"外人{n}", "agency_id": n + 1} for n in more))
        put(db, Mechanism, (mechanism_row(n) for n in more))
        put(db, Member, ({"mechanism_id": n, "agency_id": n + 1, "joined_on": date(1950, 1, 1)} for n in more))
        numbers = range(had.meetings + 1, size.meetings + 1)
        rows = list(meeting_rows(numbers, range(had.own_meetings, size.own_meetings), size.mechanisms))
        put(db, Meeting, rows)
        put(db, Attendee, (one for row in rows for one in attendee_rows(row, officer_id)))
        put(db, AgencyInvitation, (one for row in rows for one in slip_rows(row)))
        put(db, AgendaItem, (one for row in rows for one in agenda_rows(row)))
        put(db, Announcement, (announcement_row(row, said) for row in rows))
        put(db, OutboxMail, (mail_row(row) for row in rows))
        items = (range(had.items, size.items), range(had.own_items, size.own_items), rows, officer_id)
        put(db, ActionItem, item_rows(*items))
        put(db, Support, (support_row(row) for row in item_rows(*items) if row["id"] % 3 == 0))
        if engine.dialect.name == "postgresql":
            for model in (Agency, Person, Mechanism, Meeting, ActionItem):
                name = model.__tablename__
                db.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def put(db: Connection, model: Any, rows: Iterator[dict[str, Any]] | Sequence[dict[str, Any]]) -> None:
    """Insert the rows, many at once."""
    table: Table = model.__table__
    left = iter(rows)
    while some := list(itertools.islice(left, AT_ONCE)):
        db.execute(insert(table), some)


def mechanism_row(n: int) -> dict[str, Any]:
    return {
        "id": n, "name": f"外区机制{n}", "short_name": f"机制{n}", "timezone": "Asia/Shanghai", "region": "CN", "locale": "zh_CN",
        "lead_agency_id": n + 1, "deadlines": {},
    }  # fmt: skip


def meeting_rows(numbers: range, own: range, mechanisms: int) -> Iterator[dict[str, Any]]:
    """Held meetings: of the officer's mechanism one a week, back from now; of each other one a month, and one in ten to come."""
    for place, n in enumerate(numbers):
        if place < len(own):
            mechanism_id, starts_at = 1, NOW - timedelta(weeks=own[place])
        else:
            mechanism_id, turn = 2 + n % (mechanisms - 1), n // (mechanisms - 1)
            starts_at = NOW + timedelta(days=30 * (turn % 100 - 89), minutes=n % 600)
        held = starts_at if starts_at < NOW else None
        yield {
            "id": n, "mechanism_id": mechanism_id, "kind": "regular", "title": f"第{n}次联席会议", "timezone": "Asia/Shanghai",
            "local_start": starts_at.replace(tzinfo=None) + timedelta(hours=8), "duration_minutes": 120, "starts_at": starts_at,
            "host_agency_id": mechanism_id if mechanism_id == 1 else mechanism_id + 1, "location": "第一会议室",
            "created_at": starts_at - timedelta(days=30), "uid": f"bench-{n}", "sequence": 0,
            "dtstamp": starts_at - timedelta(days=20), "announced_at": starts_at - timedelta(days=20), "held_at": held,
        }  # fmt: skip


def attendee_rows(meeting: dict[str, Any], officer_id: int) -> Iterator[dict[str, Any]]:
    """Three people each; the officer at every meeting of the own mechanism."""
    own = meeting["mechanism_id"] == 1
    for each in range(3):
        yield {
            "meeting_id": meeting["id"], "starts_at": meeting["starts_at"], "name": f"人员{each}",
            "agency_id": 1 + each % 2 if own else meeting["host_agency_id"],
            "person_id": officer_id + each if own else 1000 + meeting["mechanism_id"], "partstat": "accepted",
        }  # fmt: skip


def slip_rows(meeting: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Both agencies of the officer's mechanism are asked to each of its meetings, of each other one its host."""
    for agency_id in (1, 2) if meeting["mechanism_id"] == 1 else (meeting["host_agency_id"],):
        yield {"meeting_id": meeting["id"], "agency_id": agency_id, "seats": 2, "returned_at": meeting["dtstamp"]}


def agenda_rows(meeting: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for position in (1, 2):
        yield {
            "meeting_id": meeting["id"], "position": position, "title": f"研究第{position}项工作", "purpose": "study",
            "proposed_at": meeting["created_at"],
        }  # fmt: skip


def announcement_row(meeting: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """As `said` of the meeting to come."""
    snapshot = {**said, "title": meeting["title"], "local_start": meeting["local_start"].isoformat(), "addressees": []}
    return {
        "meeting_id": meeting["id"], "uid": meeting["uid"], "sequence": 0, "dtstamp": meeting["dtstamp"], "method": "REQUEST",
        "occasion": "invited", "snapshot": snapshot, "at": meeting["dtstamp"],
    }  # fmt: skip


def mail_row(meeting: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "meeting", "about": f"meeting:{meeting['id']}", "address": "a@unit.qingzhi.example", "locale": "zh_CN",
        "display_to": "a@unit.qingzhi.example", "state": "sent", "created_at": meeting["dtstamp"], "priority": 5,
        "next_try_at": meeting["dtstamp"], "final_at": meeting["dtstamp"], "thread": meeting["uid"], "in_doubt": False,
    }  # fmt: skip


def item_rows(
    numbers: range, own: range, meetings: Sequence[dict[str, Any]], officer_id: int
) -> Iterator[dict[str, Any]]:
    """Ended items of the mechanisms' meetings; of the own the first OPEN are open, of the others one in ten."""
    mine = [one for one in meetings if one["mechanism_id"] == 1]
    theirs = [one for one in meetings if one["mechanism_id"] != 1]
    today = NOW.date()
    for place, n in enumerate(numbers):
        is_own = place < len(own)
        meeting = (mine if is_own else theirs)[place % len(mine if is_own else theirs)]
        at: datetime = min(meeting["starts_at"], NOW - timedelta(days=7))
        due_on: date | None = at.date() + timedelta(days=30)
        is_open = n < OPEN if is_own else n % 10 == 0
        remind_on = None
        if is_open and is_own:
            due_on = today + timedelta(days=max(0, n - DUE + 1)) if n % 6 else None
            remind_on = today if due_on == today else due_on
        elif is_open:
            due_on = remind_on = today + timedelta(days=10 + n % 300)
        yield {
            "id": n + 1, "mechanism_id": meeting["mechanism_id"], "meeting_id": meeting["id"], "title": f"落实第{n}项工作",
            "lead_agency_id": 1 + n % 2 if is_own else meeting["host_agency_id"],
            "owner_id": (officer_id + (0 if n < OWNED else n % 10)) if is_own else 1000 + meeting["mechanism_id"],
            "due_on": due_on, "assigned_on": at.date(), "assigned_at": at, "remind_on": remind_on,
            "ended_at": None if is_open else at + timedelta(days=20), "ended_how": None if is_open else "done",
        }  # fmt: skip


def support_row(item: dict[str, Any]) -> dict[str, Any]:
    """By the other of the officer's two agencies."""
    return {"action_item_id": item["id"], "agency_id": 1 if item["lead_agency_id"] == 2 else 2}


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
