"""Mail that the clock calls for (PRACTICE.md 14 and "One quarter"): when, to whom, bundled, each once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from liaison import worker
from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import assigning, reporting
from liaison.actions import queries as actions
from liaison.composers import COMPOSERS
from liaison.directory.models import Person
from liaison.mechanisms.models import Designation
from liaison.meetings import queries, replies, scheduling
from liaison.meetings.asking import Asked
from liaison.reminders.reminding import remind_due, switch_digest
from tests.meetings.play import Mail, Play, mails_in

DUE = date(2026, 12, 10)
"""A Thursday; its steps are Monday 7, Thursday 10, Friday 11 and Thursday 17 December."""
LIWB, WUXL, ZHOUMIN, QIANWEI = (
    "liwb@sfj.qingzhi.example",
    "wuxl@sfj.qingzhi.example",
    "zhoumin@jcy.qingzhi.example",
    "qianwei@jcy.qingzhi.example",
)

OWNER, LIAISONS, HOSTS = {LIWB}, {LIWB, WUXL}, {LIWB, WUXL, ZHOUMIN, QIANWEI}


def beijing(text: str) -> datetime:
    """An instant from local wall time in Beijing."""
    return datetime.fromisoformat(f"2026-{text}+08:00").astimezone(UTC)


async def at(play: Play, text: str) -> dict[str, Mail]:
    """Let the clock stand there and the worker run; the mails that newly arrived, by address."""
    play.clock.as_of = beijing(text)
    async with play.database.writing() as db:
        await remind_due(db)
    return {mail.to.rpartition("<")[2].rstrip(">"): mail for mail in await play.delivered()}


async def assigned(play: Play, *, owner: Person | None = None, **more: Any) -> int:
    world = play.world
    given: Mapping[str, Any] = {
        "title": "建立线索编号登记台账",
        "lead_agency_id": world.sfj.id,
        "owner_id": (owner or world.zhenggq).id,
        "due_on": DUE,
        **more,
    }
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        return (await assigning.assign(db, viewer, world.mechanism.id, **given)).id


async def without_digest(play: Play) -> None:
    async with play.database.writing() as db:
        await switch_digest(db, COMMAND_LINE, on=False)


async def test_owner_at_each_step_liaison_from_the_first_day_overdue_host_after_five(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    told: dict[str, set[str]] = {}
    for day in range(1, 32):
        mails = await at(play, f"12-{day:02}T08:30")
        if mails:
            told[f"12-{day:02}"] = set(mails)
    assert told == {
        "12-07": {LIWB},
        "12-10": {LIWB},
        "12-11": {LIWB, WUXL},
        "12-17": {LIWB, WUXL, ZHOUMIN, QIANWEI},
    }


async def test_nothing_goes_before_half_past_eight_and_a_second_run_sends_nothing(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    assert await at(play, "12-07T08:29") == {}
    assert set(await at(play, "12-07T08:30")) == {LIWB}
    for _ in range(3):
        assert await at(play, "12-07T08:31") == {}
    assert await at(play, "12-08T08:30") == {}


async def test_one_round_of_the_worker_sends_what_it_calls_for(play: Play) -> None:
    await assigned(play)
    play.clock.as_of = beijing("12-10T09:00")
    assert await worker.run_once(worker.work_for(play.database, COMPOSERS))
    assert [mail.to for mail in mails_in(play.database.settings.mail_dir, set())]


async def test_nothing_goes_on_free_days(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb, due_on=date(2026, 12, 12))
    assert set(await at(play, "12-11T08:30")) == {LIWB}, "due on a Saturday: the working day before"
    assert await at(play, "12-12T09:00") == await at(play, "12-13T09:00") == {}
    assert set(await at(play, "12-14T08:30")) == {LIWB, WUXL}, "one working day overdue"


async def test_after_an_outage_only_the_newest_step_goes(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.liwb)
    mails = await at(play, "12-16T10:00")
    assert set(mails) == {LIWB, WUXL}
    assert "逾期6天" in mails[LIWB].subject
    assert set(await at(play, "12-17T08:30")) == {LIWB, WUXL, ZHOUMIN, QIANWEI}


async def test_a_step_that_lay_before_the_item_existed_is_skipped(play: Play) -> None:
    await without_digest(play)
    play.clock.as_of = beijing("12-07T09:00")
    await assigned(play, owner=play.world.liwb)
    assert await at(play, "12-07T09:01") == {}
    assert set(await at(play, "12-10T08:30")) == {LIWB}


async def ended(play: Play, item_id: int, text: str, verb: Any) -> None:
    """Let the item's owner complete or reopen it at that time."""
    play.clock.as_of = beijing(text)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        await verb(db, viewer, await actions.get(db, viewer, item_id))


