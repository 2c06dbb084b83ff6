import pytest

from liaison.db import Database
from tests.system.days import Site
from tests.world import World


@pytest.fixture
def site(database: Database, world: World) -> Site:
    """The site whose operator enters working days."""
    return Site(database, world)
