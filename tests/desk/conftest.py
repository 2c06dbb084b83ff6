from pathlib import Path
from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from tests.callers import Browser
from tests.meetings.play import Play
from tests.world import World


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Path) -> Play:
    return Play(database, world, clock, tmp_path / "mail")


@pytest.fixture
def browse(settings: Settings, database: Database, clock: Clock) -> Any:
    async def open_for(who: Person) -> Browser:
        return await Browser(settings, database, clock).sign_in(who)

    return open_for
