"""What a round of the clock's mail costs on a site of many mechanisms: by what is due, not by how many meetings there are.

Each mechanism has two agencies with a liaison each and meets four times a year; its meetings of this year and the next are planned as
drafts, spread over the working days, so that on a usual morning a few in a hundred have a step due. Measured: a round when nothing is
due any more, rounds of usual mornings (each saved), one on the morning on which every mechanism calls for items, and the usual morning
again with ten years of held meetings behind each mechanism.

    uv run python -m bench.clockwork [MECHANISMS]

BENCH_DATABASE_URL names an empty PostgreSQL database; without it SQLite is measured.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from sqlalchemy import func, select, update

from bench.grown import put
from liaison import migrate
from liaison.accounts.viewer import COMMAND_LINE
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.meetings.models import Meeting
from liaison.opening import open_database
from liaison.reminders.reminding import remind_due, switch_digest

BEGAN = datetime(2026, 8, 31, 1, tzinfo=UTC)
"""When the meetings were planned: Monday, 09:00 where they meet."""
MORNINGS = 10
LONG_AGO = date(2020, 1, 1)


def agency_rows(mechanisms: int) -> Iterator[dict[str, Any]]:
    for n in range(1, 2 * mechanisms + 1):
        yield {"id": n, "short_name": f"机关{n}", "name": f"外区机关{n}"}


def person_rows(mechanisms: int) -> Iterator[dict[str, Any]]:
    for n in range(1, 2 * mechanisms + 1):
        yield {"id": n, "name": f"联络员{n}", "agency_id": n, "mail": f"l{n}@unit{n}.example", "phone": "0553-0000000"}


def mechanism_rows(mechanisms: int) -> Iterator[dict[str, Any]]:
    for n in range(1, mechanisms + 1):
        yield {
            "id": n, "name": f"机制{n}", "short_name": f"机制{n}", "timezone": "Asia/Shanghai", "region": "CN",
            "locale": "zh_CN", "lead_agency_id": 2 * n - 1, "deadlines": {},
        }  # fmt: skip


def office_rows(mechanisms: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A membership and its liaison, for both agencies of each mechanism."""
    for n in range(1, 2 * mechanisms + 1):
        both = {"mechanism_id": (n + 1) // 2, "agency_id": n}
        yield (
            {**both, "joined_on": LONG_AGO},
            {**both, "person_id": n, "role": "principal", "starts_on": LONG_AGO, "designated_at": BEGAN},
        )


def planned_rows(mechanisms: int) -> Iterator[dict[str, Any]]:
    """Drafts of the fourth quarter and of the next year's four, on working days spread over each quarter."""
    calendar = region_calendar("CN")
    for n in range(1, mechanisms + 1):
        for quarter in range(5):
            day = add_workdays(calendar, date(2026, 10, 1), 1 + quarter * 61 + n % 61).date
            yield meeting_row(n * 100 + quarter, n, day) | {
                "step_on": BEGAN.date(), "steps_from": BEGAN.date(),
            }  # fmt: skip


def held_rows(mechanisms: int, years: int) -> Iterator[dict[str, Any]]:
    for n in range(1, mechanisms + 1):
        for each in range(4 * years):
            day = date(2026, 7, 1) - timedelta(days=91 * each + n % 61)
            row = meeting_row(10_000_000 + n * 100 + each, n, day)
            yield row | {"held_at": row["starts_at"], "announced_at": row["created_at"]}


def meeting_row(id_: int, mechanism_id: int, day: date) -> dict[str, Any]:
    start = datetime.combine(day, time(14, 30))
    return {
        "id": id_, "mechanism_id": mechanism_id, "kind": "regular", "title": "季度联席会议", "timezone": "Asia/Shanghai",
        "local_start": start, "starts_at": start.replace(tzinfo=UTC) - timedelta(hours=8), "duration_minutes": 120,
        "host_agency_id": 2 * mechanism_id - 1, "created_at": BEGAN, "uid": f"bench-{id_}",
    }  # fmt: skip


async def round_of(database: Database, clock: Clock, day: date, *, keep: bool = True) -> tuple[float, int]:
    """One round at half past eight on that day, and saved: CPU seconds, and how many mails it calls for."""
    clock.as_of = datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)
    began = process_time()
    async with database.session(database.writer) as db:
        mails = await remind_due(db)
        await (db.commit() if keep else db.rollback())
    return process_time() - began, mails


