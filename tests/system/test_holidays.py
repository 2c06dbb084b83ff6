"""放假安排: what entering a year or correcting a day changes, what it never does, and that every process of a site comes to know it."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from liaison.actions import assigning
from liaison.actions.models import ActionItem
from liaison.calendaring.holiday_notice import GivenDay
from liaison.calendaring.workdays import DayKind, DueDay, add_workdays, region_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.mechanisms import calendars
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from liaison.opening import open_database
from liaison.system import holiday_queries, holidays
from liaison.system.holidays import Act, CorrectDay, EnterYear, UndoDay, UndoYear
from tests.callers import Browser
from tests.conftest import migrated_settings
from tests.meetings.play import Play
from tests.system.days import JUNE, MARCH, POWER_CUT, YEAR, Site
from tests.world import World


@pytest.fixture
def other_settings(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A second site in the same process."""
    directory = tmp_path / "other"
    directory.mkdir()
    with migrated_settings(directory, request) as made:
        yield made


# --- who comes to know of it


async def test_a_year_that_was_entered_is_what_rules_see_after_the_commit_and_not_before(site: Site) -> None:
    assert add_workdays(region_calendar("CN"), date(2026, 12, 17), 11) == DueDay(date(2027, 1, 4), certain=False)
    async with site.database.writing() as db:
        operator = await site.world.viewer(db, site.world.guyan)
        await holidays.apply(db, operator, "CN", YEAR)
        assert not region_calendar("CN").is_certain(MARCH)
    assert await site.kind(MARCH) is DayKind.HOLIDAY
    assert add_workdays(region_calendar("CN"), date(2026, 12, 17), 11) == DueDay(date(2027, 1, 4), certain=True)


async def test_an_act_that_was_rolled_back_changes_no_day(site: Site) -> None:
    with suppress(RuntimeError):
        async with site.database.writing() as db:
            operator = await site.world.viewer(db, site.world.guyan)
            await holidays.apply(db, operator, "CN", POWER_CUT)
            raise RuntimeError
    assert await site.kind(POWER_CUT.on) is DayKind.WORKDAY


async def test_two_sites_in_one_process_keep_their_days_apart(
    site: Site, other_settings: Settings, clock: Clock
) -> None:
    other = open_database(other_settings, clock)
    await site.apply(POWER_CUT)

    async def seen_by(database: Database) -> DayKind:
        async with database.reading():
            return region_calendar("CN").kind(POWER_CUT.on)

    found = await asyncio.gather(seen_by(other), seen_by(site.database), seen_by(other))
    assert list(found) == [DayKind.WORKDAY, DayKind.HOLIDAY, DayKind.WORKDAY]
    await other.dispose()


