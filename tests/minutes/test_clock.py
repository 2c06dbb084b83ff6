"""What the clock does for minutes: who is reminded of which step on which morning, silence that is consent, and reminders by hand."""

from datetime import date, datetime
from typing import Any

from liaison.calendaring.workdays import region_calendar
from liaison.meetings import holding, stepping
from liaison.meetings.asking import Asked
from liaison.meetings.steps import COUNTERSIGN, ISSUE, MINUTES_DRAFT, StepOf
from liaison.minutes.deeming import deem_due
from liaison.reminders.reminding import remind_due
from liaison.reminders.rules import SIGN_BEFORE, sign_step
from tests.callers import Program
from tests.meetings.play import Mail, Play
from tests.minutes.test_api import SECTIONS
from tests.minutes.test_mails import LIWB, QIANWEI, WUXL, ZHOUMIN, change
from tests.reminders.test_reminding import beijing, without_digest

HOST = {ZHOUMIN, QIANWEI}


async def took_place(play: Play, program: Program, **more: Any) -> str:
    """The meeting of Thursday 2026-11-26, planned on the 23rd and held; its id. T+2 is 30 November, T+5 3 December, T+7 the 7th."""
    await without_digest(play)
    world = play.world
    asked = (Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.liwb.id))
    meeting_id = await play.scheduled(*asked, local_start=datetime.fromisoformat("2026-11-26T14:30"), **more)
    play.clock.as_of = beijing("11-26T17:00")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await holding.hold(db, viewer, meeting)
    await play.delivered()
    return str(meeting_id)


async def morning(play: Play, day: str) -> dict[str, Mail]:
    """The clock's mails at half past eight on that day, which a second run sends none of again."""
    play.clock.as_of = beijing(f"{day}T08:30")
    for _ in range(2):
        async with play.database.writing() as db:
            await deem_due(db)
            await remind_due(db)
    found = await play.delivered()
    assert len({mail.to for mail in found}) == len(found), "one mail an address and day"
    return {mail.to: mail for mail in found}


async def through(play: Play, *days: str) -> dict[str, set[str]]:
    return {day: set(told) for day in days if (told := await morning(play, day))}