@pytest.mark.parametrize(
    ("reopened", "told"),
    [
        ("12-08T10:00", {"12-09": OWNER, "12-10": OWNER, "12-11": LIAISONS, "12-17": HOSTS}),
        ("12-11T08:00", {"12-11": LIAISONS, "12-17": HOSTS}),
        ("12-12T10:00", {"12-14": LIAISONS, "12-17": HOSTS}),
        ("12-17T08:30", {"12-17": HOSTS}),
        ("12-21T16:00", {"12-22": HOSTS}),
    ],
)
async def test_a_reopened_item_is_reminded_the_next_morning_of_the_newest_step_that_has_come(
    play: Play, reopened: str, told: dict[str, set[str]]
) -> None:
    await without_digest(play)
    item_id = await assigned(play, owner=play.world.liwb)
    await ended(play, item_id, "12-04T10:00", reporting.complete)
    assert await at(play, "12-07T08:30") == {}
    await ended(play, item_id, reopened, reporting.reopen)
    days = [f"12-{day:02}" for day in range(int(reopened[3:5]), 32)]
    found = {day: set(await at(play, f"{day}T08:30")) for day in days if f"{day}T08:30" >= reopened}
    assert {day: who for day, who in found.items() if who} == told


async def test_a_step_that_went_before_the_item_was_done_does_not_go_again_when_it_is_reopened(play: Play) -> None:
    await without_digest(play)
    item_id = await assigned(play, owner=play.world.liwb)
    assert set(await at(play, "12-11T08:30")) == {LIWB, WUXL}
    await ended(play, item_id, "12-11T10:00", reporting.complete)
    await ended(play, item_id, "12-11T10:01", reporting.reopen)
    assert await at(play, "12-14T08:30") == {}
    assert set(await at(play, "12-17T08:30")) == {LIWB, WUXL, ZHOUMIN, QIANWEI}


async def test_everything_for_one_address_is_one_mail_listing_each_person(play: Play) -> None:
    await without_digest(play)
    # 郑国强 has no mailbox: his contact is 吴晓岚, who owns an item of her own.
    await assigned(play, owner=play.world.zhenggq, title="会签移送指引")
    await assigned(play, owner=play.world.wuxl)
    mails = await at(play, "12-07T08:30")
    assert set(mails) == {WUXL}
    text = mails[WUXL].text
    assert text.index("== ") < text.index("会签移送指引")
    assert {"== 郑国强", "== 吴晓岚"} <= set(text.splitlines())
    assert len(set(mails[WUXL].links)) == 2


async def test_what_was_done_in_the_meantime_is_not_spoken_of(play: Play) -> None:
    await without_digest(play)
    done, still = (
        await assigned(play, owner=play.world.liwb, title="甲"),
        await assigned(play, owner=play.world.liwb, title="乙"),
    )
    play.clock.as_of = beijing("12-07T08:30")
    async with play.database.writing() as db:
        assert await remind_due(db) == 1
        viewer = await play.world.viewer(db, play.world.liwb)
        await reporting.complete(db, viewer, await actions.get(db, viewer, done))
    (mail,) = await play.delivered()
    assert "乙" in mail.text
    assert "甲" not in mail.text
    assert still


async def test_an_item_that_nobody_owns_is_the_liaisons_from_the_start(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner_id=None)
    assert set(await at(play, "12-07T08:30")) == {LIWB, WUXL}


async def test_another_due_date_is_reminded_anew(play: Play) -> None:
    await without_digest(play)
    item_id = await assigned(play, owner=play.world.liwb)
    assert set(await at(play, "12-07T08:30")) == {LIWB}
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        item = await actions.get(db, viewer, item_id)
        await assigning.change(db, viewer, item, due_on=date(2026, 12, 17), reason="笔误")
    assert {mail.to for mail in await play.delivered()} == {LIWB}
    assert await at(play, "12-10T08:30") == {}
    assert set(await at(play, "12-14T08:30")) == {LIWB}


async def test_a_meeting_is_reminded_one_working_day_before_to_all_but_those_who_declined(play: Play) -> None:
    await without_digest(play)
    world = play.world
    meeting_id = await play.scheduled(
        Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.sunl.id), Asked(agency_id=world.sfj.id)
    )
    await play.send(meeting_id)
    async with play.database.writing() as db:
        attendee = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == world.sunl.id)
        viewer = await world.viewer(db, world.sunl)
        await replies.answer(db, viewer, await queries.attendee(db, attendee.id), partstat="declined")
    await at(play, "12-14T08:30")  # answers are due: tests/reminders/test_steps.py
    assert await at(play, "12-15T08:30") == {}
    mails = await at(play, "12-16T08:30")
    assert set(mails) == {"chenzy@jcy.qingzhi.example", LIWB, WUXL}
    assert mails["chenzy@jcy.qingzhi.example"].subject.startswith("【会议提醒】")
    assert mails[LIWB].raw["Auto-Submitted"] == "auto-generated"
    assert await at(play, "12-17T08:30") == {}


async def test_a_cancelled_or_late_announced_meeting_is_not_reminded(play: Play) -> None:
    await without_digest(play)
    world = play.world
    late, off = [await play.scheduled(Asked(person_id=world.chenzy.id)) for _ in range(2)]
    await play.send(off)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, off)
        await scheduling.cancel(db, viewer, meeting)
    await play.send(off)
    play.clock.as_of = beijing("12-16T09:00")
    await play.send(late)
    assert await at(play, "12-16T09:30") == {}
    assert await at(play, "12-17T08:30") == {}


