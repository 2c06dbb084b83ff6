"""Holding a meeting: check-in, the current item, notes, decisions, 会次; who may, and how mistakes are corrected."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from liaison.accounts.viewer import COMMAND_LINE
from liaison.audit import AuditLine
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mail.models import OutboxMail
from liaison.meetings import agenda, holding, queries, recorded, recording, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from tests.conftest import NOW
from tests.meetings.play import Play
from tests.statements import noting

MORNING = datetime.fromisoformat("2026-11-23T08:30")
"""Half an hour before the moment at which the tests take place."""


async def scheduled(play: Play, start: datetime = MORNING, **more: Any) -> int:
    return await play.scheduled(Asked(person_id=play.world.chenzy.id, role="chair"), local_start=start, **more)


async def act(play: Play, meeting_id: int, verb: Any, *, by: Person | None = None, **more: Any) -> Meeting:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id, by or play.world.zhoumin)
        await verb(db, viewer, meeting, **more)
        return meeting


async def test_a_joint_meeting_gets_its_numbers_when_it_is_held(play: Play) -> None:
    dates = [
        datetime.fromisoformat("2025-12-18T14:30"),
        datetime.fromisoformat("2026-03-19T14:30"),
        datetime.fromisoformat("2026-06-18T14:30"),
    ]
    found = []
    for start in dates:
        meeting = await act(play, await scheduled(play, start), holding.hold)
        found.append((meeting.ordinal, meeting.ordinal_in_year, meeting.state))
    assert found == [(1, 1, "held"), (2, 1, "held"), (3, 2, "held")]
    topical = await act(play, await scheduled(play, kind="topical"), holding.hold)
    assert (topical.ordinal, topical.ordinal_in_year) == (None, None)


async def test_what_is_held_and_decided_at_the_same_moment_gets_numbers_of_its_own(play: Play) -> None:
    ids = [await scheduled(play) for _ in range(4)]
    held = await asyncio.gather(*(act(play, meeting_id, holding.hold) for meeting_id in ids))
    assert sorted(meeting.ordinal or 0 for meeting in held) == [1, 2, 3, 4]
    await asyncio.gather(*(act(play, meeting_id, recording.decide, text="同意。") for meeting_id in ids))
    async with play.database.reading() as db:
        numbers = [one.number for meeting_id in ids for one in await recorded.decisions(db, COMMAND_LINE, meeting_id)]
    assert sorted(numbers) == [1, 2, 3, 4]


async def test_numbering_goes_on_from_what_was_before_the_system(play: Play) -> None:
    async with play.database.writing() as db:
        _, meeting = await play.meeting(db, await scheduled(play))
        meeting.mechanism.first_ordinal = 15
    first = await act(play, await scheduled(play), holding.hold)
    second = await act(play, await scheduled(play), holding.hold)
    assert (first.ordinal, second.ordinal) == (15, 16)
    with pytest.raises(Invalid) as refused:
        await act(play, await scheduled(play), holding.hold, ordinal=15)
    assert set(refused.value.errors) == {"ordinal"}


async def test_a_number_in_the_year_is_given_once_and_again_in_another_year(play: Play) -> None:
    this_year = [datetime.fromisoformat(day) for day in ("2026-03-19T14:30", "2026-06-18T14:30")]
    await act(play, await scheduled(play, this_year[0]), holding.hold, ordinal_in_year=4)
    second = await scheduled(play, this_year[1])
    with pytest.raises(Invalid) as refused:
        await act(play, second, holding.hold, ordinal_in_year=4)
    assert set(refused.value.errors) == {"ordinal_in_year"}
    earlier = await scheduled(play, datetime.fromisoformat("2025-12-18T14:30"))
    assert (await act(play, earlier, holding.hold, ordinal_in_year=4)).ordinal_in_year == 4
    async with play.database.writing() as db:
        _, meeting = await play.meeting(db, second)
        meeting.ordinal_year, meeting.ordinal_in_year = 2026, 4
        with pytest.raises(IntegrityError):  # a second process that read before the first one wrote
            await db.flush()
        await db.rollback()
    async with play.database.writing() as db:  # and free again after a mistake
        viewer, meeting = await play.meeting(db, earlier)
        await holding.unhold(db, viewer, meeting, reason="误点")
    other = await scheduled(play, datetime.fromisoformat("2025-09-18T14:30"))
    assert (await act(play, other, holding.hold, ordinal_in_year=4)).ordinal_in_year == 4


async def test_after_the_last_number_none_follows_by_itself(play: Play) -> None:
    march, june = (datetime.fromisoformat(day) for day in ("2026-03-19T14:30", "2026-06-18T14:30"))
    await act(play, await scheduled(play, march), holding.hold, ordinal=9999, ordinal_in_year=999)
    following = await scheduled(play, june)
    for typed in ({}, {"ordinal": 10000, "ordinal_in_year": 1000}):
        with pytest.raises(Invalid) as refused:
            await act(play, following, holding.hold, **typed)
        assert set(refused.value.errors) == {"ordinal", "ordinal_in_year"}
        assert {message.params["most"] for message in refused.value.errors.values()} == {9999, 999}
        assert "none follows" in refused.value.errors["ordinal"].msgid
    held = await act(play, following, holding.hold, ordinal=18, ordinal_in_year=2)
    assert (held.ordinal, held.ordinal_in_year) == (18, 2)


async def test_holding_twice_changes_nothing_and_mails_nobody(play: Play) -> None:
    meeting_id = await scheduled(play)
    first = await act(play, meeting_id, holding.hold)
    again = await act(play, meeting_id, holding.hold)
    assert (first.ordinal, first.held_at) == (again.ordinal, again.held_at)
    assert first.entered_afterwards_at is not None
    async with play.database.reading() as db:
        assert (await db.scalars(select(OutboxMail))).all() == []


async def test_what_is_held_is_not_coming_any_more_though_its_time_is_not_over(play: Play) -> None:
    meeting_id = await scheduled(play)

    async def coming() -> list[int]:
        async with play.database.reading() as db:
            viewer, _ = await play.meeting(db, meeting_id)
            return [one.id for one in await queries.upcoming(db, viewer)]

    assert await coming() == [meeting_id]
    await act(play, meeting_id, holding.hold)
    assert await coming() == []


async def test_what_has_not_begun_or_is_off_cannot_be_held(play: Play) -> None:
    with pytest.raises(Conflict):
        await act(play, await scheduled(play, MORNING + timedelta(hours=5)), holding.hold)
    off = await scheduled(play)
    await act(play, off, scheduling.cancel)
    with pytest.raises(Conflict):
        await act(play, off, holding.hold)


@pytest.mark.parametrize(("who", "may"), [("zhoumin", True), ("qianwei", True), ("liwb", False), ("wuxl", False)])
async def test_the_host_records_and_other_officers_do_not(play: Play, who: str, may: bool) -> None:
    meeting_id = await scheduled(play)
    if may:
        await act(play, meeting_id, holding.hold, by=getattr(play.world, who))
    else:
        with pytest.raises(NotPermitted):
            await act(play, meeting_id, holding.hold, by=getattr(play.world, who))


async def test_chair_and_recorder_record_what_they_see(play: Play) -> None:
    meeting_id = await scheduled(play, recorder_id=play.world.liwb.id)
    await act(play, meeting_id, recording.save_note, by=play.world.liwb, text="记录人所记")
    async with play.database.reading() as db:
        assert (await queries.chairs(db, meeting_id)) == {play.world.chenzy.id}


async def test_notes_of_two_writers_are_not_lost(play: Play) -> None:
    meeting_id = await scheduled(play)
    await act(play, meeting_id, recording.save_note, text="第一句", version=0)
    await act(play, meeting_id, recording.save_note, text="第一句。第二句", version=1)
    with pytest.raises(Conflict) as stale:
        await act(play, meeting_id, recording.save_note, text="别的", version=1)
    assert stale.value.theirs["text"] == "第一句。第二句"
    async with play.database.reading() as db:
        note = await recorded.note(db, COMMAND_LINE, meeting_id, None)
        assert note is not None
        assert (note.text, note.version) == ("第一句。第二句", 2)


async def test_one_item_is_the_current_one_and_settling_goes_to_the_next(play: Play) -> None:
    meeting_id = await scheduled(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        one, two, three = [
            (await agenda.add_item(db, viewer, meeting, title=title, purpose="study")).id for title in "甲乙丙"
        ]
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id)
        await holding.begin_item(db, viewer, await agenda.item_of(db, viewer, two))
        following = await holding.settle_item(db, viewer, await agenda.item_of(db, viewer, two))
        assert following is not None
        assert following.id == three
        await holding.begin_item(db, viewer, await agenda.item_of(db, viewer, one))
    async with play.database.reading() as db:
        items = await queries.agenda(db, meeting_id)
        assert [(i.title, i.begun_at is not None, i.settled_at is not None) for i in items] == [
            ("甲", True, False),
            ("乙", True, True),
            ("丙", False, False),
        ]


async def test_a_decision_number_runs_by_year_and_is_never_used_again(play: Play) -> None:
    last_year, this_year = await scheduled(play, datetime.fromisoformat("2025-12-18T14:30")), await scheduled(play)
    numbers: list[tuple[int, int]] = []
    for meeting_id in (last_year, this_year, this_year):
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            decision = await recording.decide(db, viewer, meeting, text=f"同意第{len(numbers)}项。")
            numbers.append((decision.year, decision.number))
    assert numbers == [(2025, 1), (2026, 1), (2026, 2)]
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, this_year)
        await recording.revoke(db, viewer, await recording.decision_of(db, viewer, decision.id), reason="误录")
        assert (await recording.decide(db, viewer, meeting, text="同意。")).number == 3
        assert [d.number for d in await recorded.decisions(db, COMMAND_LINE, this_year, revoked=False)] == [1, 3]
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, this_year)
        struck = await recording.decision_of(db, viewer, decision.id)
        with pytest.raises(Conflict):
            await recording.restore(db, viewer, struck, version=struck.version - 1)
        assert (await recording.restore(db, viewer, struck, version=struck.version)).number == 2


async def test_after_the_meeting_a_decision_is_corrected_with_a_reason_and_the_old_words_are_kept(play: Play) -> None:
    meeting_id = await scheduled(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        decision_id = (await recording.decide(db, viewer, meeting, text="每月5日前交换。")).id
        await holding.hold(db, viewer, meeting)
    async with play.database.writing() as db:
        viewer, _ = await play.meeting(db, meeting_id)
        decision = await recording.decision_of(db, viewer, decision_id)
        with pytest.raises(Invalid) as refused:
            await recording.correct(db, viewer, decision, text="每月10日前交换。")
        assert set(refused.value.errors) == {"reason"}
        await recording.correct(db, viewer, decision, text="每月10日前交换。", reason="笔误")
    async with play.database.reading() as db:
        line = (await db.scalars(select(AuditLine).where(AuditLine.verb == "correct_decision"))).one()
        assert "每月5日前交换。" in (line.payload or "")


async def test_a_mistaken_hold_is_taken_back_by_the_host_with_a_reason_and_frees_its_number(play: Play) -> None:
    meeting_id = await scheduled(play, recorder_id=play.world.liwb.id)
    await act(play, meeting_id, holding.hold)
    with pytest.raises(NotPermitted):
        await act(play, meeting_id, holding.unhold, by=play.world.liwb, reason="误点")
    with pytest.raises(Invalid):
        await act(play, meeting_id, holding.unhold, reason="")
    back = await act(play, meeting_id, holding.unhold, reason="误点")
    assert (back.state, back.ordinal) == ("draft", None)
    again = await act(play, meeting_id, holding.hold)
    assert again.ordinal == 1
    async with play.database.reading() as db:
        line = (await db.scalars(select(AuditLine).where(AuditLine.verb == "unhold"))).one()
        assert "误点" in (line.payload or "")


async def test_two_who_note_attendance_do_not_undo_each_other(play: Play) -> None:
    meeting_id = await play.scheduled(
        Asked(person_id=play.world.chenzy.id), Asked(person_id=play.world.liwb.id), local_start=MORNING
    )
    async with play.database.reading() as db:
        first, second = [one.id for one in await queries.attendees(db, meeting_id)]
    seen: dict[int, str | None] = {first: None, second: None}
    for chosen in ({first: "present", second: None}, {first: None, second: "present"}):
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            await holding.check_in_all(db, viewer, meeting, chosen, seen=seen)
    async with play.database.reading() as db:
        assert [one.attendance for one in await queries.attendees(db, meeting_id)] == ["present", "present"]


async def test_noting_one_person_more_asks_neither_for_the_meeting_nor_for_its_chairs_again(play: Play) -> None:
    world, asked = play.world, list[str]()
    everybody = [Asked(person_id=one.id) for one in (world.chenzy, world.liwb, world.wuxl, world.sunl, world.qianwei)]
    event.listen(play.database.writer.sync_engine, "before_cursor_execute", noting(asked))
    counts = []
    for several in (everybody[:1], everybody):
        meeting_id = await play.scheduled(*several, local_start=MORNING)
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            chosen = {one.id: "present" for one in await queries.attendees(db, meeting_id)}
            asked.clear()
            await holding.check_in_all(db, viewer, meeting, chosen)
            await db.flush()
            counts.append(sum(one.startswith("SELECT") for one in asked))
    assert counts[1] - counts[0] <= 4, counts  # the row of each, under its lock


async def test_a_reinstated_meeting_begins_without_the_record_of_the_day_it_did_not_take_place(play: Play) -> None:
    meeting_id = await scheduled(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        item = await agenda.add_item(db, viewer, meeting, title="通报情况", purpose="report")
        await holding.check_in_all(db, viewer, meeting, {(await queries.attendees(db, meeting_id))[0].id: "present"})
        await holding.settle_item(db, viewer, item)
        await scheduling.postpone(db, viewer, meeting)
        await scheduling.reinstate(db, viewer, meeting, local_start=datetime.fromisoformat("2027-01-14T14:30"))
    async with play.database.reading() as db:
        assert [one.attendance for one in await queries.attendees(db, meeting_id)] == [None]
        assert [one.settled_at for one in await queries.agenda(db, meeting_id)] == [None]


async def test_check_in_begins_on_the_day_and_can_be_taken_back(play: Play) -> None:
    meeting_id = await scheduled(play)
    tomorrow = await scheduled(play, MORNING + timedelta(days=1))
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        (one,) = await queries.attendees(db, meeting_id)
        one = await queries.attendee(db, one.id)
        for attendance in ("present", "apologies", None):
            assert (await holding.check_in(db, viewer, one, attendance)).attendance == attendance
        with pytest.raises(Invalid):
            await holding.check_in(db, viewer, one, "asleep")
        (early,) = await queries.attendees(db, tomorrow)
        with pytest.raises(Conflict):
            await holding.check_in(db, viewer, await queries.attendee(db, early.id), "present")
    assert NOW.hour == 1
