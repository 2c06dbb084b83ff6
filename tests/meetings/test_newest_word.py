"""Everybody is told the newest word, once, in their own words: removals, refusals, edits in between, handovers and trial mode."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from liaison.accounts.deactivation import deactivate_person
from liaison.accounts.viewer import COMMAND_LINE
from liaison.composers import COMPOSERS
from liaison.directory.models import Person
from liaison.errors import Conflict
from liaison.mail import outbox
from liaison.mail.classify import Kind, Outcome
from liaison.mail.delivery import Pace, deliver_due
from liaison.mail.models import OutboxMail
from liaison.mail.transport import MaildirTransport
from liaison.mechanisms import designating
from liaison.mechanisms.models import Mechanism
from liaison.meetings import announcing, asking, overview, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.system import running
from tests.meetings.play import START, Mail, Play, by_address, mails_in

LIWB = "liwb@sfj.qingzhi.example"
WUXL = "wuxl@sfj.qingzhi.example"
CHENZY = "chenzy@jcy.qingzhi.example"
ZHOUMIN = "zhoumin@jcy.qingzhi.example"
GONGHUI = "gonghui@sfj.qingzhi.example"


class Refusing(MaildirTransport):
    """A server that refuses one address."""

    kind = Kind.PERMANENT

    async def send(self, data: bytes, mail_from: str, rcpt: str, **more: object) -> Outcome:  # type: ignore[override]
        if rcpt == CHENZY:
            return Outcome(self.kind, 450, "no")
        return await super().send(data, mail_from, rcpt, **more)  # type: ignore[arg-type]


class Deferring(Refusing):
    kind = Kind.TEMPORARY


def both(play: Play) -> tuple[Asked, ...]:
    return Asked(person_id=play.world.chenzy.id), Asked(person_id=play.world.liwb.id)


def agencies(play: Play) -> tuple[Asked, ...]:
    return (
        Asked(agency_id=play.world.sfj.id, seats=2, requirement="联络员1名"),
        Asked(agency_id=play.world.jcy.id, seats=3),
    )


async def act(play: Play, meeting_id: int, verb, **more: object) -> None:  # type: ignore[no-untyped-def]
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await verb(db, viewer, meeting, **more)


async def remove_chenzy(play: Play, meeting_id: int) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        gone = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == play.world.chenzy.id)
        await asking.remove_attendee(db, viewer, meeting, gone)


async def ask(play: Play, meeting_id: int, *asked: Asked) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await asking.ask(db, viewer, meeting, list(asked))


def later(days: int = 1) -> datetime:
    return START + timedelta(days=days)


async def by(play: Play, transport: MaildirTransport, *, pauses: tuple[float, ...] = (0.0,) * 3) -> list[Mail]:
    await deliver_due(play.database, transport, COMPOSERS, "test", limit=20, pace=Pace(pauses=pauses))
    return mails_in(play.directory, play.read)


async def test_a_removal_followed_by_another_change_is_still_told_in_full_and_in_their_language(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.chenzy.id)).locale = "en"
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await remove_chenzy(play, meeting_id)
    await act(play, meeting_id, announcing.send)
    await act(play, meeting_id, scheduling.move, local_start=later())
    told = by_address(await play.send(meeting_id))[CHENZY]
    assert told.method == "CANCEL"
    assert str(told.event["ATTENDEE"]) == f"mailto:{CHENZY}"
    assert "陈志远" in str(told.raw["To"])
    assert "no longer asked" in told.text
    async with play.database.reading() as db:
        (newest,) = (await outbox.deliveries(db, person_id=play.world.chenzy.id))[-1:]
        assert (newest.address, newest.state) == (CHENZY, "sent")


async def test_a_cancellation_put_off_by_the_server_is_replaced_by_the_newer_one(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await remove_chenzy(play, meeting_id)
    await act(play, meeting_id, announcing.send)
    await by(play, Deferring(play.directory), pauses=(3600.0,))
    await act(play, meeting_id, scheduling.move, local_start=later())
    await play.send(meeting_id)
    async with play.database.reading() as db:
        rows = [one.state for one in await outbox.deliveries(db, person_id=play.world.chenzy.id)]
    assert rows == ["sent", "superseded", "sent"]


async def test_postponed_then_cancelled_without_a_word_in_between_is_cancelled(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.postpone)
    await act(play, meeting_id, scheduling.cancel)
    mail = by_address(await play.send(meeting_id))[LIWB]
    assert "会议取消通知" in mail.subject
    assert mail.method == "CANCEL"


async def test_who_waits_for_a_new_date_is_told_that_there_will_be_none_without_touching_the_calendar_again(
    play: Play,
) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.postpone)
    assert {mail.method for mail in await play.send(meeting_id)} == {"CANCEL"}
    await act(play, meeting_id, scheduling.cancel)
    mails = by_address(await play.send(meeting_id))
    assert set(mails) == {CHENZY, LIWB}
    assert all("会议取消通知" in mail.subject and mail.calendar is None for mail in mails.values())
    with pytest.raises(announcing.NothingNew):
        await play.send(meeting_id)


async def test_off_again_before_anybody_heard_that_it_was_on_is_no_news(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.cancel)
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.reinstate, local_start=later())
    await act(play, meeting_id, scheduling.cancel)
    with pytest.raises(Conflict):
        await play.send(meeting_id)
    await act(play, meeting_id, scheduling.reinstate, local_start=later())
    assert {mail.method for mail in await play.send(meeting_id)} == {"REQUEST"}


async def test_other_seats_are_news_for_the_agency_they_are_asked_of_alone(play: Play) -> None:
    meeting_id = await play.scheduled(*agencies(play))
    await play.send(meeting_id)
    await ask(play, meeting_id, Asked(agency_id=play.world.sfj.id, seats=4, requirement="分管负责同志1名"))
    await ask(play, meeting_id, Asked(agency_id=play.world.sfj.id, seats=5, requirement="分管负责同志1名"))
    mails = by_address(await play.send(meeting_id))
    assert set(mails) == {LIWB, WUXL}
    assert "5人（分管负责同志1名）" in mails[LIWB].text
    assert "会议变更通知" in mails[LIWB].subject


async def test_another_day_to_answer_by_and_another_kind_are_told(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, scheduling.change, replies_due_on=date(2026, 12, 10))
    assert "请于12月10日（周四）前答复" in by_address(await play.send(meeting_id))[LIWB].text
    await act(play, meeting_id, scheduling.change, kind="extraordinary")
    assert "临时会议" in by_address(await play.send(meeting_id))[LIWB].text


async def test_a_mail_on_its_way_says_what_was_sent_and_not_what_was_edited_since(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play), *agencies(play))
    await act(play, meeting_id, announcing.send)
    await ask(play, meeting_id, Asked(agency_id=play.world.sfj.id, seats=9, requirement="尚未告知"))
    await remove_chenzy(play, meeting_id)
    mails = by_address(await play.delivered())
    assert "2人（联络员1名）" in mails[LIWB].text
    assert "尚未告知" not in mails[LIWB].text
    assert "陈志远" in mails[CHENZY].text
    assert len(mails[CHENZY].links) == 1


async def test_a_reminder_gives_way_to_a_newer_notice(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await act(play, meeting_id, announcing.remind)
    await act(play, meeting_id, scheduling.move, local_start=later())
    mails = by_address(await play.send(meeting_id))
    assert all("会议改期通知" in mail.subject for mail in mails.values())


@pytest.mark.parametrize("ending", ["cancelled", "removed"])
async def test_nobody_tries_a_refused_notice_again_once_something_newer_was_said(play: Play, ending: str) -> None:
    meeting_id = await play.scheduled(*both(play))
    await act(play, meeting_id, announcing.send)
    await by(play, Refusing(play.directory))
    if ending == "cancelled":
        await act(play, meeting_id, scheduling.cancel)
    else:
        await remove_chenzy(play, meeting_id)
    assert CHENZY not in by_address(await play.send(meeting_id))
    async with play.database.writing() as db:
        operator = await play.world.viewer(db, play.world.guyan)
        row = (await db.scalars(select(OutboxMail.id).where(OutboxMail.address == CHENZY))).one()
        with pytest.raises(Conflict):
            await outbox.retry(db, operator, row)


async def test_who_left_gets_at_most_the_cancellation_of_what_they_hold(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        await deactivate_person(db, COMMAND_LINE, play.world.chenzy.id)
    await act(play, meeting_id, announcing.remind)
    assert set(by_address(await play.delivered())) == {LIWB}
    await act(play, meeting_id, scheduling.move, local_start=later())
    mails = by_address(await play.send(meeting_id))
    assert (mails[CHENZY].method, mails[LIWB].method) == ("CANCEL", "REQUEST")


async def hand_over(play: Play) -> None:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        await designating.hand_over(
            db,
            viewer,
            play.world.terms["liwb"].id,
            to_person_id=play.world.gonghui.id,
            starts_on=date(2026, 11, 23),
            basis_ref="清司函〔2026〕9号",
        )
    await play.delivered()


async def test_after_a_handover_reminder_and_notice_go_to_the_present_liaison(play: Play) -> None:
    meeting_id = await play.scheduled(agencies(play)[0])
    await play.send(meeting_id)
    await hand_over(play)
    with pytest.raises(Conflict, match="another liaison"):
        await act(play, meeting_id, announcing.resend, address=LIWB)
    async with play.database.reading() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        assert [one.address for one in (await overview.overview(db, viewer, meeting)).successors] == [GONGHUI]
    await act(play, meeting_id, announcing.resend, address=GONGHUI)
    (notice,) = await play.delivered()
    assert (notice.to, notice.method) == (GONGHUI, "REQUEST")
    assert len(notice.links) == 1
    await act(play, meeting_id, announcing.remind)
    assert set(by_address(await play.delivered())) == {GONGHUI}
    mails = by_address(await play.send(meeting_id))
    assert mails[LIWB].method == "CANCEL"


async def test_who_was_taken_off_the_list_is_not_sent_the_notice_once_more(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    await remove_chenzy(play, meeting_id)
    with pytest.raises(Conflict):
        await act(play, meeting_id, announcing.resend, address=CHENZY)


async def test_the_officer_who_reminds_is_not_mailed(play: Play) -> None:
    meeting_id = await play.scheduled(*agencies(play))
    await play.send(meeting_id)
    await act(play, meeting_id, announcing.remind)
    assert set(by_address(await play.delivered())) == {LIWB}


async def test_the_end_of_a_meeting_over_which_the_clocks_change_is_right(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Mechanism, play.world.mechanism.id)).timezone = "Europe/London"
    meeting_id = await play.scheduled(
        *both(play), local_start=datetime.fromisoformat("2027-10-31T00:30"), duration_minutes=120
    )
    assert "00:30—01:30" in by_address(await play.send(meeting_id))[LIWB].text


async def trial(play: Play, *, on: bool) -> None:
    async with play.database.writing() as db:
        await running.switch_trial_mode(db, await play.world.viewer(db, play.world.guyan), on=on)


async def test_a_cancellation_that_went_nowhere_in_a_trial_run_is_made_up_for_before_the_meeting_comes_back(
    play: Play,
) -> None:
    meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id))
    (first,) = await play.send(meeting_id)
    await trial(play, on=True)
    await act(play, meeting_id, scheduling.cancel)
    await play.send(meeting_id)
    await trial(play, on=False)
    await act(play, meeting_id, scheduling.reinstate, local_start=later())
    mails = {mail.method: mail for mail in await play.send(meeting_id)}
    assert {mail.to for mail in mails.values()} == {LIWB}
    assert mails["CANCEL"].event["UID"] == first.event["UID"]
    assert mails["REQUEST"].event["UID"] != first.event["UID"]
    with pytest.raises(Conflict):
        await play.send(meeting_id)


async def test_any_name_a_mechanism_may_have_can_be_a_sender(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Mechanism, play.world.mechanism.id)).short_name = "机制<一>"
    mail = by_address(await play.send(await play.scheduled(*both(play))))[LIWB]
    (sender,) = mail.raw["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("机制<一>", "zhichi@meetings.qingzhi.example")


async def test_what_cannot_become_bytes_refuses_the_sending(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Mechanism, play.world.mechanism.id)).short_name = "坏\x90名"  # from before it was refused
    with pytest.raises(Conflict):
        await play.send(await play.scheduled(*both(play)))


async def test_each_mail_says_whom_it_is_for_and_asks_them_as_they_are(play: Play) -> None:
    world = play.world
    meeting_id = await play.scheduled(
        *agencies(play),
        Asked(person_id=world.zhenggq.id),
        Asked(person_id=world.sunl.id, role="in_attendance"),
        Asked(person_id=world.chenzy.id),
    )
    mails = by_address(await play.send(meeting_id))
    guest, contact = mails["sunl@rsj.qingzhi.example"], mails[WUXL]
    assert "请您列席" in guest.text
    assert "孙丽（列席）" in guest.html
    assert "请您参加" in mails[CHENZY].text
    assert "请于12月14日（周一）前答复" in mails[CHENZY].text
    assert "郑国强（由您代为答复）" in contact.text
    assert "郑国强（由您代为答复）" in contact.html
    assert "请郑国强副局长参加" in contact.text
    assert "请安排3人参加" in mails[ZHOUMIN].text
    assert "请贵局派2人（联络员1名）参加" in mails[LIWB].text
    for mail in mails.values():
        assert mail.text.count("北京时间") == 1
    await act(play, meeting_id, announcing.remind)
    reminders = by_address(await play.delivered())
    assert "尚未收到贵局的回执" in reminders[LIWB].text
    assert "尚未收到您的答复" in reminders[CHENZY].text
    assert "尚未收到郑国强副局长的答复" in reminders[WUXL].text
    assert "请于12月14日（周一）前" in reminders[CHENZY].text
    assert "委派他人参加" in reminders[CHENZY].html
    await act(play, meeting_id, scheduling.cancel)
    off = by_address(await play.send(meeting_id))
    for address, mail in mails.items():
        assert off[address].text.splitlines()[0] == mail.text.splitlines()[0]
        assert off[address].text.rpartition("--")[2] == mail.text.rpartition("--")[2]
        assert off[address].text.count("北京时间") == 1
        assert off[address].links == []


async def test_a_reminder_names_no_day_that_has_passed(play: Play) -> None:
    meeting_id = await play.scheduled(*both(play))
    await play.send(meeting_id)
    play.clock.as_of = datetime(2026, 12, 16, 1, 0, tzinfo=UTC)
    await act(play, meeting_id, announcing.remind)
    assert "12月14日" not in by_address(await play.delivered())[LIWB].text
