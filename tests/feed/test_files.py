"""One meeting as a file for the calendar: on its page and behind a mailed link, the same UID as in the mail."""

import re

import icalendar

from liaison.directory.models import Person
from liaison.meetings import scheduling
from liaison.meetings.asking import Asked
from tests.callers import Browser
from tests.feed.conftest import Calendars
from tests.meetings.play import by_address
from tests.world import World

CHENZY = "chenzy@jcy.qingzhi.example"


async def browser_of(calendars: Calendars, who: Person) -> Browser:
    database = calendars.play.database
    return await Browser(database.settings, database, calendars.play.clock).sign_in(who)


async def event_at(browser: Browser, path: str) -> icalendar.Event:
    answer = await browser.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="meeting-2026-12-17.ics"'
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    assert "ATTENDEE" not in event
    return event


async def test_whoever_sees_the_meeting_keeps_it_in_their_calendar_under_the_uid_of_the_mail(
    calendars: Calendars, world: World
) -> None:
    meeting_id = await calendars.play.scheduled(Asked(person_id=world.chenzy.id))
    mail = by_address(await calendars.play.send(meeting_id))[CHENZY]
    browser = await browser_of(calendars, world.zhenggq)  # of a member agency, not asked
    path = f"/meetings/{meeting_id}/calendar.ics"
    assert f'href="{path}"' in await browser.get(f"/meetings/{meeting_id}")
    event = await event_at(browser, path)
    for name in ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "SUMMARY", "STATUS"):
        assert event[name].to_ical() == mail.event[name].to_ical(), name
    stranger = await browser_of(calendars, world.sunl)
    assert (await stranger.client.get(path)).status_code == 404


async def test_the_mailed_link_leads_to_the_same_file_without_an_account(calendars: Calendars, world: World) -> None:
    meeting_id = await calendars.play.scheduled(Asked(person_id=world.chenzy.id), Asked(agency_id=world.sfj.id))
    mails = by_address(await calendars.play.send(meeting_id))
    for address in (CHENZY, "liwb@sfj.qingzhi.example"):
        link = re.search(r"/r/[^?\s]+", mails[address].links[0])[0]
        assert f'href="{link}/calendar.ics"' in (await calendars.client.get(link)).text
        answer = await calendars.client.get(f"{link}/calendar.ics")
        assert answer.status_code == 200
        assert icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0]["UID"] == mails[CHENZY].event["UID"]


async def test_a_draft_is_tentative_in_the_file_of_those_who_plan_it(calendars: Calendars, world: World) -> None:
    meeting_id = await calendars.play.scheduled(Asked(person_id=world.chenzy.id))
    path = f"/meetings/{meeting_id}/calendar.ics"
    event = await event_at(await browser_of(calendars, world.zhoumin), path)
    assert (event["STATUS"], event["SEQUENCE"]) == ("TENTATIVE", 0)
    invited = await browser_of(calendars, world.chenzy)
    assert (await invited.client.get(path)).status_code == 404


async def test_a_cancelled_meeting_is_cancelled_in_its_file(calendars: Calendars, world: World) -> None:
    meeting_id = await calendars.play.scheduled(Asked(person_id=world.chenzy.id))
    await calendars.play.send(meeting_id)
    async with calendars.play.database.writing() as db:
        viewer, meeting = await calendars.play.meeting(db, meeting_id)
        await scheduling.cancel(db, viewer, meeting)
    await calendars.play.send(meeting_id)
    path = f"/meetings/{meeting_id}/calendar.ics"
    assert (await event_at(await browser_of(calendars, world.chenzy), path))["STATUS"] == "CANCELLED"
