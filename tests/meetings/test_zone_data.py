"""A meeting is at the time on the wall: where clocks change twice a year, on a machine in another zone, under new zone data."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liaison.mechanisms.models import Mechanism
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from liaison.meetings.zone_data import follow_zone_data
from tests.meetings.play import Play


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def far_machine(request: pytest.FixtureRequest, play: Play) -> Iterator[None]:
    """The machine and the site are in this zone, the mechanism is in Beijing."""
    play.database.settings = replace(play.database.settings, timezone=request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def in_london(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Mechanism, play.world.mechanism.id)).timezone = "Europe/London"


async def begins(play: Play, meeting_id: int) -> datetime:
    async with play.database.reading() as db:
        return (await db.get_one(Meeting, meeting_id)).starts_at


@pytest.mark.usefixtures("far_machine")
async def test_a_notice_names_the_mechanisms_time_whatever_zone_machine_and_site_are_in(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id))
    assert await begins(play, meeting_id) == datetime(2026, 12, 17, 6, 30, tzinfo=UTC)
    (mail,) = await play.send(meeting_id)
    assert "14:30" in mail.text
    starts: Any = mail.event["DTSTART"]
    assert (starts.params["TZID"], starts.dt.replace(tzinfo=None)) == ("Asia/Shanghai", wall("2026-12-17T14:30"))


async def test_of_an_hour_that_comes_twice_the_first_counts(play: Play) -> None:
    await in_london(play)
    meeting_id = await play.scheduled(local_start=wall("2027-10-31T01:30"))
    assert await begins(play, meeting_id) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


async def test_new_zone_data_move_the_instant_and_not_the_time_on_the_wall(play: Play) -> None:
    coming, held, past = [await play.scheduled() for _ in range(3)]
    right = await begins(play, coming)
    wrong = right + timedelta(hours=1)
    long_ago = play.clock.now() - timedelta(days=30)
    async with play.database.writing() as db:
        for meeting_id in (coming, held):
            (await db.get_one(Meeting, meeting_id)).starts_at = wrong
        (await db.get_one(Meeting, held)).held_at = play.clock.now()
        (await db.get_one(Meeting, past)).starts_at = long_ago
    async with play.database.writing() as db:
        assert await follow_zone_data(db) == 1
        assert await follow_zone_data(db) == 0
    assert [await begins(play, each) for each in (coming, held, past)] == [right, wrong, long_ago]
    async with play.database.reading() as db:
        meeting = await db.get_one(Meeting, coming)
        assert (meeting.local_start, meeting.version) == (wall("2026-12-17T14:30"), 1)


async def test_a_time_that_new_zone_data_skip_is_left_alone(play: Play) -> None:
    meeting_id = await play.scheduled()
    before = await begins(play, meeting_id)
    async with play.database.writing() as db:
        meeting = await db.get_one(Meeting, meeting_id)
        meeting.local_start, meeting.timezone = wall("2027-03-28T01:30"), "Europe/London"
    async with play.database.writing() as db:
        assert await follow_zone_data(db) == 0
    assert await begins(play, meeting_id) == before
