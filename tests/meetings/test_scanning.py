"""What the worker does with papers: has them scanned for viruses, and takes away what no row knows."""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from liaison import checkup, restoring, worker
from liaison.audit import AuditLine
from liaison.clock import Clock
from liaison.config import Settings, SettingsError, checked
from liaison.db import Database
from liaison.files.scanning import to_scan
from liaison.keeping import making
from liaison.keeping.archive import Damaged
from liaison.meetings.paper_models import PaperVersion
from liaison.models import FILES
from liaison.worker import Work
from tests.callers import Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.meetings.test_papers import brought, meeting

__all__ = ["meeting"]

SCANNER = """
import sys, pathlib
content = pathlib.Path(sys.argv[1]).read_bytes()
sys.exit(1 if b"EICAR" in content else 2 if b"BROKEN" in content else 0)
"""


@pytest.fixture
def work(database: Database, settings: Settings, tmp_path: Path) -> Work:
    (tmp_path / "scan it.py").write_text(SCANNER)
    database.settings = replace(settings, scanner=f"{sys.executable} '{tmp_path}/scan it.py' {{}}")
    return worker.work_for(database, {})


async def verdicts(database: Database) -> list[str | None]:
    async with database.reading() as db:
        return list(await db.scalars(select(PaperVersion.verdict).order_by(PaperVersion.id)))


async def test_each_file_is_judged_by_how_the_scanner_ends(
    play: Play, meeting: int, work: Work, database: Database, settings: Settings, clock: Clock
) -> None:
    program = Program(database.settings, database, clock)
    papers = [
        await brought(program, play.world.zhoumin, meeting, title=f"材料{n}", content=PDF + more + b"%%EOF")
        for n, more in enumerate((b"", b"EICAR", b"BROKEN"))
    ]
    before = [(await program.call(play.world.liwb, "GET", f"/papers/{one['id']}/file")).status_code for one in papers]
    assert before == [409, 409, 409]
    await worker.scan_papers(work)
    assert await verdicts(database) == ["clean", "infected", "failed"]
    after = [(await program.call(play.world.liwb, "GET", f"/papers/{one['id']}/file")).status_code for one in papers]
    assert after == [200, 409, 409]
    async with database.reading() as db:
        found = (await db.scalars(select(AuditLine).where(AuditLine.verb == "virus_found"))).one()
    assert found.person_id is None
    for path in settings.papers_dir.iterdir():
        path.write_bytes(path.read_bytes().replace(b"BROKEN", b"mended"))
    await worker.scan_papers(work)
    assert (await verdicts(database))[2] == "failed"  # not again at once
    clock.as_of = clock.now().replace(hour=23)
    await worker.scan_papers(work)
    assert (await verdicts(database))[2] == "clean"


async def test_a_scanner_that_is_missing_holds_papers_back(
    play: Play, meeting: int, work: Work, database: Database, clock: Clock
) -> None:
    database.settings = replace(database.settings, scanner="/nowhere/scan {}")
    await brought(Program(database.settings, database, clock), play.world.zhoumin, meeting)
    await worker.scan_papers(work)
    assert await verdicts(database) == ["failed"]


@pytest.mark.parametrize("wrong", ["scan", "{}", "scan 'x {}"])
def test_a_command_without_a_place_for_the_file_stops_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError, match="LIAISON_SCANNER"):
        checked(Settings(data_dir=tmp_path, scanner=wrong))


async def test_files_that_no_row_knows_go_after_a_day_and_papers_stay(
    play: Play, meeting: int, work: Work, database: Database, settings: Settings, clock: Clock
) -> None:
    await brought(Program(settings, database, clock), play.world.zhoumin, meeting)
    kept = next(settings.papers_dir.iterdir())
    for name in ("old", "new"):
        (settings.papers_dir / name).write_bytes(b"x")
        (settings.data_dir / "uploads" / name).write_bytes(b"x")
    yesterday = time.time() - 90_000
    for path in (kept, settings.papers_dir / "old", settings.data_dir / "uploads" / "old"):
        os.utime(path, (yesterday, yesterday))
    await worker.sweep_papers(work)
    assert {path.name for path in settings.papers_dir.iterdir()} == {kept.name, "new"}
    assert [path.name for path in (settings.data_dir / "uploads").iterdir()] == ["new"]


async def test_a_backup_holds_the_papers_and_a_look_at_it_names_one_that_was_lost(
    play: Play, meeting: int, database: Database, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    await brought(Program(settings, database, clock), play.world.zhoumin, meeting)
    if settings.sqlite_path is None:
        return  # tests/keeping restores dumps; their papers are looked at by the same lines
    making.make(settings, tmp_path / "whole.tar.gz")
    await restoring.examine(tmp_path / "whole.tar.gz")
    elsewhere = checked(Settings(data_dir=tmp_path / "new", secret_key=settings.secret_key))
    await restoring.restore(elsewhere, tmp_path / "whole.tar.gz")
    assert [path.read_bytes() for path in elsewhere.papers_dir.iterdir()] == [PDF]
    lost = next(settings.papers_dir.iterdir())
    lost.unlink()
    making.make(settings, tmp_path / "without.tar.gz")
    with pytest.raises(Damaged, match=lost.name):
        await restoring.examine(tmp_path / "without.tar.gz")
    again = checked(Settings(data_dir=tmp_path / "again", secret_key=settings.secret_key))
    assert (await restoring.restore(again, tmp_path / "without.tar.gz")).lost == [f"papers/{lost.name}"]


async def test_check_names_a_paper_whose_file_is_missing(
    play: Play, meeting: int, database: Database, settings: Settings, clock: Clock
) -> None:
    await brought(Program(settings, database, clock), play.world.zhoumin, meeting)
    (file,) = settings.papers_dir.iterdir()

    async def papers() -> tuple[str, str]:
        found = next(one for one in await checkup.examine(settings) if one.what.msgid == "Papers")
        return found.state, str(found.said.params)

    assert (await papers())[0] == "good"
    file.unlink()
    state, said = await papers()
    assert state == "bad"
    assert file.name in said


async def test_what_waits_for_the_scanner_and_what_was_decided_on_an_item_are_found_without_reading_everything(
    database: Database, work: Work
) -> None:
    asked: list[str] = []
    async with database.reading() as db:
        engine = db.get_bind()
        remember = lambda *given: asked.append(given[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", remember)
        await to_scan(db, FILES)
        event.remove(engine, "before_cursor_execute", remember)
        explain = "EXPLAIN QUERY PLAN"
        if engine.dialect.name == "postgresql":
            await db.execute(text("SET LOCAL enable_seqscan = off"))  # a small table would be read whole all the same
            explain = "EXPLAIN"
        waits = "SELECT id FROM paper_version WHERE (verdict IS NULL OR verdict = 'failed') AND (verdict IS NULL OR scanned_at < '2026-01-01') ORDER BY scanned_at, id LIMIT 20"
        plans = [
            " ".join(str(row) for row in await db.execute(text(f"{explain} {each}")))
            for each in (waits, "SELECT id FROM decision WHERE agenda_item_id = 7")
        ]
    assert asked
    assert any("(verdict IS NULL OR verdict = 'failed')" in each for each in asked), "word for word as the index"
    assert "ix_paper_version_to_scan" in plans[0]
    assert "ix_decision_agenda_item_id" in plans[1]