async def main() -> None:
    mechanisms = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    calendar = region_calendar("CN")
    with tempfile.TemporaryDirectory() as directory:
        url = os.environ.get("BENCH_DATABASE_URL", "")
        settings = checked(Settings(data_dir=Path(directory), database_url=url, secret_key="b" * 40))
        migrate.bring_to_head(settings, backup=False)
        clock = Clock(BEGAN)
        database = open_database(settings, clock)
        engine = migrate.sync_engine(settings)
        with engine.begin() as db:
            put(db, Agency, agency_rows(mechanisms))
            put(db, Person, person_rows(mechanisms))
            put(db, Mechanism, mechanism_rows(mechanisms))
            put(db, Member, (member for member, _ in office_rows(mechanisms)))
            put(db, Designation, (liaison for _, liaison in office_rows(mechanisms)))
            put(db, Meeting, planned_rows(mechanisms))
        async with database.writing() as db:
            await switch_digest(db, COMMAND_LINE, on=False)
        first, _ = await round_of(database, clock, BEGAN.date())
        print(f"| after planning: every meeting is looked at once | {5 * mechanisms} | 0 | {first:.2f} |")
        day, usual = date(2026, 9, 28), []
        await round_of(database, clock, day)  # makes up for the days before
        for _ in range(MORNINGS):
            day = add_workdays(calendar, day, 1).date
            async with database.reading() as db:
                due = await db.scalar(select(func.count()).where(Meeting.step_on <= day))
            usual.append((*await round_of(database, clock, day), due))
        seconds, mails, due = (median(column) for column in zip(*usual, strict=True))
        print(f"| a usual morning (median of {MORNINGS}) | {due:.0f} | {mails:.0f} | {seconds:.3f} |")
        quiet = median([(await round_of(database, clock, day))[0] for _ in range(MORNINGS)])
        print(f"| later that morning, nothing due | 0 | 0 | {quiet:.3f} |")
        with engine.begin() as db:
            put(db, Meeting, held_rows(mechanisms, 10))
        day = add_workdays(calendar, day, 1).date
        async with database.reading() as db:
            due = await db.scalar(select(func.count()).where(Meeting.step_on <= day))
            held = await db.scalar(select(func.count()).where(Meeting.held_at.is_not(None)))
        seconds, mails = await round_of(database, clock, day)
        print(f"| a usual morning, {held:,} held meetings behind | {due} | {mails} | {seconds:.3f} |")
        async with database.writing() as db:
            far = date(2026, 12, 17)
            start = datetime.combine(far, time(14, 30))
            await db.execute(update(Meeting).where(Meeting.held_at.is_(None)).values(step_on=None))
            calls = (Meeting.id % 100 == 1, Meeting.held_at.is_(None))
            moved = {
                "local_start": start,
                "starts_at": start.replace(tzinfo=UTC) - timedelta(hours=8),
                "step_on": BEGAN.date(),
            }
            await db.execute(update(Meeting).where(*calls).values(**moved))
        on = add_workdays(calendar, far, -20).date
        seconds, mails = await round_of(database, clock, on, keep=True)
        print(f"| all of them call for items on one morning | {mechanisms} | {mails} | {seconds:.2f} |")
        async with database.reading() as db:
            print("mails in all:", await db.scalar(select(func.count()).select_from(OutboxMail)), file=sys.stderr)
        engine.dispose()
        await database.dispose()


if __name__ == "__main__":
    asyncio.run(main())