async def test_an_item_whose_owner_has_left_is_the_liaisons_from_the_start(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.xujie)
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.xujie.id)).deactivated_at = play.clock.now()
    assert set(await at(play, "12-07T08:30")) == {LIWB, WUXL}


async def test_an_item_handed_on_after_the_mail_was_called_for_is_not_spoken_of_to_the_former_owner(play: Play) -> None:
    await without_digest(play)
    item_id = await assigned(play, owner=play.world.liwb)
    play.clock.as_of = beijing("12-07T08:30")
    async with play.database.writing() as db:
        await remind_due(db)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        item = await actions.get(db, viewer, item_id)
        await assigning.change(db, viewer, item, lead_agency_id=play.world.jcy.id, owner_id=play.world.chenzy.id)
    assert [mail.to for mail in await play.delivered()] == [
        "chenzy@jcy.qingzhi.example"
    ]  # who is told that it is theirs now


async def test_another_wording_while_no_worker_runs_loses_no_step(play: Play) -> None:
    await without_digest(play)
    item_id = await assigned(play, owner=play.world.liwb)
    play.clock.as_of = beijing("12-10T10:00")
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        await assigning.change(db, viewer, await actions.get(db, viewer, item_id), title="建立移送台账")
    assert set(await at(play, "12-10T11:00")) == {LIWB}


async def test_a_move_that_was_not_sent_is_not_told_by_a_reminder(play: Play) -> None:
    await without_digest(play)
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id))
    await play.send(meeting_id)
    play.clock.as_of = beijing("12-15T09:00")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=datetime.fromisoformat("2026-12-24T14:30"))
    mails = await at(play, "12-16T08:30")
    assert set(mails) == {LIWB}
    assert "12月17日" in mails[LIWB].text
    assert "12月24日" not in mails[LIWB].text


async def test_new_words_sent_while_no_worker_runs_lose_no_reminder_of_the_meeting(play: Play) -> None:
    await without_digest(play)
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id))
    await play.send(meeting_id)
    play.clock.as_of = beijing("12-16T09:30")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, note="请带工作证")
    await play.send(meeting_id)
    assert set(await at(play, "12-16T11:00")) == {LIWB}


async def test_a_slip_that_takes_no_more_names_is_not_asked_for_but_the_host_is_to_be_called(play: Play) -> None:
    await without_digest(play)
    await play.send(await play.scheduled(Asked(agency_id=play.world.sfj.id)))
    text = (await at(play, "12-16T08:30"))[LIWB].text
    assert "回执未交且已截止，请致电区检察院 周敏 0553-0000011" in text
    assert "填写回执" not in text


async def test_the_hosts_own_liaison_is_not_told_to_call_themselves(play: Play) -> None:
    await without_digest(play)
    await play.send(await play.scheduled(Asked(agency_id=play.world.jcy.id)))
    text = (await at(play, "12-16T08:30"))[ZHOUMIN].text
    assert "回执未交且已截止，请在会议页面登记" in text
    assert "请致电" not in text


async def test_who_reads_a_mailbox_for_another_is_told_whose_it_is(play: Play) -> None:
    await without_digest(play)
    await assigned(play, owner=play.world.zhenggq)
    text = (await at(play, "12-07T08:30"))[WUXL].text
    assert "== 郑国强" in text


@pytest.mark.parametrize("who", ["liwb", "wuxl"])
async def test_who_left_office_is_not_reminded_by_office(play: Play, who: str) -> None:
    await without_digest(play)
    await assigned(play, owner_id=None)
    async with play.database.writing() as db:
        term = await db.get_one(Designation, play.world.terms[who].id)
        term.ends_on = date(2026, 12, 1)
    instead = {"liwb": {"sfj@sfj.qingzhi.example", WUXL}, "wuxl": {LIWB}}
    assert set(await at(play, "12-07T08:30")) == instead[who]


def test_the_days_of_these_tests_are_what_they_say() -> None:
    assert [(DUE + timedelta(days=n)).weekday() for n in (-3, 0, 1, 7)] == [0, 3, 4, 3]


async def test_leave_that_waits_for_the_agency_is_named_to_its_liaison_and_to_nobody_else(play: Play) -> None:
    await without_digest(play)
    world = play.world
    asked = (Asked(agency_id=world.sfj.id, seats=2), Asked(agency_id=world.jcy.id), Asked(person_id=world.zhenggq.id))
    meeting_id = await play.scheduled(*asked)
    await play.send(meeting_id)
    async with play.database.writing() as db:
        (one,) = await queries.attendees(db, meeting_id)
        attendee = await queries.attendee(db, one.id)
        await replies.answer(db, await world.viewer(db, world.zhenggq), attendee, partstat="declined")
    mails = await at(play, "12-16T08:30")
    assert {to for to, mail in mails.items() if "待准假：郑国强" in mail.text} == {LIWB, WUXL}
    assert ZHOUMIN in mails
