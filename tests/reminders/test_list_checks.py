"""名单核对: twice a year each agency's liaison is asked once whether its list is right; one press says so, and it stands on the pages."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import select

from liaison.calendaring.workdays import region_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.list_checks import confirm
from liaison.mechanisms.models import Designation, ListCheck
from liaison.reminders.reminding import remind_due
from liaison.reminders.rules import half_to_ask
from tests.callers import Browser, Program, visitor
from tests.meetings.play import Mail, Play, by_address
from tests.reminders.test_reminding import LIWB, ZHOUMIN, without_digest

SFJ = "sfj@sfj.qingzhi.example"


async def at(play: Play, text: str) -> dict[str, Mail]:
    """The clock stands at that time of Beijing and two workers run; what newly arrived."""
    play.clock.as_of = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)
    for _ in range(2):
        async with play.database.writing() as db:
            await remind_due(db)
    return by_address(await play.delivered())


def link(mail: Mail) -> str:
    found = re.search(r"/r/\S+", mail.links[0])
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("today", "half"),
    [
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), None),  # a Sunday
        (date(2026, 3, 2), date(2026, 3, 1)),
        (date(2026, 3, 16), date(2026, 3, 1)),
        (date(2026, 3, 17), None),
        (date(2026, 9, 1), date(2026, 9, 1)),
        (date(2026, 8, 31), None),
    ],
)
def test_lists_are_asked_for_from_the_first_working_day_of_march_and_september(today: date, half: date | None) -> None:
    assert half_to_ask(region_calendar("CN"), today) == half


async def test_each_liaison_is_asked_once_a_half_year_in_the_mornings_mail(play: Play) -> None:
    await without_digest(play)
    assert await at(play, "2027-02-26T08:30") == {}
    assert await at(play, "2027-03-01T08:29") == {}
    mails = await at(play, "2027-03-01T08:30")
    assert set(mails) == {LIWB, ZHOUMIN}
    assert mails[LIWB].subject == "【名单核对】请核对区司法局名单：每半年核对一次"
    assert await at(play, "2027-03-02T08:30") == await at(play, "2027-03-10T08:30") == {}
    assert set(await at(play, "2027-09-01T08:30")) == {LIWB, ZHOUMIN}


async def test_after_an_outage_it_is_made_up_for_within_two_weeks_and_not_later(play: Play) -> None:
    await without_digest(play)
    assert set(await at(play, "2027-03-11T09:00")) == {LIWB, ZHOUMIN}
    assert await at(play, "2027-09-20T09:00") == {}


async def test_who_confirmed_within_thirty_days_is_not_asked_in_that_half_year(play: Play) -> None:
    await without_digest(play)
    play.clock.as_of = datetime(2027, 2, 10, 3, tzinfo=UTC)
    async with play.database.writing() as db:
        await confirm(db, await play.world.viewer(db, play.world.wuxl), play.world.members["sfj"].id)
    assert set(await at(play, "2027-03-01T08:30")) == {ZHOUMIN}
    assert await at(play, "2027-03-15T08:30") == {}
    assert set(await at(play, "2027-09-01T08:30")) == {ZHOUMIN, LIWB}


async def test_one_press_behind_the_link_confirms_and_says_so(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    await without_digest(play)
    mails = await at(play, "2027-03-01T08:30")
    anybody: httpx.AsyncClient = visitor(settings, database, clock)
    anybody.headers["Accept-Language"] = "zh-CN"
    page = await anybody.get(link(mails[LIWB]))
    assert "吴晓岚" in page.text
    assert "0553-0000021" in page.text
    async with play.database.reading() as db:
        assert all(one.confirmed_at is None for one in await db.scalars(select(ListCheck)))
    done = await anybody.post(link(mails[LIWB]))
    assert "已登记名单无误" in done.text
    browser = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    shown = re.sub(r"<[^>]+>", "", unescape(await browser.get(f"/mechanisms/{play.world.mechanism.id}")))
    assert re.search(r"名单核对：\S*3月1日.*李文博", shown)
    directory = re.sub(r"<[^>]+>", "", unescape(await browser.get(f"/directory/agencies/{play.world.sfj.id}")))
    assert re.search(r"名单核对：\S*3月1日.*李文博", directory)


async def test_an_agency_without_a_liaison_is_asked_at_its_own_address(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    await without_digest(play)
    async with play.database.writing() as db:
        for who in ("liwb", "wuxl"):
            (await db.get_one(Designation, play.world.terms[who].id)).ends_on = date(2026, 12, 1)
    mails = await at(play, "2027-03-01T08:30")
    assert set(mails) == {SFJ, ZHOUMIN}
    anybody = visitor(settings, database, clock)
    assert (await anybody.post(link(mails[SFJ]))).status_code == 200
    async with play.database.reading() as db:
        (check,) = [one for one in await db.scalars(select(ListCheck)) if one.confirmed_at]
        assert (check.member_id, check.confirmed_by) == (play.world.members["sfj"].id, None)


async def test_the_list_is_confirmed_on_the_page_and_by_programs_by_the_agency_alone(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    member = play.world.members["sfj"].id
    browser = await Browser(settings, database, clock).sign_in(play.world.gonghui)
    assert "名单无误" in await browser.get(f"/members/{member}/list")
    assert (await browser.post(f"/members/{member}/list")).status_code == 303
    program = Program(settings, database, clock)
    said = await program.post(play.world.wuxl, f"/members/{member}/confirm-list")
    assert said["confirmed_by"] == str(play.world.wuxl.id)
    assert (await program.refused(play.world.zhoumin, "POST", f"/members/{member}/confirm-list"))[0] == 403
    async with play.database.reading() as db:
        checks = (await db.scalars(select(ListCheck))).all()
        assert [one.half_from for one in checks] == [None, None]
        assert all(one.confirmed_at and clock.now() - one.confirmed_at < timedelta(minutes=1) for one in checks)
