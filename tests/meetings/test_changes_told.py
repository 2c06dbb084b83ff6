"""A change notice says what changed for its reader: what they last held, and what holds now (原定…，现改为…)."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest

from liaison.directory.models import Person
from liaison.meetings import agenda, asking, planning, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.mails import preview
from liaison.system import running
from tests.meetings.play import Mail, Play, by_address
from tests.meetings.test_newest_word import CHENZY, LIWB, WUXL, act, ask, both

NEW_PLACE = "地点：原定区检察院三楼第一会议室，现改为区司法局会议室。"


def parts(mail: Mail) -> list[str]:
    """The text part, and what the html part shows."""
    shown = re.sub(r"<(style|title)\b.*?</\1>|<[^>]+>", " ", mail.html, flags=re.DOTALL)
    return [" ".join(part.split()) for part in (mail.text, unescape(shown))]


def said(mail: Mail) -> list[str]:
    """The sentences on what changed; the same in both parts."""
    texts = [
        re.findall(
            r"(?:地点：原定|地点：现定|会议名称：|承办单位：原为|会议类别：|通知正文|原通知正文|答复期限：|新增议题|撤下议题|议程有变化)[^。]*。",
            part,
        )
        for part in parts(mail)
    ]
    assert texts[0] == texts[1]
    return texts[0]


async def item(play: Play, meeting_id: int, title: str) -> int:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        return (await agenda.add_item(db, viewer, meeting, title=title, purpose="report")).id


async def test_another_place_is_told_beside_the_one_that_was_held(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.change, location="区司法局会议室")
    mails = await play.send(meeting_id)
    assert {mail.to: said(mail) for mail in mails} == {CHENZY: [NEW_PLACE], LIWB: [NEW_PLACE]}
    await act(play, meeting_id, scheduling.change, location=None)
    for mail in await play.send(meeting_id):
        assert said(mail) == ["地点：原定区司法局会议室，现改为另行通知。"]
    await act(play, meeting_id, scheduling.change, location="区民政局会议室")
    for mail in await play.send(meeting_id):
        assert said(mail) == ["地点：现定为区民政局会议室。"]


async def test_a_move_says_the_new_time_once_and_the_new_place(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    later = datetime.fromisoformat("2026-12-18T09:00")
    await act(play, meeting_id, scheduling.move, local_start=later, location="区司法局会议室")
    for mail in await play.send(meeting_id):
        assert said(mail) == [NEW_PLACE]
        for part in parts(mail):
            assert "原定于2026年12月17日（星期四）14:30—16:30召开" in part
            assert "现改期至2026年12月18日（星期五）09:00—11:00召开" in part


async def test_what_is_new_on_the_agenda_what_is_off_it_and_another_order_are_told(play: Play) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id), Asked(agency_id=play.world.sfj.id))
    first = await item(play, meeting_id, "通报办案情况")
    await play.send(meeting_id)
    second = await item(play, meeting_id, "研究移送指引")
    (mail,) = [mail for mail in await play.send(meeting_id) if mail.to == LIWB]
    assert said(mail) == ["新增议题：“研究移送指引”。"]
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await agenda.order(db, viewer, meeting, [second, first])
    mails = by_address(await play.send(meeting_id))
    assert said(mails[LIWB]) == ["议程有变化，以下列议程为准。"]
    assert said(mails[WUXL]) == ["议程有变化，以下列议程为准。"], "a deputy's copy too"
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id)
        await agenda.withdraw_item(db, viewer, await agenda.item_of(db, viewer, first))
    assert said(by_address(await play.send(meeting_id))[LIWB]) == ["撤下议题：“通报办案情况”。"]


async def test_another_title_is_told(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.change, title="年度联席会议")
    for mail in await play.send(meeting_id):
        assert said(mail) == ["会议名称：原为“第四季度联席会议”，现改为“年度联席会议”。"]


@pytest.mark.parametrize(
    ("changes", "sentence", "in_english"),
    [
        (
            {"kind": "topical"},
            "会议类别：原为“例会”，现改为“专题会议”。",
            "The kind of meeting was “Regular meeting” and is now “Topical meeting”.",
        ),
        (
            {"replies_due_on": date(2026, 12, 11)},
            "答复期限：现改为12月11日（周五）。",
            "The day to answer by is now Fri 11 Dec.",
        ),
        (
            {"note": "请携带台账"},
            "通知正文有变化，以下文为准。",
            "The text of the notice has changed; the one below now holds.",
        ),
        ({"note": None}, "原通知正文不再适用。", "The former text of the notice no longer holds."),
        (
            {"host": "sfj"},
            "承办单位：原为清沚区人民检察院，现改为清沚区司法局。",
            "The host was 清沚区人民检察院 and is now 清沚区司法局.",
        ),
    ],
)
async def test_what_calendars_do_not_hold_is_told_too(
    play: Play, changes: dict[str, Any], sentence: str, in_english: str
) -> None:
    """Else the mail says that something changed, and its reader compares it with the former one line by line."""
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.chenzy.id)).locale = "en"
    meeting_id = await play.scheduled(*both(play), note="会前报送书面意见")
    await play.send(meeting_id)
    if "host" in changes:
        changes = {"host_agency_id": play.world.sfj.id}
    await act(play, meeting_id, scheduling.change, **changes)
    mails = by_address(await play.send(meeting_id))
    assert said(mails[LIWB]) == [sentence]
    assert all(in_english in part for part in parts(mails[CHENZY]))


async def test_a_move_says_nothing_of_the_day_to_answer_by_that_moves_with_it(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.move, local_start=datetime.fromisoformat("2026-12-24T09:00"))
    assert [said(mail) for mail in await play.send(meeting_id)] == [[], []]


async def test_it_is_measured_by_what_each_one_held_and_who_held_nothing_is_told_of_no_change(play: Play) -> None:
    """While the site is tried out nothing reaches anybody but the operator: 陈志远 holds the first place, 李文博 none."""
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        await running.switch_trial_mode(db, await world.viewer(db, world.guyan), on=True)
    await ask(play, meeting_id, Asked(person_id=world.liwb.id))
    await act(play, meeting_id, scheduling.change, location="区民政局会议室")
    await play.send(meeting_id)
    async with play.database.writing() as db:
        await running.switch_trial_mode(db, await world.viewer(db, world.guyan), on=False)
    await act(play, meeting_id, scheduling.change, location="区司法局会议室")
    mails = by_address(await play.send(meeting_id))
    assert {to: said(mail) for to, mail in mails.items()} == {CHENZY: [NEW_PLACE], LIWB: []}


async def test_who_is_asked_again_after_being_taken_off_is_told_of_no_change(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        gone = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == play.world.chenzy.id)
        await asking.remove_attendee(db, viewer, meeting, gone)
    await play.send(meeting_id)
    await ask(play, meeting_id, Asked(person_id=play.world.chenzy.id))
    await act(play, meeting_id, scheduling.change, location="区司法局会议室")
    mails = by_address(await play.send(meeting_id))
    assert {to: said(mail) for to, mail in mails.items()} == {CHENZY: [], LIWB: [NEW_PLACE]}


async def test_the_officer_reads_the_same_before_sending(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await item(play, meeting_id, "通报办案情况")
    await play.send(meeting_id)
    await item(play, meeting_id, "研究移送指引")
    await act(play, meeting_id, scheduling.change, location="区司法局会议室")
    async with play.database.reading() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        planned = await planning.plan(db, meeting)
        shown = await preview(db, viewer, meeting, planned, planned.mails[0], note=None)
    assert NEW_PLACE in shown.text
    assert "新增议题：“研究移送指引”。" in shown.text


async def test_the_same_in_english(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.liwb.id)).locale = "en"
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id))
    await play.send(meeting_id)
    await item(play, meeting_id, "研究移送指引")
    await act(play, meeting_id, scheduling.change, location="区司法局会议室")
    (mail,) = await play.send(meeting_id)
    for part in parts(mail):
        assert "The place was 区检察院三楼第一会议室 and is now 区司法局会议室." in part
        assert "New on the agenda: “研究移送指引”." in part
