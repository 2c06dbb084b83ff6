from pathlib import Path

import pytest

from liaison.clock import Clock
from liaison.db import Database
from tests.meetings.play import Play
from tests.world import World


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Path) -> Play:
    return Play(database, world, clock, tmp_path / "mail")
