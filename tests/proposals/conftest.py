from pathlib import Path

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.world import World


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Path) -> Play:
    return Play(database, world, clock, tmp_path / "mail")


@pytest.fixture
def program(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


@pytest.fixture
def browser(settings: Settings, database: Database, clock: Clock) -> Browser:
    return Browser(settings, database, clock)
