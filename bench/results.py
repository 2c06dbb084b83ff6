"""Reports over ten years of 2,000 mechanisms, and a table of 10,000 rows taken in, on SQLite.

uv run python -m bench.results
"""

import asyncio
import gc
import resource
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from bench.site import meeting_with, officer_of, row, site
from liaison.accounts.viewer import COMMAND_LINE
from liaison.db import Database
from liaison.directory.models import Agency
from liaison.documents.tables import csv_rows
from liaison.mechanisms.models import Mechanism, Member
from liaison.results import queries, reporting, taking_in
from liaison.results.models import Outcome
from liaison.results.outcome_table import read

MECHANISMS, YEARS, A_YEAR, ROUNDS = 2000, 10, 16, 9
ROWS = 10_000
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
GROUPS, CAUSES = ("农民工", "老年人", "未成年人"), ("追索劳动报酬", "追索赡养费", "追索抚养费")


def lines(mechanism_ids: list[int], agency_id: int) -> Iterator[dict[str, Any]]:
    """Ten years of cases in each mechanism."""
    for mechanism_id in mechanism_ids:
        for n in range(YEARS * A_YEAR):
            kind = n % 3
            yield {
                "mechanism_id": mechanism_id, "agency_id": agency_id, "case_code": f"案{n}", "version": 1, "counts": True,
                "closed_on": date(2016, 1, 4) + timedelta(days=n * 365 // A_YEAR), "cases": 1, "people": 1 + kind,
                "beneficiary_group": GROUPS[kind], "cause": CAUSES[kind], "result": "采纳", "amount_recovered": None,
                "entered_at": LONG_AGO + timedelta(days=5000), "changed_at": LONG_AGO,
            }  # fmt: skip


async def filled(database: Database) -> tuple[int, int]:
    """Everything; (an officer of a member of all of them, the first mechanism)."""
    mechanism_id, officer_id = await meeting_with(database, 4, members=2)
    async with database.writing() as db:
        mechanism_id = (await db.execute(select(Mechanism.id))).scalar_one()
        first = await db.get_one(Mechanism, mechanism_id)
        agency_id, same = (
            first.lead_agency_id,
            {"timezone": first.timezone, "region": first.region, "locale": first.locale},
        )
        given = {**same, "lead_agency_id": agency_id, "deadlines": {}, "version": 1}
        rows = [{"name": f"机制{n}", "short_name": f"机制{n}", **given} for n in range(MECHANISMS - 1)]
        await db.execute(insert(Mechanism), rows)
        ids = list(await db.scalars(select(Mechanism.id).order_by(Mechanism.id)))
        joined = {"agency_id": agency_id, "joined_on": date(2010, 1, 1), "takes_part": "online", "version": 1}
        await db.execute(insert(Member), [{"mechanism_id": one, **joined} for one in ids if one != mechanism_id])
        chunk: list[dict[str, Any]] = []
        for line in lines(ids, agency_id):
            chunk.append(line)
            if len(chunk) == 5000:
                await db.execute(insert(Outcome), chunk)
                chunk = []
        if chunk:
            await db.execute(insert(Outcome), chunk)
    return officer_id, mechanism_id


async def timed(act: Callable[[], Awaitable[Any]]) -> list[float]:
    """Milliseconds of each round."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await act()
        took.append((time.perf_counter() - began) * 1000)
    return took


async def main() -> None:
    """Print the figures."""
    async with site() as database:
        officer_id, mechanism_id = await filled(database)

        async def report() -> None:
            async with database.reading() as db:
                viewer = await officer_of(database, db, officer_id)
                mechanism = await db.get_one(Mechanism, mechanism_id)
                found = await reporting.report(db, viewer, mechanism, date(2016, 1, 1), date(2025, 12, 31))
                assert found.total.cases == YEARS * A_YEAR

        async def overview() -> None:
            async with database.reading() as db:
                viewer = await officer_of(database, db, officer_id)
                known = list(await db.scalars(select(Mechanism).order_by(Mechanism.id)))
                found = await queries.totals(db, viewer, known)
                assert sum(one.cases for one in found.values()) == MECHANISMS * YEARS * A_YEAR

        print(
            f"| {MECHANISMS} mechanisms, {MECHANISMS * YEARS * A_YEAR} lines | median | least | most |\n|---|---|---|---|"
        )
        print(row("a report on ten years of one of them", await timed(report), "ms"))
        print(row("the sums of all of them", await timed(overview), "ms"))
        async with database.reading() as db:
            agency = await db.get_one(Agency, (await db.get_one(Mechanism, mechanism_id)).lead_agency_id)
        print("\n| a table taken in | took | more memory at most |\n|---|---|---|")
        for number in (ROWS // 10, ROWS):
            head = "编号,办结日期,受助群体,案由,受助人数,追回金额（元）,结果\n"
            body = "".join(
                f"新{number}-{n},2026-01-0{n % 9 + 1},农民工,追索劳动报酬,1,{n}.50,采纳\n" for n in range(number)
            )
            content = (head + body).encode()
            gc.collect()
            before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
            async with database.writing() as db:
                rows = read(csv_rows(content), today=date(2026, 11, 27))
                taken = await taking_in.take_in(db, COMMAND_LINE, mechanism_id, rows, agency=agency.short_name)
            assert taken.new == number
            more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            print(f"| {number} rows | {time.perf_counter() - began:.2f} s | {more:.1f} MB |")


if __name__ == "__main__":
    asyncio.run(main())
