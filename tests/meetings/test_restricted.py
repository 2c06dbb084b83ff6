"""An agenda item with an audience: its canary shows up for the people of those agencies alone, by whatever way mail and calendars go."""

import email
import email.policy
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select

from liaison.actions import assigning
from liaison.config import Settings
from liaison.directory.models import Person
from liaison.mail.models import OutboxMail
from liaison.meetings import agenda, holding, mails, planning, queries, recording, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import AgendaItem
from liaison.postroom.models import IncomingMail
from liaison.reminders.reminding import remind_due
from liaison.system.running import switch_trial_mode
from tests.callers import Browser, Program
from tests.meetings.play import Mail, Play, by_address
from tests.postroom.post import take, written

CANARY = "限知丙2c9e"
LIWB, WUXL, CHENZY, ZHOUMIN = (
    "liwb@sfj.qingzhi.example",
    "wuxl@sfj.qingzhi.example",
    "chenzy@jcy.qingzhi.example",
    "zhoumin@jcy.qingzhi.example",
)
LINKED = re.compile(r"http://127\.0\.0\.1:8000(/r/\S+)")


def decoded(mail: Mail) -> str:
    """Everything that a recipient can read: headers, and every part as its program shows it."""
    parts = [str(value) for value in mail.raw.values()]
    for part in mail.raw.walk():
        if not part.is_multipart():
            parts.append((part.get_payload(decode=True) or b"").decode())
    return "\n".join(parts).replace("\r\n ", "")


async def brought(play: Play, meeting_id: int, *, title: str = f"会商{CANARY}", audience: bool = True) -> int:
    """An item of 区司法局, accepted by the host; only 区司法局 may know of it."""
    async with play.database.writing() as db:
        officer, meeting = await play.meeting(db, meeting_id, play.world.liwb)
        item = await agenda.add_item(
            db,
            officer,
            meeting,
            title=title,
            purpose="consult",
            duration_minutes=25,
            audience=[play.world.sfj.id] if audience else [],
        )
        await agenda.accept_item(db, (await play.meeting(db, meeting_id))[0], item)
        return item.id


def everybody(play: Play) -> list[Asked]:
    """Both agencies and a leader of each; sunl is of an agency that is no member."""
    world = play.world
    people = (world.chenzy, world.zhenggq, world.sunl)
    return [Asked(agency_id=world.jcy.id), Asked(agency_id=world.sfj.id), *(Asked(person_id=one.id) for one in people)]


async def announced(play: Play, *asked: Asked) -> int:
    """An announced meeting whose agenda may be changed; only officers of the two agencies are asked unless said otherwise."""
    meeting_id = await play.scheduled(*(asked or everybody(play)))
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, meeting_id)
        await agenda.add_item(db, host, meeting, title="通报工作情况", purpose="report")
    return meeting_id


async def test_a_mail_names_a_restricted_item_only_to_readers_of_its_audience(play: Play) -> None:
    meeting_id = await announced(play)
    await brought(play, meeting_id)
    with structlog.testing.capture_logs() as logs:
        sent = by_address(await play.send(meeting_id))
    assert CANARY not in str(logs)
    told = {address for address, mail in sent.items() if CANARY in decoded(mail)}
    assert told == {LIWB, WUXL}
    for address, mail in sent.items():
        assert ("2. 另行通知（25分钟）" in mail.text) == (address not in told), address
    assert CANARY in str(sent[LIWB].event["DESCRIPTION"])
    assert "另行通知" in str(sent[CHENZY].event["DESCRIPTION"])
    assert "另行通知" in sent[CHENZY].html


async def test_an_address_that_agencies_share_is_told_what_all_of_them_may_know(play: Play) -> None:
    async with play.database.writing() as db:  # she is asked to nothing, and reads the mailbox all the same
        (await db.get_one(Person, play.world.sunl.id)).mail = LIWB
    meeting_id = await announced(play, Asked(agency_id=play.world.sfj.id), Asked(person_id=play.world.chenzy.id))
    await brought(play, meeting_id)
    sent = by_address(await play.send(meeting_id))
    assert {address for address, mail in sent.items() if CANARY in decoded(mail)} == {WUXL}
    assert "另行通知" in sent[LIWB].text


