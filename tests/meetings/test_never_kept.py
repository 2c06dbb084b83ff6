"""Titles, notes, agenda items, reasons and comments hold no ID-card or bank number and no secrecy mark (PRACTICE.md, "Never")."""

import pytest

from liaison.errors import Invalid
from liaison.meetings import agenda, queries, replies, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.replies import SlipName
from tests.meetings.play import Play

NEVER = ["当事人 11010519491231002X", "卡号6222021234567890128", "机密★1年"]


@pytest.mark.parametrize("text", NEVER)
@pytest.mark.parametrize("field", ["title", "note", "location"])
async def test_a_meeting_is_not_planned_with_it(play: Play, field: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        await play.scheduled(**{field: text})
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize("text", NEVER)
async def test_neither_an_agenda_item_nor_a_reason_nor_a_comment_holds_it(play: Play, text: str) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.sunl.id), Asked(agency_id=world.sfj.id, seats=1))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        with pytest.raises(Invalid):
            await agenda.add_item(db, viewer, meeting, title=text, purpose="report")
        with pytest.raises(Invalid):
            await scheduling.cancel(db, viewer, meeting, reason=text)
        guest = await world.viewer(db, world.sunl)
        attendee = await queries.attendee(db, (await queries.attendees(db, meeting_id))[0].id)
        with pytest.raises(Invalid):
            await replies.answer(db, guest, attendee, partstat="declined", comment=text)
        liaison = await world.viewer(db, world.liwb)
        invitation = await queries.invitation(db, (await queries.invitations(db, meeting_id))[0].id)
        with pytest.raises(Invalid):
            await replies.return_slip(db, liaison, invitation, [SlipName("郑国强", note=text)])
        await db.rollback()
