"""Backup files: whole or not there at all, and any change of one shows (TRUST.md 14)."""

import gzip
import hashlib
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest

from liaison import audit, migrate, restoring
from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.errors import CannotRun
from liaison.keeping import making
from liaison.keeping.archive import CannotKeep, Damaged
from liaison.opening import open_database
from tests.conftest import SECRET
from tests.keeping.unpacking import unpacked
from tests.world import build

HALFWAY = """
import sys
from pathlib import Path
from liaison import restoring
from liaison.config import Settings
settings = Settings(data_dir=Path(sys.argv[1]), secret_key="-" * 32)
with restoring._alone(settings), restoring._place_beside(settings) as place:
    (place / "liaison.db").touch()
    print("unpacked", flush=True)
    sys.stdin.read()
"""
ROOT = str(Path(__file__).resolve().parents[2])


@pytest.fixture
async def site(tmp_path: Path, migrated_file: Path) -> Settings:
    """An embedded site with the world in it, some papers and a key; its backups go beside its data directory."""
    data = tmp_path / "data"
    (data / "papers" / "7").mkdir(parents=True)
    shutil.copyfile(migrated_file, data / "liaison.db")
    (data / "papers" / "7" / "材料.pdf").write_bytes(os.urandom(300_000))
    (data / "papers" / "8.txt").write_text("", encoding="utf-8")
    (data / "secret_key").write_text(SECRET, encoding="utf-8")
    settings = checked(Settings(data_dir=data, secret_key=SECRET))
    database = open_database(settings, Clock())
    async with database.writing() as db:
        await build(db)
    await database.dispose()
    return settings


def members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}


def packed(file: Path, parts: dict[str, bytes]) -> Path:
    """A backup made of other parts, as somebody might who wants to change something unseen."""
    with tarfile.open(file, "w:gz") as tar:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file


async def refused(file: Path) -> str:
    with pytest.raises(CannotRun) as refusal:
        await restoring.examine(file)
    return str(refusal.value)


async def test_a_backup_holds_database_and_papers_and_the_key_only_on_request(site: Settings, tmp_path: Path) -> None:
    made = making.make(site, tmp_path / "b.tar.gz")
    found = members(tmp_path / "b.tar.gz")
    assert list(found) == ["manifest.json", "database/liaison.db", "papers/7/材料.pdf", "papers/8.txt"]
    told = json.loads(found["manifest.json"])
    assert told["schema_revision"] == migrate.head()
    assert told["counts"]["person"] == 15
    for name, part in told["parts"].items():
        assert part == {"bytes": len(found[name]), "sha256": hashlib.sha256(found[name]).hexdigest()}
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600
    assert (await restoring.examine(tmp_path / "b.tar.gz")).manifest == made
    making.make(site, tmp_path / "key.tar.gz", with_key=True)
    assert members(tmp_path / "key.tar.gz")["secret_key"] == SECRET.encode()
    assert sorted(os.listdir(tmp_path)) == ["b.tar.gz", "data", "key.tar.gz"]


def test_a_backup_overwrites_nothing(site: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotKeep, match="exists already"):
        making.make(site, tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").read_text(encoding="utf-8") == "mine"


async def test_a_backup_taken_amid_writing_is_of_one_moment(site: Settings, tmp_path: Path) -> None:
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(site.sqlite_path, isolation_level=None, timeout=20)) as raw:
            number = 0
            while not stop.is_set():
                number += 1
                raw.execute("BEGIN IMMEDIATE")
                raw.execute("UPDATE agency SET sort_order = ?", (number,))
                raw.execute("UPDATE person SET rank = ?", (number,))
                raw.execute("COMMIT")
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(20)
        for n in range(5):
            making.make(site, tmp_path / f"{n}.tar.gz")
    finally:
        stop.set()
        writer.join()
    for n in range(5):
        (tmp_path / "copy.db").write_bytes(members(tmp_path / f"{n}.tar.gz")["database/liaison.db"])
        with closing(sqlite3.connect(tmp_path / "copy.db")) as raw:
            seen = {row[0] for row in raw.execute("SELECT sort_order FROM agency UNION SELECT rank FROM person")}
        assert len(seen) == 1
        await restoring.examine(tmp_path / f"{n}.tar.gz")


