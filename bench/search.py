"""What a search costs on a site of a million things that can be found: pages and API, frequent and rare words, for viewers who see much and little.

The site of `bench.scale` at full size: 100,000 meetings with two agenda items each and 700,000 action items in a thousand mechanisms, 33,000 of
them in the officer's own. The index is built as a worker builds it. Each request is asked in process, one after the other, ROUNDS times; times
are medians of what passes, and the longest.

    uv run python -m bench.search [MEETINGS ACTIONS]

BENCH_DATABASE_URL names one empty PostgreSQL database; without it SQLite is measured.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from statistics import median
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from bench.feed import fetched
from bench.grown import NOW, Size, fill
from bench.scale import Site, site
from liaison.accounts.sessions import open_session
from liaison.accounts.tokens import create_token
from liaison.accounts.viewer import COMMAND_LINE
from liaison.app import create_app
from liaison.directory.models import Person
from liaison.mechanisms.models import Designation, Reader
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import queries, scheduling
from liaison.search import building

ROUNDS = 15
WORDS = {
    "in nine of ten": "工作",
    "in seven of ten, three pairs": "落实第",
    "in one of ten": "联席会议",
    "two words, both frequent": "工作 研究",
    "in one thing": "700项工作",
    "of another mechanism": "外区机制77",
    "in nothing": "没有的词",
}
FEW, MUCH = 1500, 1501
"""Somebody of one other mechanism, and a reader of a hundred."""


async def main(meetings: int, items: int) -> None:
    """Fill, build, ask."""
    async with site(os.environ.get("BENCH_DATABASE_URL", "")) as built:
        size = Size(meetings, items, meetings // 33, items // 33, 1000)
        await asyncio.to_thread(fill, built.database, None, size, built.officer_id)
        await build(built)
        viewers = {
            "the officer, 1 in 30": (built.key, built.token),
            "few, 1 in 1,000": await key_of(built, FEW),
            "a reader, 1 in 10": await key_of(built, MUCH),
        }
        app = create_app(built.database.settings, clock=built.database.clock, database=built.database)
        print(
            f"\n| {meetings} meetings, {items} action items: ms, median (longest) of {ROUNDS} | {' | '.join(viewers)} |"
        )
        print("|---" * (len(viewers) + 1) + "|")
        for name, words in WORDS.items():
            for what, path in (("page", f"/search?q={quote(words)}"), ("API, 100", f"/api/search?q={quote(words)}")):
                cells = [await timed(partial(ask, app, path, key)) for key in viewers.values()]
                print(f"| {name} ({words}), {what} | {' | '.join(cells)} |", flush=True)
        print(f"\nrenaming a meeting: {await timed(partial(rename, built))} ms")


async def build(built: Site) -> None:
    """As the worker does, counted from the beginning."""
    async with built.database.writing() as db:
        await building.begin_anew(db)
    begun, longest = time.perf_counter(), 0.0
    more = True
    while more:
        at = time.perf_counter()
        async with built.database.writing() as db:
            more = await building.build_some(db)
        longest = max(longest, time.perf_counter() - at)
    took = time.perf_counter() - begun
    async with built.database.writing() as db:
        count = await building.count(db)
        if built.database.is_sqlite:
            pages = await db.execute(text("SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%search%'"))
        else:
            pages = await db.execute(text("SELECT pg_total_relation_size('search_row')"))
        print(
            f"built: {count} rows in {took:.0f} s, {count / took:.0f} a second, at most {longest * 1000:.0f} ms at a time; {pages.scalar_one() / 1e6:.0f} MB"
        )
    if not built.database.is_sqlite:
        async with built.database.reader.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("VACUUM ANALYZE search_row"))


async def key_of(built: Site, person_id: int) -> tuple[str, str]:
    """A session and a token of a person who is made here."""
    async with built.database.writing() as db:
        if person_id == MUCH:
            db.add(Person(id=5000, name="查阅", agency_id=1, key="much"))
            await db.flush()
            db.add_all(
                Reader(person_id=5000, mechanism_id=n, starts_on=date(2020, 1, 1), ends_on=date(2030, 1, 1))
                for n in range(2, 102)
            )
            person_id = 5000
        else:
            db.add(
                Designation(
                    mechanism_id=500,
                    agency_id=501,
                    person_id=person_id,
                    role="principal",
                    starts_on=date(2020, 1, 1),
                    designated_at=NOW,
                )
            )
        await db.flush()
        key = await open_session(db, person_id, user_agent="bench", source="127.0.0.1", by_office=False)
        return key, await create_token(db, COMMAND_LINE, person_id)


async def ask(app: Any, path: str, key: Any) -> None:
    """One request that has to go well."""
    where, _, query = path.partition("?")
    session, token = key
    how = (
        [(b"authorization", f"Bearer {token}".encode())]
        if where.startswith("/api")
        else [(b"cookie", f"session={session}".encode())]
    )
    status, _, content = await fetched(app, where, how, query)
    assert status == 200, (path, status, content[:300])


async def rename(built: Site) -> None:
    """A change of what is found, saved."""
    async with built.database.writing() as db:
        viewer = await viewer_for(db, built.officer_id, via="web")
        assert viewer is not None
        meeting = await queries.get(db, viewer, built.meeting_id)
        await scheduling.change(db, viewer, meeting, title=f"改名{time.monotonic_ns()}")


async def timed(act: Callable[[], Awaitable[None]]) -> str:
    """Median and longest of a few, the first one left out."""
    await act()
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await act()
        took.append((time.perf_counter() - begun) * 1000)
    return f"{median(took):.0f} ({max(took):.0f})"


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:3])) if len(sys.argv) > 2 else main(100_000, 700_000))
