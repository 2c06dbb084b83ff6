"""Calendars to read: many meetings and due days in one file that calendar programs subscribe to, or one meeting in a file."""

from dataclasses import replace
from datetime import UTC, date, datetime

import icalendar

from liaison.calendaring.itip import Attendee, Event
from liaison.calendaring.published import DueDay, Subscription, to_calendar, write

EVENT = Event(
    uid="5f0c8a8e6d7b4f0f9a3d2c1b0e9f8a7d",
    sequence=2,
    dtstamp=datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
    answers_from=0,
    starts_at=datetime(2026, 12, 17, 14, 30),  # noqa: DTZ001 - wall time
    duration_minutes=120,
    timezone="Asia/Shanghai",
    summary="第四季度联席会议",
    location="区检察院三楼第一会议室",
    description="由清沚区人民检察院承办",
    organizer="zhichi@meetings.qingzhi.example",
    organizer_name="支持起诉协作机制",
    contact="区检察院 周敏",
    attendees=(Attendee("liwb@sfj.qingzhi.example", "李文博"),),
    alarm_minutes=60,
)
DUE = DueDay(
    uid="action-7@liaison.qingzhi.example",
    sequence=1,
    dtstamp=datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
    on=date(2026, 12, 10),
    summary="到期：建立台账",
    description="落实事项，责任单位：区司法局",
    organizer="zhichi@meetings.qingzhi.example",
    organizer_name="支持起诉协作机制",
    url="https://liaison.qingzhi.example/actions/7",
)
PAGE = "https://liaison.qingzhi.example/meetings/3"
NAMED = Subscription("联络台：会议和到期事项", "Asia/Shanghai")


def lines(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_a_meeting_is_shown_without_anybodys_answer_and_without_an_alarm() -> None:
    said = lines(to_calendar([write(EVENT, PAGE)], prodid="-//test//"))
    assert "METHOD:PUBLISH" in said
    assert f"URL:{PAGE}" in said
    assert "LAST-MODIFIED:20261123T010000Z" in said
    assert not [line for line in said if line.startswith(("ATTENDEE", "BEGIN:VALARM", "NAME", "REFRESH", "X-"))]


def test_a_subscription_says_its_name_and_when_to_come_back() -> None:
    said = lines(to_calendar([], prodid="-//test//", subscription=NAMED))
    for line in (
        "NAME:联络台：会议和到期事项",
        "X-WR-CALNAME:联络台：会议和到期事项",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ):
        assert line in said


def test_each_zone_stands_in_it_once_with_rules_for_all_its_meetings() -> None:
    london = replace(EVENT, uid="b" * 32, timezone="Europe/London")
    later = replace(london, uid="c" * 32, starts_at=datetime(2029, 7, 2, 10, 0))  # noqa: DTZ001 - wall time
    meetings = [write(one, PAGE) for one in (EVENT, london, later, replace(EVENT, uid="d" * 32, timezone="UTC"))]
    content = to_calendar(meetings, prodid="-//test//", subscription=NAMED)
    zones = icalendar.Calendar.from_ical(content).walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["Asia/Shanghai", "Europe/London"]
    starts = [part["DTSTART"].dt.year for part in zones[1].subcomponents]
    assert (min(starts), max(starts)) == (2025, 2030)


def test_a_due_day_is_a_whole_day_that_keeps_nobody_busy() -> None:
    said = lines(to_calendar([], [DUE], prodid="-//test//"))
    for line in (
        "DTSTART;VALUE=DATE:20261210",
        "DTEND;VALUE=DATE:20261211",
        "TRANSP:TRANSPARENT",
        "SUMMARY:到期：建立台账",
        "UID:action-7@liaison.qingzhi.example",
    ):
        assert line in said
    assert not [line for line in said if "VTIMEZONE" in line or "VTODO" in line]


def test_equal_input_gives_equal_bytes_in_lines_of_75_octets() -> None:
    content = to_calendar([write(EVENT, PAGE)], [DUE], prodid="-//test//", subscription=NAMED)
    assert content == to_calendar([write(EVENT, PAGE)], [DUE], prodid="-//test//", subscription=NAMED)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