async def test_a_backup_cut_anywhere_is_refused(site: Settings, tmp_path: Path) -> None:
    making.make(site, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    said = []
    for length in (0, 10, 4000, len(whole) // 2, len(whole) - 100_000, len(whole) - 9, len(whole) - 1):
        (tmp_path / "cut.tar.gz").write_bytes(whole[:length])
        said.append(await refused(tmp_path / "cut.tar.gz"))
    assert "database/liaison.db" in said[2]
    assert "papers/7/材料.pdf" in said[4]
    assert "the end of the file" in said[-1]


async def test_any_changed_byte_of_the_file_is_found(site: Settings, tmp_path: Path) -> None:
    making.make(site, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    for place in range(20, len(whole), len(whole) // 40):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        if unpacked(changed) == unpacked(whole):
            continue
        (tmp_path / "changed.tar.gz").write_bytes(changed)
        await refused(tmp_path / "changed.tar.gz")


async def test_a_changed_missing_or_added_part_is_named(site: Settings, tmp_path: Path) -> None:
    making.make(site, tmp_path / "b.tar.gz")
    parts = members(tmp_path / "b.tar.gz")
    other = tmp_path / "other.tar.gz"
    assert "papers/8.txt" in await refused(packed(other, parts | {"papers/8.txt": b"x"}))
    assert "papers/7" in await refused(packed(other, {k: v for k, v in parts.items() if k != "papers/7/材料.pdf"}))
    assert "the end of the file" in await refused(packed(other, parts | {"more": b""}))
    assert "database/liaison.db" in await refused(packed(other, parts | {"database/liaison.db": parts["database/liaison.db"][:-1] + b"x"}))  # fmt: skip
    told = json.loads(parts["manifest.json"])
    for lie in ({"audit_head": {"number": 99, "hash": "0" * 64}}, {"counts": {"person": 99}}):
        assert "manifest.json" in await refused(
            packed(other, parts | {"manifest.json": json.dumps(told | lie).encode()})
        )
    assert "no backup" in await refused(packed(other, {"some.txt": b"x"}))
    other.write_bytes(gzip.compress(b"nothing"))
    await refused(other)


@pytest.mark.parametrize("name", ["../outside", "papers/../../outside", "/etc/outside", "papers/"])
async def test_a_backup_with_a_path_out_of_its_place_is_refused(site: Settings, tmp_path: Path, name: str) -> None:
    making.make(site, tmp_path / "b.tar.gz")
    parts = members(tmp_path / "b.tar.gz")
    told = json.loads(parts["manifest.json"])
    told["parts"][name] = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    await refused(packed(tmp_path / "evil.tar.gz", parts | {"manifest.json": json.dumps(told).encode(), name: b"x"}))
    assert "outside" not in os.listdir(tmp_path)


async def test_a_changed_audit_trail_is_refused_although_every_checksum_fits(site: Settings, tmp_path: Path) -> None:
    database = open_database(site, Clock())
    async with database.writing() as db:
        audit.add(db, audit.Actor(None, "cli"), "first", "thing:1")
        audit.add(db, audit.Actor(None, "cli"), "second", "thing:1")
    await database.dispose()
    with closing(sqlite3.connect(site.sqlite_path, isolation_level=None)) as raw:
        raw.execute("UPDATE audit_line SET verb = 'other' WHERE number = 1")
    making.make(site, tmp_path / "b.tar.gz")
    assert "line 1" in await refused(tmp_path / "b.tar.gz")


def script(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


KILLED = """
import os, signal, sys
from pathlib import Path
from liaison.config import Settings, checked
from liaison.keeping import making
asked = 0
def stop():
    global asked
    asked += 1
    if asked == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return False
making.make(checked(Settings(data_dir=Path(sys.argv[1]))), Path(sys.argv[2]), stop=stop)
"""


@pytest.mark.parametrize("at", [1, 2, 10, 20])
def test_kill_9_in_the_middle_leaves_nothing_under_the_final_name(site: Settings, tmp_path: Path, at: int) -> None:
    target = tmp_path / "b.tar.gz"
    process = script(KILLED, str(site.data_dir), str(target), str(at))
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not target.exists()
    making.make(site, target)


FULL = """
import resource, sys
from pathlib import Path
from liaison.config import Settings, checked
from liaison.errors import CannotRun
from liaison.keeping import making
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    making.make(checked(Settings(data_dir=Path(sys.argv[1]))), Path(sys.argv[2]))
except CannotRun as problem:
    print(problem)
    raise SystemExit(1)
"""


@pytest.mark.parametrize("room", [1, 100_000, 300_000])
def test_a_full_disk_is_told_and_leaves_nothing(site: Settings, tmp_path: Path, room: int) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    target = tmp_path / "b.tar.gz"
    process = script(FULL, str(site.data_dir), str(target), str(room))
    said, _ = process.communicate()
    assert process.returncode == 1, said
    assert "could not be made" in said
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_stopping_program_breaks_its_backup_off(site: Settings, tmp_path: Path) -> None:
    with pytest.raises(CannotKeep, match="program ends"):
        making.make(site, tmp_path / "b.tar.gz", stop=lambda: True)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def old_site(tmp_path: Path) -> Settings:
    """A site at the first revision."""
    settings = checked(Settings(data_dir=tmp_path / "old", secret_key=SECRET))
    engine = migrate.sync_engine(settings)
    migrate.upgrade(engine, "0001")
    engine.dispose()
    return settings


async def test_an_older_backup_is_brought_to_this_version(tmp_path: Path) -> None:
    old = old_site(tmp_path)
    making.make(old, tmp_path / "b.tar.gz")
    assert (await restoring.examine(tmp_path / "b.tar.gz")).needs_migration
    new = checked(Settings(data_dir=tmp_path / "new", secret_key=SECRET))
    await restoring.restore(new, tmp_path / "b.tar.gz")
    assert migrate.revision_of(new) == migrate.head()
    assert migrate.revision_of(old) == "0001"


def test_a_migration_is_preceded_by_a_backup(tmp_path: Path) -> None:
    old = old_site(tmp_path)
    assert migrate.ensure_current(old) == "0001"
    (made,) = making.directory_of(old).iterdir()
    assert made.name.startswith(f"before-{migrate.head()}-")
    assert json.loads(members(made)["manifest.json"])["schema_revision"] == "0001"
    assert migrate.ensure_current(old) is None
    assert list(making.directory_of(old).iterdir()) == [made]


def test_without_its_backup_a_migration_does_not_start(tmp_path: Path) -> None:
    old = old_site(tmp_path)
    making.directory_of(old).write_text("in the way", encoding="utf-8")
    for act in (migrate.ensure_current, migrate.bring_to_head):
        with pytest.raises(migrate.SchemaError, match="not migrated"):
            act(old)
    assert migrate.revision_of(old) == "0001"


async def test_data_of_a_newer_program_are_not_restored(site: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(site.sqlite_path, isolation_level=None)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    making.make(site, tmp_path / "b.tar.gz")
    assert "newer version (9999)" in await refused(tmp_path / "b.tar.gz")
    with pytest.raises(CannotRun, match="newer version"):
        await restoring.restore(checked(Settings(data_dir=tmp_path / "new", secret_key=SECRET)), tmp_path / "b.tar.gz")


@pytest.mark.parametrize("there", ["liaison.db", "liaison.db-wal", "papers/7.pdf"])
async def test_a_restore_overwrites_nothing(site: Settings, tmp_path: Path, there: str) -> None:
    making.make(site, tmp_path / "b.tar.gz")
    new = checked(Settings(data_dir=tmp_path / "new", secret_key=SECRET))
    (new.data_dir / there).parent.mkdir(parents=True)
    (new.data_dir / there).write_text("mine", encoding="utf-8")
    with pytest.raises(restoring.NotEmpty):
        await restoring.restore(new, tmp_path / "b.tar.gz")
    assert [path for path in new.data_dir.rglob("*") if path.is_file()] == [new.data_dir / there]


@contextmanager
def halfway(settings: Settings) -> Iterator[None]:
    """A process of its own in the middle of a restore, which is killed."""
    command = [sys.executable, "-c", HALFWAY, str(settings.data_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"unpacked\n"
            yield
        finally:
            other.kill()


async def test_a_restore_beside_a_running_one_is_refused_and_takes_nothing_from_it(
    site: Settings, tmp_path: Path
) -> None:
    making.make(site, tmp_path / "b.tar.gz")
    new = checked(Settings(data_dir=tmp_path / "new", secret_key=SECRET))
    with halfway(new):
        with pytest.raises(CannotRun, match="Another restore"):
            await restoring.restore(new, tmp_path / "b.tar.gz")
        [left] = new.data_dir.glob(".restoring-*")
        assert (left / "liaison.db").exists()
    await restoring.restore(new, tmp_path / "b.tar.gz")  # and when it was killed, nothing of it stays
    assert sorted(path.name for path in new.data_dir.iterdir()) == ["liaison.db", "papers"]


async def test_a_damaged_backup_changes_nothing(site: Settings, tmp_path: Path) -> None:
    making.make(site, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "b.tar.gz").write_bytes(whole[:-5000])
    new = checked(Settings(data_dir=tmp_path / "new", secret_key=SECRET))
    with pytest.raises(Damaged):
        await restoring.restore(new, tmp_path / "b.tar.gz")
    assert os.listdir(new.data_dir) == []


async def test_papers_and_key_come_back_and_another_key_is_never_replaced(site: Settings, tmp_path: Path) -> None:
    making.make(site, tmp_path / "b.tar.gz", with_key=True)
    new = checked(Settings(data_dir=tmp_path / "new"))
    done = await restoring.restore(new, tmp_path / "b.tar.gz")
    assert not done.new_key
    for name in ("secret_key", "papers/7/材料.pdf", "papers/8.txt"):
        assert (new.data_dir / name).read_bytes() == (site.data_dir / name).read_bytes()
    assert (new.data_dir / "secret_key").stat().st_mode & 0o777 == 0o600
    other = checked(Settings(data_dir=tmp_path / "other"))
    other.data_dir.mkdir()
    (other.data_dir / "secret_key").write_text("another-key-of-more-than-32-characters", encoding="utf-8")
    with pytest.raises(restoring.NotEmpty, match="key"):
        await restoring.restore(other, tmp_path / "b.tar.gz")


async def test_there_is_nothing_to_back_up_where_no_site_is(tmp_path: Path) -> None:
    nowhere = checked(Settings(data_dir=tmp_path / "nowhere", secret_key=SECRET))
    with pytest.raises(CannotKeep, match="nothing to back up"):
        making.make(nowhere, tmp_path / "b.tar.gz")
    assert os.listdir(tmp_path) == []


def test_a_temporary_file_of_a_killed_backup_goes_after_a_day(site: Settings) -> None:
    directory = making.directory_of(site)
    directory.mkdir()
    left = directory / ".nightly-2026-11-20.tar.gz.0000.part"
    left.touch()
    os.utime(left, (0, 0))
    made = making.make_nightly(site, date(2026, 11, 26))
    assert [path.name for path in directory.iterdir()] == [made.name]