async def test_what_becomes_of_a_restricted_item_is_news_to_its_audience_alone(play: Play) -> None:
    meeting_id = await announced(play)
    item_id = await brought(play, meeting_id)
    await play.send(meeting_id)
    async with play.database.writing() as db:
        item = await agenda.item_of(db, (await play.meeting(db, meeting_id, play.world.liwb))[0], item_id)
        item.title = f"另议{CANARY}"
    sent = by_address(await play.send(meeting_id))
    assert set(sent) == {LIWB, WUXL}
    assert f"另议{CANARY}" in sent[LIWB].text


async def test_a_change_notice_does_not_name_what_its_reader_may_not_know_any_more(play: Play) -> None:
    meeting_id = await announced(play)
    item_id = await brought(play, meeting_id, audience=False)
    assert all(CANARY in decoded(mail) for mail in await play.send(meeting_id))
    await set_audience(play, item_id, [play.world.sfj.id])
    closed = by_address(await play.send(meeting_id))
    assert CHENZY in closed
    assert LIWB not in closed, "it reads there what it read before"
    assert not [address for address, mail in closed.items() if CANARY in decoded(mail)]
    assert "议程有变化" in closed[CHENZY].text
    await set_audience(play, item_id, [])
    opened = by_address(await play.send(meeting_id))
    assert f"新增议题：“会商{CANARY}”" in opened[CHENZY].text
    assert LIWB not in opened


async def set_audience(play: Play, item_id: int, agency_ids: list[int]) -> None:
    async with play.database.writing() as db:
        officer = await play.world.viewer(db, play.world.liwb)
        await agenda.set_audience(db, officer, await agenda.item_of(db, officer, item_id), agency_ids)


async def test_who_sends_the_notice_previews_no_more_than_they_may_know(play: Play) -> None:
    meeting_id = await announced(play)
    await brought(play, meeting_id)
    async with play.database.reading() as db:
        for person, knows in ((play.world.zhoumin, False), (play.world.liwb, True)):
            viewer, meeting = await play.meeting(db, meeting_id, person)
            planned = await planning.plan(db, meeting)
            mail = next(one for one in planned.mails if one.addressee.address == LIWB)
            shown = await mails.preview(db, viewer, meeting, planned, mail, note=None)
            for part in (shown.text, shown.html, (shown.calendar or b"").decode().replace("\r\n ", "")):
                assert (CANARY in part) is knows, person.name


async def test_calendars_to_read_and_mailed_links_name_no_restricted_item_to_anybody(
    play: Play, settings: Settings
) -> None:
    meeting_id = await announced(play)
    await brought(play, meeting_id)
    liwb = by_address(await play.send(meeting_id))[LIWB]
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.liwb)
    api = Program(settings, play.database, play.clock)
    feed = re.sub(r"^https?://[^/]+", "", (await api.post(play.world.liwb, "/me/feed", status=201))["url"])
    for path in (f"/meetings/{meeting_id}/calendar.ics", feed, LINKED.findall(liwb.text)[0]):
        text = (await browser.client.get(path)).text.replace("\r\n ", "")
        assert "另行通知" in text, path
        assert CANARY not in text, path


async def test_a_mail_for_an_audience_is_not_shown_to_the_operator_nor_sent_in_a_trial_run(
    play: Play, settings: Settings
) -> None:
    meeting_id = await announced(play)
    await brought(play, meeting_id)
    await play.send(meeting_id)
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.guyan)
    async with play.database.reading() as db:
        rows = list(await db.scalars(select(OutboxMail).order_by(OutboxMail.id)))
    assert {row.address for row in rows if row.audience is not None} == {LIWB, WUXL}
    for row in rows:
        page = await browser.get(f"/system/outbox/{row.id}")
        letter = (await browser.client.get(f"/system/outbox/{row.id}/letter")).text
        assert CANARY not in page + letter, row.address
        assert bool(letter) is (row.audience is None), row.address
    await set_trial(play)
    another = await announced(play)
    await brought(play, another)
    tried = await play.send(another)
    assert len(tried) == len(rows)
    assert not [mail for mail in tried if CANARY in decoded(mail)]


async def set_trial(play: Play) -> None:
    async with play.database.writing() as db:
        await switch_trial_mode(db, await play.world.viewer(db, play.world.guyan), on=True)


