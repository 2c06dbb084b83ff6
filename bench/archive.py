"""How long a year's archive takes to make, and how long the server answers nobody meanwhile: meetings held with 20 people, 5 items, 10
decisions, minutes that both agencies signed and one paper of 1 MB each, on SQLite.

    uv run python -m bench.archive [MEETINGS]

Printed: seconds, the size of the ZIP, the longest time in which nothing else could run, and the memory that was needed besides."""

import asyncio
import gc
import os
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bench.site import lateness, meeting_with, officer_of, site
from liaison.accounts.viewer import Viewer
from liaison.archive.making import compose
from liaison.db import Database, Session
from liaison.directory.models import Person
from liaison.files.store import Brought, Incoming
from liaison.i18n import Words
from liaison.mechanisms.models import Designation
from liaison.meetings import holding, papers, queries, recording, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from liaison.minutes import signing, writing

PEOPLE, ITEMS, DECISIONS = 20, 5, 10
PAPER = 1_000_000
WORDS = Words("zh_CN", "Asia/Shanghai")


def brought(database: Database, n: int) -> Brought:
    incoming = Incoming(database.settings.data_dir)
    incoming.write(b"%PDF-1.4\n" + os.urandom(PAPER))
    incoming.whole()
    return Brought(f"材料{n}.pdf", "pdf", incoming.keep(database.settings.papers_dir))


async def held(db: Session, officer: Viewer, other: Viewer, meeting: Meeting, file: Brought, days: int) -> None:
    """One meeting with everything, so many days ago."""
    past = timedelta(days=30 + days)
    meeting.local_start, meeting.starts_at = meeting.local_start - past, meeting.starts_at - past
    items = await queries.agenda(db, meeting.id, states=("accepted",))
    for n in range(DECISIONS):
        facts = {"agenda_item_id": items[n % len(items)].id} if items else {}
        await recording.decide(db, officer, meeting, text=f"每月5日前交换上月清单（{n + 1}）", **facts)
    await papers.add(db, officer, meeting, file, title="工作情况")
    for one in await queries.attendees(db, meeting.id):
        one.attendance = "present"
    await holding.hold(db, officer, meeting)
    minutes = await writing.draft(db, officer, meeting)
    version = await writing.circulate(db, officer, minutes, minutes.document.newest)
    for who in (officer, other):
        await signing.sign(db, who, minutes, version, root=version.root)
    await signing.issue(db, officer, minutes, version)


async def filled(database: Database, meetings: int) -> tuple[int, int]:
    """(mechanism, officer's person id) of the year."""
    first, officer_id = await meeting_with(database, PEOPLE, ITEMS)
    async with database.writing() as db:
        meeting = (await db.scalars(select(Meeting).where(Meeting.id == first))).one()
        people = list(await db.scalars(select(Person).order_by(Person.id)))
        partner = next(one for one in people if one.agency_id != people[0].agency_id)
        start = (db.now() - timedelta(days=400)).date()
        db.add(
            Designation(
                mechanism_id=meeting.mechanism_id, agency_id=partner.agency_id, person_id=partner.id, role="principal",
                starts_on=start, designated_at=db.now(),
            )
        )  # fmt: skip
    for n in range(meetings):
        async with database.writing() as db:
            viewers = await officer_of(database, db, officer_id), await officer_of(database, db, partner.id)
            if n:
                made = await scheduling.schedule(
                    db, viewers[0], meeting.mechanism_id, kind="topical", title=f"第{n}次专题会议", local_start=meeting.local_start,
                    duration_minutes=120, asked=[Asked(person_id=one.id) for one in people[1:]],
                )  # fmt: skip
            current = await queries.get(db, viewers[0], made.id if n else first)
            await held(db, *viewers, current, brought(database, n), 1 + n * 5)
    return meeting.mechanism_id, officer_id


async def main(meetings: int) -> None:
    async with site() as database:
        mechanism_id, officer_id = await filled(database, meetings)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with tempfile.TemporaryDirectory() as directory:
            target = Path(directory) / "archive.zip"
            async with database.reading() as db:  # a process makes its first one slower
                await compose(
                    db,
                    await officer_of(database, db, officer_id),
                    mechanism_id,
                    1999,
                    WORDS,
                    target.with_suffix(".first"),
                )
            gc.collect()
            gc.freeze()  # as a server does once it has started (console.py)
            async with lateness() as late, database.reading() as db:
                officer = await officer_of(database, db, officer_id)
                began = time.perf_counter()
                made = await compose(db, officer, mechanism_id, None, WORDS, target)
                took = time.perf_counter() - began
            size = target.stat().st_size
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{meetings} meetings, {made.files} files, {size / 1e6:.1f} MB: {took:.1f} s")
    print(f"nothing else ran for {late.worst:.0f} ms at most; {grown:.0f} MB more memory")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
