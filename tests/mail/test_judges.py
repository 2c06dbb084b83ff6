"""A long story of one meeting and its successors, each calendar part of which independent readers take without a word.

Schedule, send, add, move, change the place, edit in silence, remove, postpone, reinstate, hide the list, cancel; people with a mailbox, a
shared mailbox, an agency by office, another language, an organizer of their own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from liaison.directory.models import Person
from liaison.mail.choices import choose_for_inbox
from liaison.meetings import agenda, asking, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from tests.mail.judges import ical_js, libical_errors
from tests.meetings.play import START, Mail, Play


def parts(mails: Sequence[Mail]) -> list[tuple[Mail, bytes]]:
    """Each mail that holds a calendar, with its octets."""
    found = []
    for mail in mails:
        for part in mail.raw.walk():
            if part.get_content_type() == "text/calendar":
                octets = part.get_payload(decode=True)
                assert isinstance(octets, bytes)
                found.append((mail, octets))
    return found


async def story(play: Play, *, sub_addressing: bool) -> list[Mail]:
    """Everything that everybody was mailed, in order."""
    world, mails = play.world, []
    async with play.database.writing() as db:
        operator = await world.viewer(db, world.guyan)
        await choose_for_inbox(db, operator, own_server="", hold=None, sub_addressing=sub_addressing)
        await db.execute(update(Person).where(Person.id == world.sunl.id).values(locale="en"))
    meeting_id = await play.scheduled(
        Asked(person_id=world.chenzy.id, role="chair"),
        Asked(person_id=world.liwb.id),
        Asked(person_id=world.hanmei.id, role="optional"),
        Asked(agency_id=world.sfj.id, seats=2, requirement='分管负责同志1名；"联络员"1名, 请携\\带台账'),
        title="第四季度联席会议：移送, 反馈; \\N 与“口径”",
    )

    async def act(*, tell: bool = True) -> None:
        play.clock.as_of = play.clock.now() + timedelta(hours=2)
        if tell:
            mails.extend(await play.send(meeting_id))

    async def change(verb: object, **more: object) -> None:
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            await verb(db, viewer, meeting, **more)  # type: ignore[operator]

    play.clock.as_of = play.clock.now()
    await act()
    await change(agenda.add_item, title="通报第三季度情况", purpose="report", duration_minutes=20)
    await act()
    await change(asking.ask, asked=[Asked(person_id=world.sunl.id, role="in_attendance")])
    await act()
    await change(scheduling.move, local_start=START + timedelta(days=1))
    await change(scheduling.move, local_start=START + timedelta(days=4), duration_minutes=90)
    await act()
    await change(scheduling.move, local_start=START + timedelta(days=4), location="二楼会议室，近东门")
    await act()
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        his = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == world.liwb.id)
        await asking.remove_attendee(db, viewer, meeting, await queries.attendee(db, his.id))
    await act()
    await change(scheduling.postpone, reason="时间另行通知")
    await act()
    await change(scheduling.reinstate, local_start=datetime.fromisoformat("2026-12-30T09:00"))
    await act()
    async with play.database.writing() as db:
        _, meeting = await play.meeting(db, meeting_id)
        await db.execute(update(Meeting).where(Meeting.id == meeting.id).values(hides_attendees=True))
    await act()
    await change(scheduling.cancel, reason="不再召开")
    await act()
    return mails


@pytest.mark.parametrize("sub_addressing", [False, True])
async def test_independent_readers_find_nothing_wrong_in_any_calendar_part(
    play: Play, sub_addressing: bool, request: pytest.FixtureRequest
) -> None:
    found = parts(await story(play, sub_addressing=sub_addressing))
    assert {mail.method for mail, _ in found} == {"REQUEST", "CANCEL"}
    assert len(found) > 20
    for mail, octets in found:
        assert libical_errors(octets) == [], (mail.subject, octets.decode())
    cache = Path(request.config.cache.mkdir("ical.js"))  # type: ignore[union-attr]
    read = ical_js([octets.decode() for _, octets in found], cache)
    for (mail, _), (name, properties, components) in zip(found, read, strict=True):
        assert name == "vcalendar"
        assert ["method", {}, "text", mail.method] in properties
        (event,) = (each for each in components if each[0] == "vevent")
        values = {each[0]: each[3] for each in event[1]}
        assert (values["uid"], values["sequence"]) == (str(mail.event["UID"]), int(mail.event["SEQUENCE"]))
        assert values["summary"] == "第四季度联席会议：移送, 反馈; \\N 与“口径”"


async def test_across_all_mails_versions_never_fall_and_nothing_is_cancelled_that_was_not_held(play: Play) -> None:
    newest: dict[tuple[str, str], tuple[int, datetime]] = {}
    holds: dict[tuple[str, str], str] = {}
    for mail, _ in parts(await story(play, sub_addressing=False)):
        key = (str(mail.event["UID"]), mail.to)
        stamp = mail.event["DTSTAMP"].dt
        assert isinstance(stamp, datetime)
        version = (int(mail.event["SEQUENCE"]), stamp)
        assert version > newest.get(key, (-1, datetime.min.replace(tzinfo=UTC)))
        assert version[1] >= newest.get(key, version)[1]
        if mail.method == "CANCEL":
            assert holds[key] == "REQUEST"
        newest[key], holds[key] = version, mail.method or ""
    assert set(holds.values()) == {"CANCEL"}
    assert len({uid for uid, _ in holds}) == 2


def test_the_judges_see_what_is_wrong() -> None:
    """A calendar without organizer, and one with a time that is none: who takes these finds nothing wrong in anything."""
    fine = (
        "BEGIN:VCALENDAR\r\nPRODID:-//x//y//EN\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:a\r\n"
        "DTSTAMP:20261101T000000Z\r\nDTSTART:20261101T000000Z\r\nSUMMARY:x\r\nORGANIZER:mailto:a@b.c\r\n"
        "ATTENDEE:mailto:d@e.f\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert libical_errors(fine.encode()) == []
    assert libical_errors(fine.replace("ORGANIZER:mailto:a@b.c\r\n", "").encode()) != []
    assert libical_errors(fine.replace("DTSTAMP:2026", "DTSTAMP:xx").encode()) != []
