"""A site to measure on: the demo's mechanism with as many people as asked for, in a temporary directory."""

import asyncio
import contextlib
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from liaison import migrate
from liaison.accounts.viewer import Viewer
from liaison.clock import Clock
from liaison.config import Settings, checked, with_secret_key
from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import agenda, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.opening import open_database


@asynccontextmanager
async def site() -> AsyncIterator[Database]:
    """A migrated, empty SQLite site."""
    with tempfile.TemporaryDirectory() as directory:
        settings = with_secret_key(checked(Settings(data_dir=Path(directory))))
        migrate.ensure_current(settings)
        database = open_database(settings, Clock())
        yield database
        await database.dispose()


async def meeting_with(
    database: Database, people: int, items: int = 5, *, name: str = "", members: int = 2
) -> tuple[int, int]:
    """A draft meeting of a mechanism of two agencies (`members`) with so many people asked by name, in 30 days; (meeting id, the
    officer's person id). `name` keeps it apart from another of the same database."""
    async with database.writing() as db:
        agencies = [
            Agency(short_name=f"{name}单位{n}", name=f"清沚区{name}单位{n}", kind="administration", sort_order=n)
            for n in range(1, members + 1)
        ]
        db.add_all(agencies)
        await db.flush()
        everybody = [
            Person(
                name=f"人员{n}",
                key=f"p{name}{n}",
                agency_id=agencies[n % members].id,
                mail=f"p{name}{n}@unit.qingzhi.example",
                job_title="科员",
            )
            for n in range(people + 1)
        ]
        db.add_all(everybody)
        mechanism = Mechanism(
            name=f"{name}测量机制", short_name="测量", timezone="Asia/Shanghai", region="CN", locale="zh_CN",
            lead_agency_id=agencies[0].id, deadlines={}, mailbox="measure@meetings.qingzhi.example",
        )  # fmt: skip
        db.add(mechanism)
        await db.flush()
        start = (db.now() - timedelta(days=400)).date()
        db.add_all(Member(mechanism_id=mechanism.id, agency_id=agency.id, joined_on=start) for agency in agencies)
        officer = everybody[0]
        db.add(
            Designation(
                mechanism_id=mechanism.id, agency_id=agencies[0].id, person_id=officer.id, role="principal", starts_on=start,
                designated_at=db.now(),
            )
        )  # fmt: skip
        await db.flush()
        viewer = await officer_of(database, db, officer.id)
        meeting = await scheduling.schedule(
            db, viewer, mechanism.id, kind="regular", title="第四季度联席会议",
            local_start=datetime.combine(db.now().date() + timedelta(days=30), datetime.min.time()).replace(hour=14),
            duration_minutes=120, location="第一会议室", asked=[Asked(person_id=person.id) for person in everybody[1:]],
        )  # fmt: skip
        for n in range(items):
            await agenda.add_item(
                db,
                viewer,
                meeting,
                title=f"研究第{n + 1}项工作",
                purpose="study",
                presenter_id=officer.id,
                duration_minutes=5,
            )
        return meeting.id, officer.id


async def officer_of(database: Database, db: object, person_id: int) -> Viewer:
    """The officer as today's viewer."""
    viewer = await viewer_for(db, person_id, via="web")  # type: ignore[arg-type]
    assert viewer is not None
    return viewer


class Lateness:
    """How late the event loop ran while something else was going on, at worst, in milliseconds."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.worst = max(self.worst, (time.perf_counter() - before - 0.001) * 1000)


@asynccontextmanager
async def lateness() -> AsyncIterator[Lateness]:
    """Watch the loop for the duration of the block."""
    watcher = Lateness()
    task = asyncio.create_task(watcher.watch())
    await asyncio.sleep(0)
    try:
        yield watcher
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def cpu_seconds(pid: int) -> float:
    """CPU of a process and its children so far (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = sum(
        sum(map(int, Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        for each in [pid, *children]
    )
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Append the block's wall time in milliseconds."""
    before = time.perf_counter()
    yield
    into.append((time.perf_counter() - before) * 1000)


def row(name: str, values: list[float], unit: str = "ms") -> str:
    """One line of a table: median, least and most."""
    return f"| {name} | {median(values):.1f} {unit} | {min(values):.1f} | {max(values):.1f} |"


__all__ = ["cpu_seconds", "free_port", "lateness", "meeting_with", "officer_of", "queries", "row", "site", "timed"]
