"""A handover and what else happens to the same meeting: an officer sends, an address changes, a mail comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.directory import people
from liaison.mail import outbox
from liaison.mail.bounces import mark_bounced
from liaison.mail.models import OutboxMail
from liaison.mechanisms import designating
from liaison.meetings import asking, queries, scheduling
from liaison.meetings.asking import Asked
from tests.meetings.play import START, Play, by_address
from tests.succession.quarter import CHENZY, DAY, GONGHUI, LIWB, WUXL, Quarter, beijing, told

TITLE = "第四季度联席会议"


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


async def test_what_is_sent_on_the_day_before_the_worker_says_that_the_liaison_changed(quarter: Quarter) -> None:
    meeting_id = await quarter.announced(quarter.agency, Asked(person_id=quarter.world.chenzy.id))
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.play.delivered()
    quarter.play.clock.as_of = beijing("12-01T00:00")
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=START + timedelta(days=1))
    mails = by_address(quarter.arrive(await quarter.play.send(meeting_id)))
    assert mails[LIWB].subject == f"【会议变更通知】{TITLE}：不再由您办理"
    assert mails[LIWB].method == "CANCEL"
    assert "清沚区司法局联络员已变更" in mails[GONGHUI].text
    assert "请贵局派2人（分管负责同志1名、联络员1名）参加" in mails[GONGHUI].text
    assert "会议改期通知" in mails[CHENZY].subject
    assert await quarter.on("12-01T00:01") == []


async def test_a_liaison_who_changes_the_mailbox_is_not_said_to_have_left(quarter: Quarter) -> None:
    meeting_id = await quarter.announced()
    async with quarter.play.database.writing() as db:
        admin = await quarter.world.viewer(db, quarter.world.gonghui)
        await people.change_person(db, admin, quarter.world.liwb.id, mail="li.wb@sfj.qingzhi.example")
    mails = by_address(await quarter.play.send(meeting_id))
    assert mails[LIWB].method == "CANCEL"
    assert "联络员已变更" not in mails[LIWB].text + mails["li.wb@sfj.qingzhi.example"].text


async def test_the_notice_that_came_back_from_somebody_else_can_be_tried_again_after_a_handover(
    quarter: Quarter,
) -> None:
    await quarter.announced(quarter.agency, Asked(person_id=quarter.world.chenzy.id))
    async with quarter.play.database.writing() as db:
        query = select(OutboxMail.message_id, OutboxMail.id).where(OutboxMail.address == CHENZY)
        message_id, mail_id = (await db.execute(query)).one()
        await mark_bounced(db, message_id or "", status="4.2.2", words="mailbox full")
    await quarter.hand_over(quarter.world.gonghui)
    assert GONGHUI in told(await quarter.on("12-01T09:00"))
    async with quarter.play.database.writing() as db:
        await outbox.retry(db, COMMAND_LINE, mail_id)
    await quarter.play.delivered()
    async with quarter.play.database.reading() as db:
        assert await db.scalar(select(OutboxMail.state).where(OutboxMail.id == mail_id)) == "sent"


@pytest.mark.parametrize("what", ["moved", "cancelled"])
async def test_a_former_deputy_hears_no_more_of_the_meeting(quarter: Quarter, what: str) -> None:
    meeting_id = await quarter.announced()
    async with quarter.play.database.writing() as db:
        admin = await quarter.world.viewer(db, quarter.world.gonghui)
        await designating.change_end(db, admin, quarter.world.terms["wuxl"].id, ends_on=DAY)
    assert await quarter.on("12-01T09:00") == []
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        if what == "moved":
            await scheduling.move(db, viewer, meeting, local_start=START + timedelta(days=1))
        else:
            await scheduling.cancel(db, viewer, meeting)
    assert [mail.to for mail in await quarter.play.send(meeting_id)] == [LIWB]


async def test_a_deputy_of_an_agency_that_is_no_longer_asked_is_told_so(quarter: Quarter) -> None:
    meeting_id = await quarter.announced(quarter.agency, Asked(person_id=quarter.world.chenzy.id))
    async with quarter.play.database.writing() as db:
        viewer, meeting = await quarter.play.meeting(db, meeting_id)
        (invitation,) = await queries.invitations(db, meeting_id)
        await asking.remove_invitation(db, viewer, meeting, invitation)
    assert {WUXL, LIWB} <= {mail.to for mail in await quarter.play.send(meeting_id)}
