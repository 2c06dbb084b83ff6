"""How long it takes to make minutes: a meeting of two agencies with 20 people and 40 decisions on 8 items, on SQLite.

Timed: the first draft from the record with its commit; then the .docx for one reader, everything from reading the version to the bytes of
the file, first in a process that has never made a paper (python-docx is loaded then) and after; the same as text; and the countersign sheet.

    uv run python -m bench.minutes [DECISIONS]
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median
from typing import Any

from bench.site import meeting_with, officer_of, site
from liaison.db import Database, Session
from liaison.meetings import holding, queries, recording
from liaison.minutes import making, writing

PEOPLE, ITEMS, ROUNDS = 20, 8, 15
TEXT = "会议议定，由牵头单位负责建立线索移送台账，3个工作日内完成移送并反馈办理情况，配合单位每月5日前交换上月清单，重大事项随时通报"


async def drafted(database: Database, decisions: int) -> tuple[int, int, float]:
    """The id of the circulated version, that of the officer, and how many seconds the draft took."""
    meeting_id, officer_id = await meeting_with(database, PEOPLE, ITEMS)
    async with database.writing() as db:
        viewer = await officer_of(database, db, officer_id)
        meeting = await queries.get(db, viewer, meeting_id)
        past = timedelta(days=40)  # the meeting was yesterday week
        meeting.local_start, meeting.starts_at = meeting.local_start - past, meeting.starts_at - past
        items = await queries.agenda(db, meeting_id, states=("accepted",))
        for n in range(decisions):
            facts = {"agenda_item_id": items[n % len(items)].id, "lead_agency_id": meeting.host_agency_id}
            await recording.decide(db, viewer, meeting, text=f"{TEXT}（{n + 1}）", of_list=True, **facts)
        for one in await queries.attendees(db, meeting_id):
            one.attendance = "present"
        await holding.hold(db, viewer, meeting)
    began = time.perf_counter()
    async with database.writing() as db:
        viewer = await officer_of(database, db, officer_id)
        minutes = await writing.draft(db, viewer, await queries.get(db, viewer, meeting_id))
    took = time.perf_counter() - began
    async with database.writing() as db:
        version = await writing.circulate(db, viewer, minutes, minutes.document.newest)
        return version.id, officer_id, took


async def timed(database: Database, officer_id: int, make: Callable[[Session, Any], Awaitable[object]]) -> float:
    """Milliseconds of one paper in a transaction of its own."""
    async with database.reading() as db:
        viewer = await officer_of(database, db, officer_id)
        began = time.perf_counter()
        await make(db, viewer)
        return (time.perf_counter() - began) * 1000


async def main(decisions: int) -> None:
    async with site() as database:
        version_id, officer_id, draft = await drafted(database, decisions)
        first = await timed(database, officer_id, lambda db, viewer: making.docx(db, viewer, version_id))
        rows = [("the first draft from the record", [draft * 1000]), (".docx, the first of a process", [first])]
        papers: dict[str, Callable[[Session, Any], Awaitable[object]]] = {
            ".docx": lambda db, viewer: making.docx(db, viewer, version_id),
            "text to paste": lambda db, viewer: making.text(db, viewer, version_id),
            "countersign sheet": lambda db, viewer: making.sheet(db, viewer, version_id),
        }
        for name, make in papers.items():
            rows.append((name, [await timed(database, officer_id, make) for _ in range(ROUNDS)]))
        async with database.reading() as db:
            made = await making.docx(db, await officer_of(database, db, officer_id), version_id)
    print(f"| minutes with {decisions} decisions, ms of {ROUNDS} rounds | median | least | most |\n|---|---|---|---|")
    for name, values in rows:
        print(f"| {name} | {median(values):.0f} | {min(values):.0f} | {max(values):.0f} |")
    print(f"\nThe file has {len(made.content):,} bytes.")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
