from pathlib import Path

import pytest

from liaison.clock import Clock
from liaison.db import Database
from tests.meetings.play import Play
from tests.system.days import Site
from tests.world import World


@pytest.fixture
def play(database: Database, world: World, clock: Clock, tmp_path: Path) -> Play:
    """Meetings that are announced and mailed into a Maildir beside the database."""
    return Play(database, world, clock, tmp_path / "mail")


@pytest.fixture
def site(database: Database, world: World) -> Site:
    """The site whose operator enters working days."""
    return Site(database, world)
