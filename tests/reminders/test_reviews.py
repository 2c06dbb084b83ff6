"""The review of an agreement: every member's liaison is reminded 90, 30 and 7 days ahead, and it stays to do until a later date is entered."""

from datetime import UTC, date, datetime

from sqlalchemy import update

from liaison.calendaring.workdays import region_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.agreement import AgreementFacts, put_agreement
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.review import newest_review_step, next_review_day
from tests.callers import Browser
from tests.desk.pages import needs
from tests.meetings.play import Play
from tests.reminders.test_list_checks import at
from tests.reminders.test_reminding import LIWB, ZHOUMIN, without_digest

DEPUTIES = {"qianwei@jcy.qingzhi.example", "wuxl@sfj.qingzhi.example"}


async def entered(play: Play, review_on: date) -> None:
    viewer = await play.viewer(play.world.guyan)
    async with play.database.writing() as db:
        await put_agreement(db, viewer, play.world.mechanism.id, AgreementFacts(title="协作意见", review_on=review_on))


def test_a_step_goes_on_its_day_or_the_working_day_before_and_one_that_lay_before_is_skipped() -> None:
    calendar, review = region_calendar("CN"), date(2026, 12, 29)  # 30 days before is Sunday 29 November
    assert next_review_day(calendar, review, since=date(2026, 9, 1)) == date(2026, 9, 30)
    assert next_review_day(calendar, review, since=date(2026, 10, 1)) == date(2026, 11, 27)
    assert newest_review_step(calendar, review, date(2026, 11, 26)) == "review_90"
    assert newest_review_step(calendar, review, date(2027, 1, 5)) == "review_7"
    assert next_review_day(calendar, review, since=date(2026, 12, 23)) is None


async def test_members_are_reminded_once_a_step_and_another_date_begins_anew(play: Play) -> None:
    await without_digest(play)
    play.clock.as_of = datetime(2026, 11, 2, 1, tzinfo=UTC)
    await entered(play, date(2026, 12, 29))
    assert await at(play, "2026-11-26T09:00") == {}
    mails = await at(play, "2026-11-27T08:30")
    assert set(mails) == {LIWB, ZHOUMIN} | DEPUTIES
    assert mails[LIWB].subject == "【协议复核】支持起诉协作机制：32天后到复核日期"
    assert await at(play, "2026-12-21T09:00") == {}
    late = await at(play, "2026-12-30T09:00")  # nothing ran on 22 December
    assert late[LIWB].subject == "【协议复核】支持起诉协作机制：复核日期已过（昨天）"
    await entered(play, date(2027, 1, 20))
    assert await at(play, "2026-12-31T09:00") == {}
    assert set(await at(play, "2027-01-13T09:00")) == {LIWB, ZHOUMIN} | DEPUTIES


async def test_a_mechanism_that_ends_later_is_reminded_until_then(play: Play) -> None:
    await without_digest(play)
    play.clock.as_of = datetime(2026, 11, 2, 1, tzinfo=UTC)
    await entered(play, date(2026, 12, 29))
    async with play.database.writing() as db:
        await db.execute(update(Mechanism).values(ended_on=date(2026, 12, 22)))
    assert set(await at(play, "2026-11-27T08:30")) == {LIWB, ZHOUMIN} | DEPUTIES
    assert await at(play, "2026-12-22T08:30") == {}


async def test_it_is_to_do_for_the_leads_liaison_and_the_operator_and_the_page_names_it_late(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    await entered(play, date(2026, 10, 1))
    page_of = f"/mechanisms/{play.world.mechanism.id}"
    lead, other, operator = [
        await Browser(settings, database, clock).sign_in(who)
        for who in (play.world.zhoumin, play.world.liwb, play.world.guyan)
    ]
    task = "协议到期需复核：支持起诉协作机制"
    assert task in needs(await lead.get("/"))
    assert task not in needs(await other.get("/"))
    assert "复核逾期" in await other.get(page_of)
    assert task in needs(await operator.get("/"))
    await entered(play, date(2028, 10, 1))
    assert task not in needs(await operator.get("/"))
    assert "复核逾期" not in await operator.get(page_of)