async def test_a_subscription_names_no_item_that_was_decided_for_some_agencies(play: Play, settings: Settings) -> None:
    async with decided(play):
        api = Program(settings, play.database, play.clock)
        feed = re.sub(r"^https?://[^/]+", "", (await api.post(play.world.liwb, "/me/feed", status=201))["url"])
        text = (await api.client.get(feed)).text
    assert "到期：另行通知" in text
    assert CANARY not in text


@asynccontextmanager
async def decided(play: Play, **more: object) -> AsyncIterator[int]:
    """An item that 区司法局 decided on its restricted item at a meeting of 区检察院, overdue for so long that the host hears of it."""
    meeting_id = await play.scheduled(local_start=datetime.fromisoformat("2026-11-20T09:00"))
    item_id = await brought(play, meeting_id)
    async with play.database.writing() as db:
        officer, meeting = await play.meeting(db, meeting_id, play.world.liwb)
        decision = await recording.decide(db, officer, meeting, text=f"议定{CANARY}", agenda_item_id=item_id)
        given: dict[str, object] = {
            "title": f"落实{CANARY}",
            "lead_agency_id": play.world.sfj.id,
            "owner_id": play.world.liwb.id,
            "due_on": date(2026, 11, 24),
            **more,
        }
        action = await assigning.assign(
            db,
            officer,
            play.world.mechanism.id,
            meeting=meeting,
            decision_id=decision.id,
            **given,  # type: ignore[arg-type]
        )
    yield action.id


async def reminders(play: Play, until: str = "2026-12-11T08:35+08:00") -> list[Mail]:
    """Every mail of the clock from now on, day by day."""
    found: list[Mail] = []
    end = datetime.fromisoformat(until)
    while play.clock.as_of is not None and play.clock.as_of < end:
        play.clock.as_of += timedelta(days=1)
        async with play.database.writing() as db:
            await remind_due(db)
        found += await play.delivered()
    return found


async def test_the_host_hears_nothing_of_an_overdue_item_that_it_may_not_know_of(play: Play) -> None:
    async with decided(play):
        sent = await reminders(play)
    assert {mail.to for mail in sent if CANARY in mail.text} == {LIWB, WUXL}
    assert not [mail for mail in sent if mail.to not in (LIWB, WUXL)]
    assert not [mail.subject for mail in sent if CANARY in mail.subject]
    async with play.database.reading() as db:
        rows = list(await db.scalars(select(OutboxMail)))
    assert rows
    assert all(row.audience == frozenset({play.world.sfj.id}) for row in rows)


async def test_a_reminder_at_a_shared_address_tells_neither_the_item_nor_gives_its_link(play: Play) -> None:
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.sunl.id)).mail = LIWB
    async with decided(play) as action_id:
        sent = await reminders(play, "2026-11-26T08:35+08:00")
    mail = next(mail for mail in sent if mail.to == LIWB)
    assert CANARY not in decoded(mail)
    assert "另行通知" in mail.text
    assert "/r/" not in decoded(mail)
    assert f"/actions/{action_id}" in mail.text


async def test_what_a_reply_quotes_is_not_shown_to_an_officer_who_may_not_know_it(
    play: Play, settings: Settings
) -> None:
    meeting_id = await announced(play)
    await brought(play, meeting_id)
    liwb = by_address(await play.send(meeting_id))[LIWB]
    assert await take(play, written(liwb, "我看看再说").as_bytes()) == ("held", "not_understood")
    async with play.database.reading() as db:
        row = (await db.scalars(select(IncomingMail))).one()
    for person, knows in ((play.world.zhoumin, False), (play.world.liwb, True)):
        browser = await Browser(settings, play.database, play.clock).sign_in(person)
        page = await browser.get(f"/incoming/{row.id}")
        assert "我看看再说" in page
        assert (CANARY in page) is knows, person.name


async def test_what_somebody_answers_to_a_restricted_reminder_is_read_by_its_audience(
    play: Play, settings: Settings
) -> None:
    async with decided(play):
        mail = next(one for one in await reminders(play, "2026-11-26T08:35+08:00") if one.to == LIWB)
    assert await take(play, written(mail, "已与当事人谈妥").as_bytes()) == ("applied", "progress")
    async with play.database.reading() as db:
        row = (await db.scalars(select(IncomingMail))).one()
    host = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    assert (await host.client.get(f"/incoming/{row.id}")).status_code == 404
    officer = await Browser(settings, play.database, play.clock).sign_in(play.world.liwb)
    assert "已与当事人谈妥" in await officer.get(f"/incoming/{row.id}")


