"""The clock's mail when clocks are odd: another zone, summer time, a clock that goes back, a server that was off for days."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from liaison.mechanisms.models import Mechanism
from liaison.meetings.asking import Asked
from liaison.reminders.reminding import remind_due
from tests.meetings.play import Mail, Play
from tests.reminders.test_reminding import LIWB, WUXL, assigned, beijing, without_digest


class PowerCut(Exception):
    """What ends a worker's round before it is saved."""


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def far_machine(request: pytest.FixtureRequest, play: Play) -> Iterator[None]:
    """The machine and the site are in this zone, the mechanism is in Beijing."""
    play.database.settings = replace(play.database.settings, timezone=request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def mails_at(play: Play, instant: datetime) -> list[Mail]:
    """Let the clock stand there and the worker run, twice as it does; every mail that newly arrived."""
    play.clock.as_of = instant
    for _ in range(2):
        async with play.database.writing() as db:
            await remind_due(db)
    return list(await play.delivered())


def receivers(mails: list[Mail]) -> list[str]:
    """To whom; an address that got two mails is there twice."""
    return sorted(mail.to.rpartition("<")[2].rstrip(">") for mail in mails)


@pytest.mark.usefixtures("far_machine")
async def test_mail_goes_in_the_mechanisms_morning_whatever_zone_machine_and_site_are_in(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    assert await mails_at(play, beijing("12-07T08:29")) == []
    assert receivers(await mails_at(play, beijing("12-07T08:30"))) == [LIWB]


@pytest.mark.parametrize(
    ("due_on", "before", "due"),
    [
        (date(2027, 3, 29), "2027-03-24T08:30", "2027-03-29T07:30"),  # the clocks go forward on Sunday 28 March
        (date(2027, 11, 1), "2027-10-27T07:30", "2027-11-01T08:30"),  # and back on Sunday 31 October
    ],
)
async def test_half_past_eight_stays_half_past_eight_when_the_clocks_change(
    play: Play, due_on: date, before: str, due: str
) -> None:
    await without_digest(play)
    async with play.database.writing() as db:
        (await db.get_one(Mechanism, play.world.mechanism.id)).timezone = "Europe/London"
    await assigned(play, owner=play.world.liwb, due_on=due_on)
    for instant in (before, due):
        assert await mails_at(play, utc(instant.replace(":30", ":29"))) == []
        assert receivers(await mails_at(play, utc(instant))) == [LIWB]


async def test_a_week_that_begins_with_free_days_has_its_digest_on_its_first_working_day(play: Play) -> None:
    await assigned(play, owner=play.world.liwb, due_on=date(2027, 3, 31))
    assert receivers(await mails_at(play, utc("2027-02-01T00:30"))) == [LIWB]
    # Spring festival: Friday 5 to Wednesday 10 February.
    told = {day: receivers(await mails_at(play, utc(f"2027-02-{day:02}T00:30"))) for day in range(2, 15)}
    assert {day: who for day, who in told.items() if who} == {11: [LIWB]}


async def test_a_clock_that_goes_back_repeats_nothing(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    await play.send(await play.scheduled(Asked(person_id=play.world.liwb.id)))
    for day in ("12-07", "12-10", "12-16"):
        assert LIWB in receivers(await mails_at(play, beijing(f"{day}T08:30")))
    for back in ("12-16T08:00", "12-10T08:30", "12-07T08:30", "12-04T08:30", "12-10T09:00", "12-16T08:31"):
        assert await mails_at(play, beijing(back)) == [], back


async def test_a_round_that_ends_before_it_is_saved_is_made_up_for_and_goes_once(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    play.clock.as_of = beijing("12-07T08:30")

    async def cut_off() -> None:
        async with play.database.writing() as db:
            assert await remind_due(db) == 1
            raise PowerCut

    with pytest.raises(PowerCut):
        await cut_off()
    assert await play.delivered() == []
    assert receivers(await mails_at(play, beijing("12-07T08:31"))) == [LIWB]
    assert await mails_at(play, beijing("12-07T08:32")) == []


async def test_workers_that_remind_at_the_same_moment_send_each_reminder_once(play: Play) -> None:
    await assigned(play, owner=play.world.liwb, due_on=date(2026, 12, 3))
    await assigned(play, owner_id=None)
    play.clock.as_of = beijing("11-30T08:30")

    async def one_round() -> int:
        async with play.database.writing() as db:
            return await remind_due(db)

    assert sorted(await asyncio.gather(*(one_round() for _ in range(4)))) == [0, 0, 0, 2]
    assert receivers(list(await play.delivered())) == [LIWB, WUXL]


async def test_after_three_days_off_everybody_gets_one_mail_with_all_of_it(play: Play) -> None:
    await without_digest(play)
    for number, due_on in enumerate((date(2026, 12, 8), date(2026, 12, 9), date(2026, 12, 10), date(2026, 12, 14))):
        await assigned(play, owner=play.world.liwb, title=f"第{number}项", due_on=due_on)
    assert await mails_at(play, beijing("12-02T08:30")) == []
    # Off from Thursday 3 to Thursday 10 December: due - 3, due and due + 1 of some have passed in between.
    mails = await mails_at(play, beijing("12-10T11:07"))
    assert receivers(mails) == [LIWB, WUXL]
    mine = next(mail for mail in mails if LIWB in mail.to)
    assert [mine.text.count(f"第{number}项") for number in range(4)] == [1, 1, 1, 1]
    assert await mails_at(play, beijing("12-10T11:08")) == []
