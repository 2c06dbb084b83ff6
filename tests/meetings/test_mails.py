"""The mails of meetings as they arrive: composed together, in one thread, each link for the one it belongs to."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from liaison import templating
from liaison.directory.models import Person
from liaison.errors import Conflict
from liaison.mail.models import OutboxMail
from liaison.meetings import agenda, announcing, asking, holding, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Announcement
from liaison.meetings.overview import overview
from liaison.paths import data_dir
from tests.meetings.play import START, Play, by_address

LIWB = "liwb@sfj.qingzhi.example"
WUXL = "wuxl@sfj.qingzhi.example"


def people(play: Play) -> tuple[Asked, ...]:
    return Asked(person_id=play.world.chenzy.id), Asked(person_id=play.world.liwb.id)


async def resend(play: Play, meeting_id: int, address: str) -> None:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.resend(db, viewer, meeting, address)


async def test_what_many_mails_need_is_loaded_once_for_all_of_them(play: Play) -> None:
    async with play.database.writing() as db:
        many = [
            Person(name=f"人员{n}", agency_id=play.world.sfj.id, mail=f"p{n}@sfj.qingzhi.example") for n in range(25)
        ]
        db.add_all(many)
        await db.flush()
        ids = [person.id for person in many]
    meeting_id = await play.scheduled(*(Asked(person_id=id_) for id_ in ids))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.send(db, viewer, meeting)
    asked: Counter[str] = Counter()

    def count(conn: object, cursor: object, statement: str, *rest: object) -> None:
        for table in ("attendee", "agency_invitation", "link", "announcement"):
            if re.search(rf"(FROM|INSERT INTO) {table}\b", statement):
                asked[f"{statement.split()[0]} {table}"] += 1

    engine = play.database.writer.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        mails = await play.delivered()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len({mail.links[0] for mail in mails}) == len(mails) == 25
    assert asked["SELECT attendee"] <= 1, asked
    assert asked["SELECT attendee"] == asked["SELECT agency_invitation"] == asked["SELECT link"] == 1
    assert asked["SELECT announcement"] <= 2
    assert asked["INSERT link"] == 1


@pytest.fixture
def broken_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copytree(data_dir("templates"), tmp_path / "templates")
    (tmp_path / "templates/mail/meeting/body.txt").write_text("{{ nobody_gave_this }}")
    monkeypatch.setattr(templating, "data_dir", lambda name: tmp_path / name)
    templating.environment.cache_clear()
    yield
    templating.environment.cache_clear()


@pytest.mark.usefixtures("broken_template")
async def test_a_broken_template_refuses_the_sending_and_nothing_is_saved(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    with pytest.raises(Conflict):
        await play.send(meeting_id)
    async with play.database.reading() as db:
        _, meeting = await play.meeting(db, meeting_id)
        assert (meeting.state, meeting.organizer) == ("draft", None)
        for table in (Announcement, OutboxMail):
            assert await db.scalar(select(func.count()).select_from(table)) == 0


async def test_updates_and_reminders_stand_in_one_thread_and_only_reminders_say_that_no_person_wrote_them(
    play: Play,
) -> None:
    meeting_id = await play.scheduled(*people(play))
    arrived = [by_address(await play.send(meeting_id))[LIWB]]
    for days in (1, 2, 3):
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            await scheduling.move(db, viewer, meeting, local_start=START + timedelta(days=days))
        arrived.append(by_address(await play.send(meeting_id))[LIWB])
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.remind(db, viewer, meeting)
    reminder = by_address(await play.delivered())[LIWB]
    assert reminder.raw["Auto-Submitted"] == "auto-generated"
    assert {mail.raw["Auto-Submitted"] for mail in arrived} == {None}
    roots = {(mail.raw["References"], mail.raw["In-Reply-To"]) for mail in (*arrived, reminder)}
    assert roots == {(f"<{arrived[0].event['UID']}@meetings.qingzhi.example>",) * 2}
    assert len({mail.raw["Message-ID"] for mail in (*arrived, reminder)}) == 5


async def test_the_cancellation_goes_out_once_more_word_for_word(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    await play.send(meeting_id)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await asking.ask(db, viewer, meeting, [Asked(person_id=play.world.wuxl.id)])  # never told
        await scheduling.cancel(db, viewer, meeting)
    first = by_address(await play.send(meeting_id))[LIWB]
    await resend(play, meeting_id, LIWB)
    (again,) = await play.delivered()
    assert again.to == LIWB
    assert again.method == "CANCEL"
    assert again.calendar == first.calendar
    assert (again.subject, again.text) == (first.subject, first.text)
    with pytest.raises(Conflict):
        await resend(play, meeting_id, WUXL)
    assert await play.delivered() == []


async def test_everybody_behind_one_address_finds_their_own_link_in_both_texts_and_nobodys_in_the_calendar(
    play: Play,
) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.wuxl.id), Asked(person_id=world.zhenggq.id))
    (mail,) = await play.send(meeting_id)
    own = re.findall(r"== ([^\s（]+)\S*\s.*?\s(\S*/r/\S+)", mail.text, re.DOTALL)
    assert {name for name, _ in own} == {"吴晓岚", "郑国强"}
    assert [link for _, link in own] == mail.links
    in_html = set(re.findall(r'href="([^"?]*/r/[^"?]*)', mail.html))
    assert set(mail.links) == in_html
    assert len(in_html) == 2
    assert mail.calendar is not None
    assert b"/r/" not in mail.calendar.to_ical()


async def test_the_agenda_of_a_later_joint_meeting_begins_with_the_last_ones_action_items(play: Play) -> None:
    async def told(title: str) -> tuple[int, str]:
        meeting_id = await play.scheduled(Asked(person_id=play.world.liwb.id), title=title)
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            await agenda.add_item(db, viewer, meeting, title="通报办案情况", purpose="report")
        (mail,) = await play.send(meeting_id)
        return meeting_id, f"{mail.text}\n{mail.event['DESCRIPTION']}".replace("\r", "")

    first, said = await told("第一次会议")
    assert said.count("\n1. 通报办案情况") == 2
    held = await play.scheduled(title="去年会议", local_start=START.replace(year=START.year - 1))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, held)
        await holding.hold(db, viewer, meeting)
    _, said = await told("第二次会议")
    assert said.count("\n1. 上次会议落实事项办理情况\n2. 通报办案情况") == 2
    async with play.database.reading() as db:
        viewer, meeting = await play.meeting(db, first)
        seen = await overview(db, viewer, meeting)
        assert (seen.agenda.begins_with_actions, seen.has_unsent_changes) == (True, False)
