"""`liaison export` writes the open record out on the server itself, a folder a mechanism, each with its verifier."""

from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.archive.exporting import export, named
from liaison.audit import AuditLine
from liaison.errors import Conflict
from liaison.i18n import Words
from tests.archive.kept import CLOSED, OTHERS, verified, year_of_record
from tests.callers import Program
from tests.cli.test_commands import run
from tests.conftest import SECRET
from tests.meetings.play import Play

WORDS = Words("zh_CN", "Asia/Shanghai")


async def test_the_console_writes_the_open_record_and_nothing_that_is_kept_from_readers(
    play: Play, program: Program, tmp_path: Path
) -> None:
    await year_of_record(play, program)
    async with play.database.reading() as db:
        ((id_, name),) = await named(db, play.world.mechanism.short_name)
    folder = tmp_path / "out" / name
    async with play.database.reading() as db:
        made = await export(db, id_, 2026, WORDS, folder)
    code, said = verified(folder, "--manifest", made.manifest, program=folder / "verify.py")
    assert code == 0, said
    assert "服务器控制台" in said
    text = "".join(path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file())
    assert "每月5日前交换线索清单" in text
    assert CLOSED not in text
    assert OTHERS not in text
    with pytest.raises(Conflict):
        async with play.database.reading() as db:
            await export(db, id_, 2026, WORDS, folder)
    with pytest.raises(Conflict):
        async with play.database.reading() as db:
            await named(db, "没有这个机制")


async def test_the_command_says_where_and_under_which_fingerprint(play: Play, tmp_path: Path) -> None:
    site = {
        "LIAISON_DATA_DIR": str(tmp_path),
        "LIAISON_DATABASE_URL": play.database.settings.database_url,
        "LIAISON_SECRET_KEY": SECRET,
    }
    done = run(tmp_path, "export", "out", "--year", "2026", **site)
    assert done.returncode == 0, done.stderr
    assert "fingerprint" in done.stdout
    (folder,) = (tmp_path / "out").iterdir()
    assert verified(folder, program=folder / "verify.py")[0] == 0
    async with play.database.reading() as db:
        line = (await db.scalars(select(AuditLine).where(AuditLine.verb == "make_archive"))).one()
    assert (line.person_id, line.via) == (None, "cli")
    again = run(tmp_path, "export", "out", "--year", "2026", **site)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
