import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import icalendar
import pytest

from liaison.actions import assigning
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from tests.callers import Program, visitor
from tests.meetings.play import Play
from tests.world import World


@dataclass
class Calendars:
    """Calendar programs of the world's people: each knows nothing but its secret address."""

    play: Play
    api: Program
    client: httpx.AsyncClient
    addresses: dict[int, str]

    async def address(self, who: Person) -> str:
        """The path of the person's feed, made at the first call."""
        if who.id not in self.addresses:
            url = (await self.api.post(who, "/me/feed", status=201))["url"]
            self.addresses[who.id] = re.sub(r"^https?://[^/]+", "", url)
        return self.addresses[who.id]

    async def fetch(self, who: Person, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(await self.address(who), headers=named)

    async def entries(self, who: Person) -> dict[str, Any]:
        """What the calendar shows, by title."""
        answer = await self.fetch(who)
        assert answer.status_code == 200, answer.text
        found = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
        assert len({str(event["UID"]) for event in found}) == len(found)
        return {str(event["SUMMARY"]): event for event in found}

    async def assigned(self, owner: Person | None, **more: Any) -> int:
        """An action item due on 2026-12-10."""
        world = self.play.world
        given: dict[str, Any] = {
            "title": "建立线索编号登记台账",
            "lead_agency_id": world.sfj.id,
            "owner_id": owner.id if owner else None,
            "due_on": date(2026, 12, 10),
            **more,
        }
        async with self.play.database.writing() as db:
            viewer = await world.viewer(db, world.zhoumin)
            return (await assigning.assign(db, viewer, world.mechanism.id, **given)).id


@pytest.fixture
async def calendars(
    settings: Settings, database: Database, world: World, clock: Clock, tmp_path: Path
) -> AsyncIterator[Calendars]:
    async with visitor(settings, database, clock) as client:
        play = Play(database, world, clock, tmp_path / "mail")
        yield Calendars(play, Program(settings, database, clock), client, {})