async def written(play: Play, program: Program, meeting: str, *, circulate: bool = True, **more: Any) -> Any:
    made = await program.put(play.world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    if circulate:
        made = await program.post(play.world.zhoumin, f"/minutes/{made['id']}/circulate", more)
        await play.delivered()
    return made


async def steps(play: Play, meeting: str) -> dict[str, StepOf]:
    async with play.database.reading() as db:
        _, row = await play.meeting(db, int(meeting))
        return {one.step: one for one in await stepping.steps_shown(db, row)}


def test_who_owes_is_reminded_on_the_working_day_before_and_on_the_day_and_never_of_a_day_that_was_before() -> None:
    calendar, due = region_calendar("CN"), date(2026, 11, 30)  # a Monday
    long_ago = date(2026, 11, 1)
    assert [sign_step(calendar, due, date(2026, 11, day), since=long_ago) for day in (26, 27, 29, 30)] == [
        None, SIGN_BEFORE, SIGN_BEFORE, COUNTERSIGN
    ]  # fmt: skip
    assert sign_step(calendar, due, date(2026, 11, 27), since=date(2026, 11, 28)) is None
    sunday = date(2026, 11, 29)
    assert [sign_step(calendar, sunday, date(2026, 11, day), since=long_ago) for day in (26, 27)] == [
        SIGN_BEFORE, COUNTERSIGN
    ]  # fmt: skip


async def test_nobody_drafted_the_minutes_and_the_host_is_reminded_once_on_the_second_working_day(
    play: Play, program: Program
) -> None:
    meeting = await took_place(play, program)
    assert (await steps(play, meeting))[MINUTES_DRAFT].date == date(2026, 11, 30)
    told = {day: await morning(play, day) for day in ("11-27", "11-28", "11-29", "11-30", "12-01", "12-07", "12-08")}
    assert {day: set(mails) for day, mails in told.items() if mails} == {"11-30": HOST}
    assert told["11-30"][ZHOUMIN].subject == "【会议纪要】第四季度联席会议：纪要今天应起草"
    assert (await steps(play, meeting))[MINUTES_DRAFT].state == "late"


async def test_a_draft_in_time_or_a_step_left_out_reminds_nobody(play: Play, program: Program) -> None:
    meeting = await took_place(play, program)
    await written(play, program, meeting, circulate=False)
    assert await through(play, "11-30", "12-01", "12-07") == {}
    assert (await steps(play, meeting))[MINUTES_DRAFT].state == "done"


async def test_only_who_owes_is_reminded_the_day_before_and_on_the_day_once_each(play: Play, program: Program) -> None:
    meeting = await took_place(play, program)
    sent = await written(play, program, meeting)
    assert sent["due_on"] == "2026-12-03"
    await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await play.delivered()
    days = [f"11-{day}" for day in range(27, 31)] + [f"12-{day:02}" for day in range(1, 12)]
    assert await through(play, *days) == {"12-02": {LIWB, WUXL}, "12-03": {LIWB, WUXL}}


async def test_the_reminder_of_a_sign_off_holds_the_link_for_the_liaison_alone(play: Play, program: Program) -> None:
    meeting = await took_place(play, program)
    sent = await written(play, program, meeting)
    mails = await morning(play, "12-03")
    assert set(mails) == {ZHOUMIN, QIANWEI, LIWB, WUXL}
    assert mails[LIWB].subject == "【纪要会签】第四季度联席会议：贵单位对纪要的答复今天到期"
    assert mails[WUXL].links == []
    (link,) = mails[LIWB].links
    done = await program.client.post(link[link.index("/r/") :], json={"root": sent["root"], "agree": True})
    assert done.status_code == 200


async def test_after_an_outage_only_the_newest_goes_and_a_change_of_the_date_counts(
    play: Play, program: Program
) -> None:
    meeting = await took_place(play, program)
    await written(play, program, meeting)
    assert await through(play, "12-07", "12-08") == {"12-07": {*HOST, LIWB, WUXL}}


async def test_minutes_that_all_agreed_to_and_nobody_issued_are_the_hosts_on_the_seventh_working_day(
    play: Play, program: Program
) -> None:
    meeting = await took_place(play, program)
    sent = await written(play, program, meeting)
    for who in (play.world.zhoumin, play.world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await play.delivered()
    assert (await steps(play, meeting))[COUNTERSIGN].state == "done"
    assert await through(play, "12-03", "12-04", "12-07", "12-08") == {"12-07": HOST}
    await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/issue")
    assert (await steps(play, meeting))[ISSUE].state == "done"


async def test_a_meeting_that_was_entered_afterwards_and_an_activity_have_no_late_minutes(
    play: Play, program: Program
) -> None:
    await without_digest(play)
    meeting = str(await play.scheduled(local_start=datetime.fromisoformat("2026-11-20T14:30")))
    activity = await took_place(play, program, kind="lecture")
    async with play.database.writing() as db:
        viewer, row = await play.meeting(db, int(meeting))
        await holding.hold(db, viewer, row)
    assert await through(play, "11-30", "12-01", "12-07") == {}
    assert (await steps(play, meeting))[MINUTES_DRAFT].state == "passed"
    assert not {MINUTES_DRAFT, COUNTERSIGN, ISSUE} & set(await steps(play, activity))


async def test_silence_is_consent_only_where_the_mechanism_says_so_and_is_told_once(
    play: Play, program: Program
) -> None:
    await change(play, play.world.mechanism, silence_consents=True)
    meeting = await took_place(play, program)
    sent = await written(play, program, meeting)
    await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await play.delivered()
    for early in ("12-03T23:59", "12-04T08:29"):
        play.clock.as_of = beijing(early)
        async with play.database.writing() as db:
            assert await deem_due(db) == 0
    mails = await morning(play, "12-04")
    assert mails[LIWB].subject == "【签署确认】第四季度联席会议（第1稿）：默认同意（逾期未答复）"
    assert mails[ZHOUMIN].subject.startswith("【纪要会签】各单位均已同意")
    assert set(mails) == {LIWB, ZHOUMIN}
    read = await program.get(play.world.zhoumin, f"/minutes/{sent['id']}")
    assert {(one["agency_id"], one["state"]) for one in read["sign_offs"]} == {
        (str(play.world.jcy.id), "agreed"), (str(play.world.sfj.id), "deemed")
    }  # fmt: skip


async def test_the_silence_of_an_agency_that_left_is_no_consent(play: Play, program: Program) -> None:
    await change(play, play.world.mechanism, silence_consents=True)
    sent = await written(play, program, await took_place(play, program))
    await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await change(play, play.world.members["sfj"], left_on=date(2026, 12, 2))
    await morning(play, "12-04")
    read = await program.get(play.world.zhoumin, f"/minutes/{sent['id']}")
    assert (read["state"], [one["state"] for one in read["sign_offs"]]) == ("circulating", ["agreed"])
    given = {"agency_id": str(play.world.sfj.id), "reason": "已退出"}
    assert (await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/excuse", given))["state"] == "agreed"


async def test_who_owes_is_reminded_by_hand_once_a_day_and_it_is_shown_when(play: Play, program: Program) -> None:
    meeting = await took_place(play, program)
    sent = await written(play, program, meeting)
    path = f"/minutes/{sent['id']}"
    done = await program.post(play.world.zhoumin, f"{path}/remind")
    (mail,) = await play.delivered()
    assert (mail.to, mail.subject.split("，")[0]) == (LIWB, "【纪要会签】提醒")
    assert "贵单位尚未答复" in mail.text
    shown = {one["agency_id"]: one["reminded_at"] for one in done["signers"]}
    assert shown[str(play.world.sfj.id)] == "2026-11-26T17:00:00+08:00"
    assert (await program.call(play.world.zhoumin, "POST", f"{path}/remind", {})).status_code == 409
    play.clock.as_of = beijing("11-27T09:00")
    await program.post(play.world.zhoumin, f"{path}/remind")
    assert [mail.to for mail in await play.delivered()] == [LIWB]
    await program.post(play.world.liwb, f"{path}/sign", {"root": sent["root"]})
    await play.delivered()
    play.clock.as_of = beijing("11-30T09:00")
    await program.call(play.world.zhoumin, "POST", f"{path}/remind", {})
    assert [mail.to for mail in await play.delivered()] == []
