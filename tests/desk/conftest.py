from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from tests.callers import Browser


@pytest.fixture
def browse(settings: Settings, database: Database, clock: Clock) -> Any:
    async def open_for(who: Person) -> Browser:
        return await Browser(settings, database, clock).sign_in(who)

    return open_for