async def test_another_process_of_the_site_notices_within_seconds(
    site: Site, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert calendars.LOOK_EVERY <= 5
    other = open_database(settings, clock)
    monkeypatch.setattr(calendars, "LOOK_EVERY", 0.0)
    async with other.reading():
        assert region_calendar("CN").kind(POWER_CUT.on) is DayKind.WORKDAY
    await site.apply(POWER_CUT)
    async with other.reading():
        assert region_calendar("CN").kind(POWER_CUT.on) is DayKind.HOLIDAY
    await other.dispose()


async def test_a_process_that_starts_knows_the_days_in_its_first_transaction(
    site: Site, settings: Settings, clock: Clock
) -> None:
    await site.apply(POWER_CUT)
    other = open_database(settings, clock)
    async with other.writing():
        assert region_calendar("CN").kind(POWER_CUT.on) is DayKind.HOLIDAY
    await other.dispose()


# --- meetings and deadlines


async def test_the_preview_says_what_would_change_and_changes_nothing(site: Site) -> None:
    march, june = await site.planned(MARCH, JUNE)
    found = await site.preview(YEAR)
    assert [(each.meeting.id, each.was.date, each.now.date) for each in found.effects.moves] == [
        (march, MARCH, date(2027, 3, 19))
    ]
    assert {each.on for each in found.effects.days} >= {MARCH, date(2027, 1, 31)}
    assert found.effects.stays == []
    assert (await site.meeting(march)).local_on == MARCH
    assert (await site.meeting(june)).provisional
    assert await site.kind(MARCH) is DayKind.WORKDAY


async def test_meetings_nobody_was_told_of_follow_their_rule_if_that_was_chosen(site: Site) -> None:
    march, june = await site.planned(MARCH, JUNE)
    done = await site.apply(YEAR, move=True)
    assert done.moved == 1
    moved, stayed = await site.meeting(march), await site.meeting(june)
    assert (moved.local_start, moved.provisional) == (datetime.fromisoformat("2027-03-19T14:30"), False)
    assert moved.starts_at.isoformat() == "2027-03-19T06:30:00+00:00"
    assert moved.why_moved == {"code": "holiday", "params": {"day": "2027-03-18", "direction": "following"}}
    assert (stayed.local_on, stayed.provisional) == (JUNE, False)


async def test_they_keep_their_dates_if_that_was_chosen(site: Site) -> None:
    (march,) = await site.planned(MARCH)
    done = await site.apply(YEAR, move=False)
    kept = await site.meeting(march)
    assert (done.moved, kept.local_on, kept.provisional) == (0, MARCH, False)


async def test_a_date_that_an_officer_chose_is_left_alone(site: Site) -> None:
    (march,) = await site.planned(MARCH)
    async with site.database.writing() as db:
        chosen = datetime.fromisoformat("2027-03-16T14:30")
        await db.execute(update(Meeting).where(Meeting.id == march).values(local_start=chosen, provisional=False))
    found = await site.apply(YEAR, move=True)
    assert (found.effects.moves, (await site.meeting(march)).local_on) == ([], date(2027, 3, 16))


async def test_an_announced_meeting_never_moves_by_itself_and_answers_stay_due_when_people_were_told(
    site: Site, database: Database, world: World, clock: Clock, tmp_path: Path
) -> None:
    play = Play(database, world, clock, tmp_path / "mail")
    (march,) = await site.planned(MARCH)
    await play.send(march)
    before = await site.meeting(march)
    named = EnterYear(2027, True, (*YEAR.days, GivenDay(date(2027, 3, 16), DayKind.HOLIDAY)))
    found = await site.apply(named, move=True)
    after = await site.meeting(march)
    assert [each.meeting.id for each in found.effects.stays] == [march]
    assert (after.local_on, after.sequence) == (MARCH, before.sequence)
    assert after.replies_due_on == date(2027, 3, 15)  # three working days before by the days that were known
    assert (before.remind_on, after.remind_on) == (date(2027, 3, 17), date(2027, 3, 17))
    assert await play.delivered() == []


async def test_the_clocks_reminder_follows_the_days(site: Site, play: Play) -> None:
    meeting = await play.scheduled(
        Asked(person_id=site.world.chenzy.id), local_start=datetime.fromisoformat("2026-12-09T14:30")
    )
    await play.send(meeting)
    assert (await site.meeting(meeting)).remind_on == date(2026, 12, 8)
    found = await site.apply(POWER_CUT)
    assert (await site.meeting(meeting)).remind_on == date(2026, 12, 7)
    assert ("reminder", date(2026, 12, 8), date(2026, 12, 7)) in [
        (each.step, each.before, each.after) for each in found.effects.deadlines
    ]


async def test_the_clock_looks_anew_when_the_steps_of_a_meeting_are_due(site: Site) -> None:
    march, june = await site.planned(MARCH, JUNE)
    async with site.database.writing() as db:
        await db.execute(update(Meeting).values(step_on=date(2027, 2, 17)))
    await site.apply(YEAR, move=True)
    assert [(await site.meeting(one)).step_on for one in (march, june)] == [date(2026, 11, 24), date(2026, 11, 23)]


async def test_a_provisional_meeting_that_becomes_certain_is_confirmed_when_the_officer_sends(
    site: Site, play: Play, settings: Settings, clock: Clock
) -> None:
    officer = await Browser(settings, site.database, clock).sign_in(site.world.zhoumin)
    (june,) = await site.planned(JUNE)
    first = await play.send(june)
    assert {str(mail.event["STATUS"]) for mail in first if mail.calendar} == {"TENTATIVE"}
    found = await site.apply(YEAR)
    assert [one.id for one in found.effects.settled] == [june]
    assert await play.delivered() == []
    assert "变更尚未通知任何人" in await officer.get(f"/meetings/{june}")
    await officer.client.aclose()
    told = [mail for mail in await play.send(june) if mail.calendar]
    assert {(str(mail.event["STATUS"]), int(mail.event["SEQUENCE"])) for mail in told} == {("CONFIRMED", 0)}
    assert all("日期已确定" in mail.text for mail in told)


async def test_an_action_items_next_reminder_follows_the_days_and_a_step_that_slips_behind_goes_next_morning(
    site: Site, clock: Clock
) -> None:
    world = site.world
    async with site.database.writing() as db:
        officer = await world.viewer(db, world.zhoumin)
        item = await assigning.assign(
            db,
            officer,
            world.mechanism.id,
            title="建立台账",
            lead_agency_id=world.sfj.id,
            owner_id=world.zhenggq.id,
            due_on=date(2026, 12, 11),
        )
        assert item.remind_on == date(2026, 12, 8)
        item_id = item.id

    async def remind_on() -> date | None:
        async with site.database.reading() as db:
            return (await db.scalars(select(ActionItem.remind_on).where(ActionItem.id == item_id))).one()

    await site.apply(POWER_CUT)
    assert await remind_on() == date(2026, 12, 7)
    clock.as_of = datetime.fromisoformat("2026-12-07T09:00+08:00")
    async with site.database.writing() as db:
        await db.execute(update(ActionItem).where(ActionItem.id == item_id).values(remind_on=date(2026, 12, 9)))
    await site.apply(CorrectDay(date(2026, 12, 9), DayKind.HOLIDAY, "停电"))
    assert await remind_on() == date(2026, 12, 9)  # it waits already: left as it is


# --- corrections, undoing, refusals


async def test_a_correction_counts_until_its_year_is_entered_anew_and_again_when_that_is_undone(site: Site) -> None:
    day = CorrectDay(date(2027, 5, 20), DayKind.HOLIDAY, "区庆")
    await site.apply(day)
    assert await site.kind(day.on) is DayKind.HOLIDAY
    await site.apply(YEAR)
    assert await site.kind(day.on) is DayKind.WORKDAY
    async with site.database.reading() as db:
        found = await holiday_queries.year_of_days(db, "CN", 2027)
    assert found.standing is not None
    await site.apply(UndoYear(found.standing.row.id))
    assert await site.kind(day.on) is DayKind.HOLIDAY
    assert await site.kind(MARCH) is DayKind.WORKDAY
    await site.apply(UndoDay(found.corrections[0].row.id))
    assert await site.kind(day.on) is DayKind.WORKDAY
    async with site.database.reading() as db:
        kept = await holiday_queries.year_of_days(db, "CN", 2027)
    assert [(one.counts, one.undone_by) for one in (*kept.entries, *kept.corrections)] == [(False, "顾岩")] * 2


async def test_words_are_kept_as_they_were_cleaned(site: Site) -> None:
    day = date(2027, 5, 20)
    await site.apply(EnterYear(2027, True, (GivenDay(day, DayKind.HOLIDAY, " Ca\u0301i "),), "  国办发明电  "))
    await site.apply(CorrectDay(JUNE, DayKind.HOLIDAY, "  停电 "))
    async with site.database.reading() as db:
        found = await holiday_queries.year_of_days(db, "CN", 2027)
    assert found.standing is not None
    assert (found.standing.row.source, found.standing.row.days[0][2]) == ("国办发明电", "Cái")
    assert found.corrections[0].row.reason == "停电"


async def test_entering_the_same_year_twice_changes_nothing(site: Site) -> None:
    await site.apply(YEAR)
    again = await site.apply(YEAR)
    async with site.database.reading() as db:
        assert await holiday_queries.version_of(db, "CN") == again.version == 2


async def test_two_operators_at_once_do_not_overwrite_each_other(site: Site) -> None:
    version = (await site.preview(POWER_CUT)).version
    await site.apply(YEAR, version=version)
    with pytest.raises(Conflict):
        await site.apply(POWER_CUT, version=version)


async def test_only_the_operator_changes_days(site: Site) -> None:
    async with site.database.writing() as db:
        officer = await site.world.viewer(db, site.world.zhoumin)
        with pytest.raises(NotPermitted):
            await holidays.apply(db, officer, "CN", POWER_CUT)
        with pytest.raises(NotPermitted):
            await holidays.preview(db, officer, "CN", POWER_CUT)


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        (CorrectDay(date(2026, 12, 8), DayKind.MAKEUP, "误"), {"kind"}),
        (CorrectDay(date(2026, 12, 6), DayKind.WORKDAY, "误"), {"kind"}),
        (CorrectDay(date(2026, 12, 8), DayKind.WORKDAY, "误"), {"kind"}),
        (CorrectDay(date(2026, 12, 8), DayKind.HOLIDAY, " "), {"reason"}),
        (EnterYear(1900, True, ()), {"year"}),
        (EnterYear(2027, True, (GivenDay(MARCH, DayKind.HOLIDAY, "x" * 41),)), {"days"}),
    ],
)
async def test_what_a_day_cannot_be_is_refused(site: Site, act: Act, fields: set[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        await site.apply(act)
    assert set(refusal.value.errors) == fields


async def test_what_was_never_entered_cannot_be_undone(site: Site) -> None:
    for act in (UndoYear(7), UndoDay(7)):
        with pytest.raises(NotFound):
            await site.apply(act)
