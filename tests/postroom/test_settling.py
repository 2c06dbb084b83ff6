"""What officers do with mail that waits, by page and API."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison.db import Session
from liaison.desk import queries as desk
from liaison.directory import queries as directory
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.meetings import scheduling
from liaison.meetings.models import Attendee
from liaison.postroom import queries, settling
from liaison.postroom.models import IncomingMail
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import LIWB, move, people
from tests.postroom.post import NOON, answer, said, take

ELSEWHERE = "lwb@mail.example.org"


async def held(play: Play, *, method: str = "REPLY", more: str = "", sender: str = ELSEWHERE) -> int:
    """A reply that waits: 李文博's answer from an address nobody knows."""
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    await take(play, answer(mails[LIWB], "ACCEPTED", sender=sender, method=method, more=more))
    async with play.database.reading() as db:
        return (await db.scalars(select(IncomingMail.id).order_by(IncomingMail.id.desc()))).first() or 0


async def attendee_of(db: Session, person_id: int) -> Attendee:
    return (await db.scalars(select(Attendee).where(Attendee.person_id == person_id))).one()


async def test_the_host_counts_a_held_answer_as_registered_by_mail(play: Play) -> None:
    mail_id = await held(play)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        row = await queries.get(db, viewer, mail_id)
        his = await attendee_of(db, play.world.liwb.id)
        counted = await settling.count_answer(db, viewer, row, attendee_id=his.id, partstat="accepted")
        assert counted.registered is not None
        assert counted.registered["how"] == "mail"
        assert ELSEWHERE in counted.registered["said_by"]
    assert (await said(play, play.world.liwb.id))[0] == "accepted"
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        with pytest.raises(Conflict):
            await settling.count_answer(
                db, viewer, await queries.get(db, viewer, mail_id), attendee_id=his.id, partstat="declined"
            )


async def test_a_newer_answer_of_the_person_stands_against_a_mail_that_waited(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    await take(play, answer(mails[LIWB], "ACCEPTED", sender=ELSEWHERE))
    later = NOON + timedelta(minutes=2)
    await take(play, answer(mails[LIWB], "DECLINED", at=later), received_at=later)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        (row,) = await queries.listing(db, viewer, state="held")
        his = await attendee_of(db, play.world.liwb.id)
        with pytest.raises(Conflict):
            await settling.count_answer(db, viewer, row, attendee_id=his.id, partstat="accepted")


async def test_naming_an_address_counts_this_answer_and_every_later_one(play: Play) -> None:
    mail_id = await held(play)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        row = await queries.get(db, viewer, mail_id)
        await settling.name_sender(db, viewer, row, person_id=play.world.liwb.id, kind="alias")
        assert (row.verdict, row.settled_as) == ("applied", "applied")
    assert await said(play, play.world.liwb.id) == ("accepted", True, ELSEWHERE)


async def test_a_contact_answers_by_name_for_somebody_else(play: Play) -> None:
    mail_id = await held(play)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        row = await queries.get(db, viewer, mail_id)
        await settling.name_sender(db, viewer, row, person_id=play.world.liwb.id, kind="contact")
    assert await said(play, play.world.liwb.id) == ("accepted", True, ELSEWHERE)
    async with play.database.reading() as db:
        assert (await attendee_of(db, play.world.liwb.id)).answered_by is None


async def test_nobody_names_the_addresses_of_another_agencys_people(play: Play) -> None:
    mail_id = await held(play)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        row = await queries.get(db, viewer, mail_id)
        with pytest.raises(NotPermitted):
            await settling.name_sender(db, viewer, row, person_id=play.world.liwb.id, kind="alias")
    async with play.database.reading() as db:
        assert await directory.addresses_of(db, play.world.liwb.id) == []


async def test_mail_of_a_mechanism_is_seen_by_those_who_act_in_it_and_by_nobody_else(play: Play) -> None:
    mail_id = await held(play)
    async with play.database.reading() as db:
        for person in (play.world.zhoumin, play.world.qianwei, play.world.liwb):
            assert (await queries.get(db, await play.world.viewer(db, person), mail_id)).id == mail_id
        for person in (play.world.chenzy, play.world.sunl, play.world.maolin, play.world.songhp, play.world.guyan):
            with pytest.raises(NotFound):
                await queries.get(db, await play.world.viewer(db, person), mail_id)


async def test_what_was_dismissed_can_be_taken_up_again(play: Play) -> None:
    mail_id = await held(play)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        row = await queries.get(db, viewer, mail_id)
        assert await queries.waiting(db, viewer) == 1
        await settling.dismiss(db, viewer, row)
        await db.flush()
        assert await queries.waiting(db, viewer) == 0
        await settling.reopen(db, viewer, row)
        await db.flush()
        assert await queries.waiting(db, viewer) == 1


async def test_a_proposed_time_is_declined_by_one_mail_in_the_words_of_calendars(play: Play) -> None:
    more = "DTSTART;TZID=China Standard Time:20261218T090000"
    mail_id = await held(play, method="COUNTER", more=more, sender=LIWB)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        row = await queries.get(db, viewer, mail_id)
        assert (row.verdict, row.reason) == ("held", "counter")
        assert row.params["starts_at"] == "2026-12-18T01:00:00+00:00"
        await settling.decline_proposal(db, viewer, row)
    (mail,) = await play.delivered()
    assert (mail.to, mail.method) == (LIWB, "DECLINECOUNTER")
    assert [str(each) for each in [mail.event["ATTENDEE"]]] == [f"mailto:{LIWB}"]
    assert "会议不作调整" in mail.text
    assert await play.delivered() == []


async def test_a_proposal_is_declined_by_no_mail_once_the_meeting_was_announced_anew(play: Play) -> None:
    mail_id = await held(play, method="COUNTER", more="DTSTART:20261218T010000Z", sender=LIWB)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        row = await queries.get(db, viewer, mail_id)
        await settling.decline_proposal(db, viewer, row)
    async with play.database.reading() as db:
        meeting_id = (await attendee_of(db, play.world.liwb.id)).meeting_id
    await move(play, meeting_id)
    assert {mail.method for mail in await play.send(meeting_id)} == {"REQUEST"}


async def test_only_a_proposal_for_a_meeting_that_stands_is_declined(play: Play) -> None:
    answered = await held(play)
    proposed = await held(play, method="COUNTER", more="DTSTART:20261218T010000Z", sender=LIWB)
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        with pytest.raises(Conflict, match="proposes no other time"):
            await settling.decline_proposal(db, viewer, await queries.get(db, viewer, answered))
        row = await queries.get(db, viewer, proposed)
        _, meeting = await play.meeting(db, row.meeting_id or 0)
        await scheduling.cancel(db, viewer, meeting)
        with pytest.raises(Conflict, match="not announced any more"):
            await settling.decline_proposal(db, viewer, row)


async def test_mail_that_waits_stands_on_the_desk_of_those_who_can_settle_it(play: Play) -> None:
    await held(play)
    async with play.database.reading() as db:
        today = play.clock.today("Asia/Shanghai")
        for person, count in ((play.world.zhoumin, 1), (play.world.liwb, 1), (play.world.chenzy, 0)):
            page = await desk.desk(db, await play.world.viewer(db, person), today.replace(day=1))
            assert sum(todo.kind == "incoming" for todo in page.todos) == count
