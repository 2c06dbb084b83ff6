"""The week's digest of what waits, and what two time zones mean for an address (PRACTICE.md 14)."""

from datetime import date
from typing import Any

from liaison.actions.models import ActionItem
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings.asking import Asked
from tests.meetings.play import Play
from tests.reminders.test_reminding import LIWB, assigned, at, beijing, without_digest


async def test_the_first_working_day_of_the_week_tells_what_waits_unless_switched_off(play: Play) -> None:
    await assigned(play, owner=play.world.liwb, due_on=date(2027, 3, 1))
    mails = await at(play, "11-30T08:30")
    assert set(mails) == {LIWB}
    assert "【每周提要】" in str(mails[LIWB].raw["Subject"])
    assert "其他待办事项" not in mails[LIWB].text, "there is nothing else above"
    assert await at(play, "11-30T09:00") == await at(play, "12-01T08:30") == {}
    await without_digest(play)
    assert await at(play, "12-07T08:30") == {}


async def test_a_week_whose_first_morning_was_missed_has_its_digest_on_the_next_working_day_once(play: Play) -> None:
    await assigned(play, owner=play.world.liwb, title="甲项", due_on=date(2027, 3, 1))
    await play.send(await play.scheduled(Asked(person_id=play.world.chenzy.id)))
    assert await at(play, "11-27T08:30") == {}, "the week in which it was assigned had its digest before"
    # Nothing runs from Friday to Wednesday; on Tuesday somebody assigns another item.
    play.clock.as_of = beijing("12-01T10:00")
    await assigned(play, owner=play.world.liwb, title="乙项", due_on=date(2027, 3, 1))
    assert await at(play, "12-02T08:29") == {}
    mails = await at(play, "12-02T08:30")
    assert set(mails) == {LIWB, "chenzy@jcy.qingzhi.example"}
    assert "甲项" in mails[LIWB].text
    assert "乙项" not in mails[LIWB].text, "a digest that is late says what Monday's would have said"
    assert await at(play, "12-02T09:00") == await at(play, "12-03T08:30") == {}
    assert "乙项" in (await at(play, "12-07T08:30"))[LIWB].text


async def in_tokyo(play: Play, **item: Any) -> None:
    """A second mechanism of the same agencies, an hour ahead, with an item of 李文博's assigned long ago."""
    world = play.world
    async with play.database.writing() as db:
        far = Mechanism(
            name="远方机制", short_name="远方", timezone="Asia/Tokyo", region="CN", locale="zh_CN",
            lead_agency_id=world.jcy.id, deadlines={},
        )  # fmt: skip
        db.add(far)
        await db.flush()
        joined = {"mechanism_id": far.id, "joined_on": date(2026, 1, 1)}
        db.add_all([Member(agency_id=one.id, **joined) for one in (world.jcy, world.sfj)])
        db.add(
            ActionItem(
                mechanism_id=far.id, title="远方事项", lead_agency_id=world.sfj.id, owner_id=world.liwb.id,
                assigned_on=date(2026, 11, 23), assigned_at=play.clock.now(), assigned_by=world.zhoumin.id, version=1, **item,
            )
        )  # fmt: skip


async def test_a_meeting_whose_mail_waited_for_another_zones_is_reminded_the_next_day(play: Play) -> None:
    await without_digest(play)
    world = play.world
    await assigned(play, owner=world.liwb, due_on=date(2026, 12, 16))
    await in_tokyo(play, due_on=date(2026, 12, 16), remind_on=date(2026, 12, 16))
    await play.send(await play.scheduled(Asked(person_id=world.liwb.id)))
    assert set(await at(play, "12-16T07:30")) == {LIWB}, "Tokyo's half past eight"
    assert await at(play, "12-16T08:30") == {}
    assert "第四季度联席会议" in (await at(play, "12-17T08:30"))[LIWB].text


async def test_two_zones_digests_for_one_address_go_on_two_days_and_nothing_of_them_twice(play: Play) -> None:
    await assigned(play, owner=play.world.liwb, title="甲项", due_on=date(2026, 12, 3))
    await assigned(play, owner=play.world.liwb, title="乙项", due_on=date(2027, 3, 1))
    await assigned(
        play, owner=play.world.chenzy, title="丙项", lead_agency_id=play.world.jcy.id, due_on=date(2026, 12, 3)
    )
    await in_tokyo(play)
    # What is due on Thursday is also reminded of on Monday for itself, and then need not be said as waiting on Tuesday.
    told: dict[str, set[str]] = {}
    for day in ("11-30", "12-01", "12-02"):
        for time in ("07:30", "08:29", "08:30", "08:31", "17:00"):
            for address, mail in (await at(play, f"{day}T{time}")).items():
                titles = {title for title in ("甲项", "乙项", "丙项", "远方事项") if title in mail.text}
                told[f"{day}T{time} {address.partition('@')[0]}"] = titles
    assert told == {
        "11-30T07:30 liwb": {"远方事项"},
        "11-30T08:30 chenzy": {"丙项"},
        "12-01T08:30 liwb": {"甲项", "乙项"},
    }
