"""The ledger of referrals, 移送台账, small and large: the same pages of two sites, one with 100 leads between two agencies, one with as many as
asked for (100,000). The apps are called in process and in turn, so that what else the machine does meanwhile falls on both; cost is CPU a
request.

    uv run python -m bench.referrals [LEADS]

BENCH_DATABASE_URL names two empty PostgreSQL databases with a space between; without it SQLite is measured.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import text

from bench.feed import fetched
from bench.grown import NOW, put
from bench.scale import Site, following, measured, site
from liaison import migrate
from liaison.app import create_app
from liaison.notices.models import Addressee, Notice
from liaison.notices.wording import CATEGORY_NAMES

SMALL = 100
CATEGORIES = tuple(CATEGORY_NAMES)


def fill(of: Site, leads: int) -> None:
    """So many leads, one an hour back from now, from each of the two agencies in turn; the newest ten are open."""
    engine = migrate.sync_engine(of.database.settings)
    with engine.begin() as db:
        put(db, Notice, (notice_row(n, leads) for n in range(1, leads + 1)))
        put(db, Addressee, (addressee_row(n, leads) for n in range(1, leads + 1)))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def notice_row(n: int, leads: int) -> dict[str, object]:
    sent_at = NOW - timedelta(hours=leads - n + 1)
    return {
        "id": n, "mechanism_id": 1, "kind": "referral", "purpose": "action", "from_agency_id": 1 + n % 2, "subject": f"第{n}条线索",
        "text": "符合支持起诉条件，移送办理。", "deadline_days": 5, "written_at": sent_at, "sent_at": sent_at, "dated_on": sent_at.date(),
        "closed_at": sent_at + timedelta(days=3) if n <= leads - 10 else None, "case_code": f"移送-{n}",
        "category": CATEGORIES[n // 2 % len(CATEGORIES)],
    }  # fmt: skip


def addressee_row(n: int, leads: int) -> dict[str, object]:
    sent_at = NOW - timedelta(hours=leads - n + 1)
    ended = sent_at + timedelta(days=3) if n <= leads - 10 else None
    return {
        "notice_id": n, "from_agency_id": 1 + n % 2, "agency_id": 2 - n % 2, "is_referral": True, "asked": True,
        "dated_on": sent_at.date(), "arrived_on": sent_at.date(), "due_on": (sent_at + timedelta(days=7)).date(), "acknowledged_at": ended,
        "decision": "accepted" if ended else None, "decided_at": ended, "answered_at": ended, "settled_at": ended,
    }  # fmt: skip


async def asking(of: Site) -> dict[str, Callable[[], Awaitable[str]]]:
    """The officer's pages of the ledger, by what the table calls them."""
    app = create_app(of.database.settings, clock=of.database.clock, database=of.database)
    cookie = [(b"cookie", f"session={of.key}".encode()), (b"accept-language", b"zh-CN")]
    bearer = [(b"authorization", f"Bearer {of.token}".encode())]

    async def get(path: str, how: list[tuple[bytes, bytes]] = cookie) -> str:
        where, _, query = path.partition("?")
        status, _, content = await fetched(app, where, how, query)
        assert status == 200, (path, status, content[:500])
        return content.decode()

    second = following(await get("/referrals"))
    pages = {
        "first page": "/referrals",
        "second page": second,
        "one category": f"/referrals?category={CATEGORIES[0]}",
        "a category that has none": "/referrals?category=none",
        "what was received": "/referrals?direction=received",
        "what waits": "/referrals?state=sent",
        "what was declined": "/referrals?state=declined",
    }
    asks: dict[str, Callable[[], Awaitable[str]]] = {name: partial(get, path) for name, path in pages.items()}
    api = "/api/mechanisms/1/notices?limit=50"
    return {**asks, api: partial(get, api, bearer)}


async def main() -> None:
    """Fill both sites, measure them in turn; print one table and the scans."""
    leads = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    urls = os.environ.get("BENCH_DATABASE_URL", "").split() or ["", ""]
    async with site(urls[0]) as first, site(urls[1]) as second:
        began = time.perf_counter()
        fill(first, SMALL)
        fill(second, leads)
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        of_first, of_second = await asking(first), await asking(second)
        found = {name: await measured((first, second), (of_first[name], of_second[name])) for name in of_first}
        kind = "SQLite" if first.database.is_sqlite else "PostgreSQL"
    print(f"| {kind}: {SMALL} and {leads:,} referrals | statements | rows | CPU ms | ratio |\n|---|---|---|---|---|")
    for name, ((a, b), _) in found.items():
        counted = f"{a.statements} · {b.statements} | {a.rows} · {b.rows}"
        print(f"| {name} | {counted} | {a.cpu:.1f} · {b.cpu:.1f} | {b.cpu / a.cpu:.2f} |")


if __name__ == "__main__":
    asyncio.run(main())