def proposal(audience: str) -> bytes:
    message = email.message.EmailMessage(policy=email.policy.default)
    message["From"], message["To"] = LIWB, "zhichi@meetings.qingzhi.example"
    message["Subject"], message["Message-ID"] = f"议题：会商{CANARY}", "<p@example.org>"
    message.set_content(f"目的：会商\n汇报人：李文博\n时长：20分钟\n知悉范围：{audience}\n")
    return message.as_bytes()


async def test_a_mail_may_say_what_its_item_is_for_and_who_may_know_of_it(play: Play, settings: Settings) -> None:
    await announced(play)
    await play.send(1)
    assert await take(play, proposal("区司法局")) == ("applied", "proposed")
    async with play.database.reading() as db:
        item = (await db.scalars(select(AgendaItem).where(AgendaItem.title.contains(CANARY)))).one()
    assert (item.purpose, item.presenter_id, item.duration_minutes) == ("consult", play.world.liwb.id, 20)
    assert item.audience == frozenset({play.world.sfj.id})
    await read_by_its_agency_alone(play, settings)


async def test_a_mail_that_names_an_unknown_audience_waits_unseen_by_the_others(play: Play, settings: Settings) -> None:
    await announced(play)
    await play.send(1)
    assert await take(play, proposal("区司法局、区某局")) == ("held", "unknown_audience")
    await read_by_its_agency_alone(play, settings)


async def read_by_its_agency_alone(play: Play, settings: Settings) -> None:
    for person, knows in ((play.world.zhoumin, False), (play.world.guyan, False), (play.world.liwb, True)):
        browser = await Browser(settings, play.database, play.clock).sign_in(person)
        assert (CANARY in await browser.get("/incoming?show=all")) is knows, person.name
        api = Program(settings, play.database, play.clock)
        assert (CANARY in (await api.call(person, "GET", "/incoming")).text) is knows, person.name


async def test_only_those_who_know_of_an_item_write_down_what_is_said_on_it(play: Play) -> None:
    """The host records the meeting, and is not in the audience; the agency that brings the item writes for itself."""
    meeting_id = await play.scheduled(local_start=datetime.fromisoformat("2026-11-23T08:00"))
    item_id = await brought(play, meeting_id)
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, meeting_id)
        item = await agenda.item_of(db, host, item_id, unseen=True)
        await holding.begin_item(db, host, item)
        officer = await play.world.viewer(db, play.world.liwb)
        note = await recording.save_note(db, officer, meeting, f"记录{CANARY}", agenda_item_id=item_id)
        await recording.decide(db, officer, meeting, text=f"议定{CANARY}", agenda_item_id=item_id)
        assert note.text not in [one.text for one in await recording.notes_of(db, host, meeting)]
        assert await recording.decisions_of(db, host, meeting) == []
        assert [one.text for one in await recording.decisions_of(db, officer, meeting)] == [f"议定{CANARY}"]
        await holding.settle_item(db, host, item)
        await scheduling.change(db, host, meeting, recorder_id=play.world.xujie.id)
        recorder = await play.world.viewer(db, play.world.xujie)  # of 区司法局
        assert len(await queries.agenda(db, meeting_id)) == 1
        await recording.decide(db, recorder, meeting, text="再议定一项。", agenda_item_id=item_id)


async def test_the_host_skips_also_an_item_that_it_may_not_know_of(play: Play, settings: Settings) -> None:
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    meeting_id = await play.scheduled(local_start=datetime.fromisoformat("2026-11-23T08:00"))
    hidden = await brought(play, meeting_id)
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, meeting_id)
        other = await agenda.add_item(db, host, meeting, title="通报情况", purpose="report")
        await holding.begin_item(db, host, await agenda.item_of(db, host, hidden, unseen=True))
    assert f"/agenda-items/{hidden}/skip" in await browser.get(f"/meetings/{meeting_id}")
    assert (await browser.post(f"/agenda-items/{hidden}/skip")).status_code == 303
    assert f"/agenda-items/{other.id}/settle" in await browser.get(f"/meetings/{meeting_id}")
