"""What an answer by mail leaves on the meeting, and what it does not: whoever left, another meeting, an earlier invitation, a comment."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from liaison.accounts.deactivation import deactivate_person
from liaison.errors import NotFound
from liaison.meetings import queries as meetings
from liaison.meetings import scheduling
from liaison.meetings.models import Attendee
from liaison.postroom import queries, settling
from liaison.postroom.models import IncomingMail
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, people
from tests.postroom.post import NOON, answer, said, take
from tests.postroom.test_settling import ELSEWHERE, attendee_of, held

ID_CARD = "11010519491231002X"
"""The example of GB 11643: nobody's number, with a right checksum."""


async def test_a_mail_that_is_delivered_twice_is_of_when_it_came_first(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    yes = answer(
        mails[LIWB], "ACCEPTED", at=NOON + timedelta(days=300)
    )  # a wrong clock: of when it came, and 5 minutes
    later = NOON + timedelta(minutes=10)
    assert await take(play, yes) == ("applied", "answered")
    assert await take(play, answer(mails[LIWB], "DECLINED", at=later), received_at=later) == ("applied", "answered")
    assert await take(play, yes, received_at=NOON + timedelta(hours=1)) == ("stale", "older_answer")
    assert (await said(play, play.world.liwb.id))[0] == "declined"


async def test_who_asks_for_the_invitation_again_is_sent_it_once_at_the_address_that_was_asked(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    again = answer(mails[LIWB], "NEEDS-ACTION", method="REFRESH", sender=ELSEWHERE)
    assert await take(play, again) == ("applied", "refresh")
    assert await take(play, again) == ("applied", "refresh")
    (sent,) = await play.delivered()
    assert (sent.to, sent.method) == (LIWB, "REQUEST")
    same = ("UID", "SEQUENCE", "DTSTAMP", "DTSTART")
    assert [sent.event[name] for name in same] == [mails[LIWB].event[name] for name in same]
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_an_answer_to_the_invitation_before_the_meeting_was_reinstated_does_not_count(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    mails = by_address(await play.send(meeting_id))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, viewer, meeting)
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.reinstate(db, viewer, meeting, local_start=datetime.fromisoformat("2026-12-24T09:00"))
    await play.send(meeting_id)
    assert await take(play, answer(mails[LIWB], "ACCEPTED")) == ("stale", "closed")
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_nobody_answers_any_more_for_somebody_who_has_left(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    async with play.database.writing() as db:
        await deactivate_person(db, await play.world.viewer(db, play.world.guyan), play.world.liwb.id)
    assert await take(play, answer(mails[LIWB], "ACCEPTED")) == ("held", "uninvited")
    assert await take(play, answer(mails[CHENZY], "ACCEPTED")) == ("applied", "answered")


@pytest.mark.parametrize(("comment", "kept"), [("当天出差", "当天出差"), (f"证件 {ID_CARD}", None)])
async def test_a_comment_is_kept_with_the_answer_unless_it_holds_what_is_never_kept(
    play: Play, comment: str, kept: str | None
) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "DECLINED", comment=comment)) == ("applied", "answered")
    async with play.database.reading() as db:
        his: Attendee = await attendee_of(db, play.world.liwb.id)
        assert (his.partstat, his.comment) == ("declined", kept)
        (row,) = await db.scalars(select(IncomingMail))
        assert row.params.get("comment") == kept


async def test_a_mail_counts_for_nobody_of_another_meeting(play: Play) -> None:
    mail_id = await held(play)
    other = await play.scheduled(*people(play), title="专题会议")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, other)
        row = await queries.get(db, viewer, mail_id)
        assert row.meeting_id not in (None, meeting.id)
        wrong = (await meetings.attendees(db, meeting.id))[0]
        with pytest.raises(NotFound):
            await settling.count_answer(db, viewer, row, attendee_id=wrong.id, partstat="accepted")
