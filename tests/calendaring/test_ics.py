"""The calendar part on the wire: read back by a parser, and looked at octet by octet."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.calendaring.ics import to_ics
from liaison.calendaring.itip import Announced, Attendee, Event, Message, Method, message_for

wall = datetime.fromisoformat  # "2026-12-17T14:30", local time without zone
PRODID = "-//liaison//liaison//ZH"
ZHOU = Attendee("zhou@jcy.example", "区检察院 周敏", role="CHAIR", partstat="ACCEPTED")
LIU = Attendee("liu@sfj.example", "区司法局 刘芳")
DESK = Attendee("desk@rsj.example", "区人社局办公室", cutype="GROUP", role="NON-PARTICIPANT")
MEETING = Event(
    uid="5f0c" * 8,
    sequence=2,
    dtstamp=datetime(2026, 11, 20, 1, 0, 5, tzinfo=UTC),
    answers_from=1,
    starts_at=wall("2026-12-17T14:30"),
    duration_minutes=120,
    timezone="Asia/Shanghai",
    summary="支持起诉与法律援助工作联席会议",
    location="区检察院三楼第一会议室; 东侧",
    description="一、通报情况，\n二、研究 D:\\New, 其他",
    organizer="meetings@qingzhi.example",
    organizer_name='"支持起诉"协作机制',
    contact="周敏 0553-0000011",
    attendees=(ZHOU, LIU, DESK),
    alarm_minutes=30,
)


def cancelled(announced: Announced) -> Message:
    invited = message_for(None, Announced(Method.REQUEST, MEETING), LIU.address)
    assert invited is not None
    message = message_for(invited.after, announced, LIU.address)
    assert message is not None
    return message


CALLED_OFF = cancelled(
    Announced(Method.CANCEL, replace(MEETING, sequence=3, dtstamp=MEETING.dtstamp + timedelta(days=1)))
)
TAKEN_OFF = cancelled(
    Announced(Method.REQUEST, replace(MEETING, attendees=(ZHOU,), dtstamp=MEETING.dtstamp + timedelta(days=1)))
)


def lines(method: Method = Method.REQUEST, event: Event = MEETING) -> list[str]:
    """The unfolded content lines."""
    return to_ics(method, event, prodid=PRODID).decode().replace("\r\n ", "").split("\r\n")[:-1]


def read(method: Method = Method.REQUEST, event: Event = MEETING) -> tuple[Any, Any]:
    """The parsed VCALENDAR and its one VEVENT."""
    calendar: Any = icalendar.Calendar.from_ical(to_ics(method, event, prodid=PRODID))
    [vevent] = calendar.events
    return calendar, vevent


def test_a_request_says_what_the_event_says() -> None:
    calendar, vevent = read()
    assert (calendar["METHOD"], calendar["VERSION"], calendar["PRODID"]) == ("REQUEST", "2.0", PRODID)
    assert vevent["UID"] == MEETING.uid
    assert vevent["SEQUENCE"] == 2
    assert vevent["DTSTAMP"].dt == MEETING.dtstamp
    assert vevent["DTSTART"].dt == datetime(2026, 12, 17, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert vevent["DTEND"].dt == datetime(2026, 12, 17, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert vevent["SUMMARY"] == MEETING.summary
    assert vevent["LOCATION"] == MEETING.location
    assert vevent["DESCRIPTION"] == MEETING.description
    assert vevent["CONTACT"] == MEETING.contact
    assert (vevent["STATUS"], vevent["TRANSP"]) == ("CONFIRMED", "OPAQUE")


def test_method_is_upper_case_and_said_once() -> None:
    assert [line for line in lines() if line.upper().startswith("METHOD")] == ["METHOD:REQUEST"]
    assert "METHOD:CANCEL" in lines(Method.CANCEL, CALLED_OFF.event)


def test_each_attendee_is_written_with_kind_role_and_answer() -> None:
    assert [line for line in lines() if line.startswith("ATTENDEE")] == [
        'ATTENDEE;CN="区检察院 周敏";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:zhou@jcy.example',
        'ATTENDEE;CN="区司法局 刘芳";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE'
        ":mailto:liu@sfj.example",
        "ATTENDEE;CN=区人社局办公室;CUTYPE=GROUP;PARTSTAT=NEEDS-ACTION;ROLE=NON-PARTICIPANT;RSVP=TRUE"
        ":mailto:desk@rsj.example",
    ]


def test_the_organizer_is_the_mailbox_under_the_mechanisms_name_without_sent_by() -> None:
    [organizer] = [line for line in lines() if line.startswith("ORGANIZER")]
    assert organizer == "ORGANIZER;CN=\"'支持起诉'协作机制\":mailto:meetings@qingzhi.example"


def test_no_recurrence_and_nothing_a_feed_would_carry() -> None:
    names = {re.split("[;:]", line)[0] for line in lines()}
    assert not names & {"RRULE", "RDATE", "RECURRENCE-ID", "EXDATE", "X-WR-CALNAME", "REFRESH-INTERVAL", "COMMENT"}
    assert lines().count("BEGIN:VEVENT") == 1
    assert sum(line.startswith("UID:") for line in lines()) == 1, "Calendar.new() would add a random one"


def test_one_display_alarm_and_only_in_a_request() -> None:
    _, vevent = read()
    [alarm] = vevent.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt, alarm["DESCRIPTION"]) == (
        "DISPLAY",
        timedelta(minutes=-30),
        MEETING.summary,
    )
    assert "BEGIN:VALARM" not in lines(Method.REQUEST, replace(MEETING, alarm_minutes=None))
    assert "BEGIN:VALARM" not in lines(Method.CANCEL, CALLED_OFF.event)


def test_a_cancel_keeps_uid_and_dtstart_and_asks_for_no_answer() -> None:
    _, vevent = read(Method.CANCEL, CALLED_OFF.event)
    assert (vevent["UID"], vevent["SEQUENCE"], vevent["STATUS"]) == (MEETING.uid, 3, "CANCELLED")
    assert vevent["DTSTART"].dt == datetime(2026, 12, 17, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert not any("RSVP" in line for line in lines(Method.CANCEL, CALLED_OFF.event))


def test_an_uninvited_person_gets_a_cancel_without_status_naming_only_them() -> None:
    written = lines(Method.CANCEL, TAKEN_OFF.event)
    assert [line.partition("mailto:")[2] for line in written if line.startswith("ATTENDEE")] == [LIU.address]
    assert not [line for line in written if line.startswith(("STATUS", "DESCRIPTION"))]


def test_a_provisional_meeting_is_tentative() -> None:
    assert "STATUS:TENTATIVE" in lines(Method.REQUEST, replace(MEETING, status="TENTATIVE"))


def test_what_is_empty_is_left_out() -> None:
    bare = replace(
        MEETING, location="", description=" \n", contact="", attendees=(replace(LIU, name=""),), alarm_minutes=None
    )
    names = {re.split("[;:]", line)[0] for line in lines(Method.REQUEST, bare)}
    assert not names & {"LOCATION", "DESCRIPTION", "CONTACT"}
    assert not any(line.startswith("ATTENDEE;CN") for line in lines(Method.REQUEST, bare))


# Times


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_one_timezone_whose_rules_give_the_zones_own_offsets(zone: str) -> None:
    """Read as RFC 5545 3.6.5 says: of the onsets at or before an instant, the latest gives the offset."""
    calendar, vevent = read(Method.REQUEST, replace(MEETING, timezone=zone))
    [vtimezone] = calendar.walk("VTIMEZONE")
    assert vtimezone["TZID"] == vevent["DTSTART"].params["TZID"] == zone
    onsets = sorted(
        (rule["DTSTART"].dt - rule["TZOFFSETFROM"].td, rule["TZOFFSETTO"].td) for rule in vtimezone.subcomponents
    )
    instant = wall("2025-01-02T00:00")
    while instant < wall("2027-12-31T00:00"):
        [*_, (_, offset)] = [onset for onset in onsets if onset[0] <= instant]
        assert offset == instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset(), instant
        instant += timedelta(minutes=30)


def test_a_change_of_clocks_is_dated_by_the_clock_before_it() -> None:
    """RFC 5545 3.6.5; London goes from 01:00 to 02:00 in spring and from 02:00 to 01:00 in autumn."""
    calendar, _ = read(Method.REQUEST, replace(MEETING, timezone="Europe/London"))
    hour = timedelta(hours=1)
    changes = {
        (rule.name, rule["DTSTART"].dt, rule["TZOFFSETFROM"].td, rule["TZOFFSETTO"].td)
        for [vtimezone] in [calendar.walk("VTIMEZONE")]
        for rule in vtimezone.subcomponents
        if rule["DTSTART"].dt.year == 2026
    }
    assert changes == {
        ("DAYLIGHT", wall("2026-03-29T01:00"), 0 * hour, hour),
        ("STANDARD", wall("2026-10-25T02:00"), hour, 0 * hour),
    }


def test_the_timezone_is_bounded() -> None:
    assert sum(
        line.startswith("BEGIN:") for line in lines(Method.REQUEST, replace(MEETING, timezone="Europe/London"))
    ) == (1 + 1 + 7 + 1 + 1), "calendar, timezone, two changes in each of three years after the start, event, alarm"


def test_a_meeting_on_utc_needs_no_timezone() -> None:
    written = lines(Method.REQUEST, replace(MEETING, timezone="Etc/UTC"))
    assert "DTSTART:20261217T143000Z" in written
    assert "BEGIN:VTIMEZONE" not in written


@pytest.mark.parametrize(
    ("starts_at", "dtstart", "dtend"),
    [
        (wall("2026-03-29T00:30"), "20260329T003000", "DTEND;TZID=Europe/London:20260329T033000"),
        (wall("2026-10-25T01:30"), "20261025T013000", "DTEND;TZID=Europe/London:20261025T023000"),
        (wall("2026-10-24T23:30"), "20261024T233000", "DTEND:20261025T013000Z"),
    ],
)
def test_the_length_is_real_time_across_a_change_of_clocks(starts_at: datetime, dtstart: str, dtend: str) -> None:
    """The last one ends at the second of two 01:30s, which only UTC can name."""
    night = replace(MEETING, timezone="Europe/London", starts_at=starts_at, duration_minutes=120)
    if dtend.endswith("Z"):
        night = replace(night, duration_minutes=180)
    written = lines(Method.REQUEST, night)
    assert f"DTSTART;TZID=Europe/London:{dtstart}" in written
    assert dtend in written


# Octets


def test_equal_input_gives_equal_bytes() -> None:
    assert to_ics(Method.REQUEST, MEETING, prodid=PRODID) == to_ics(Method.REQUEST, replace(MEETING), prodid=PRODID)


ANYTHING = st.text(st.characters(codec=None), max_size=120) | st.sampled_from(
    [
        "a\r\nBEGIN:VALARM\r\n",
        "会" * 100,
        '";:,\\n\\N^n',
        "\u2028a\x85b\x0b\x00\x1b\x9f",
        "👩\u200d⚖️" * 20,
        "\ud800",
        " \t ",
    ]
)


def collapsed(text: str) -> str:
    """How a reader of one line sees it: breaks and blanks run together, control characters gone."""
    seen = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "", text)
    return " ".join(re.split("[ \t\r\n\x85\u2028\u2029]+", seen.strip())).strip()


@given(text=ANYTHING, name=ANYTHING)
def test_any_text_is_written_in_short_clean_lines_and_read_back(text: str, name: str) -> None:
    event = replace(
        MEETING,
        summary=text,
        location=text,
        description=text,
        contact=text,
        organizer_name=name,
        attendees=(replace(LIU, name=name),),
    )
    written = to_ics(Method.REQUEST, event, prodid=PRODID)
    for line in written.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert line.strip()
        line.decode()  # no UTF-8 sequence is split
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
    calendar, vevent = read(Method.REQUEST, event)
    assert [one.name for one in calendar.walk()] == [
        "VCALENDAR",
        "VTIMEZONE",
        "STANDARD",
        "VEVENT",
        "VALARM",
    ], "no text starts a component of its own"
    assert collapsed(vevent["SUMMARY"]) == collapsed(text)
    assert collapsed(vevent.get("LOCATION", "")) == collapsed(text)
    assert collapsed(vevent.get("DESCRIPTION", "")) == collapsed(text)
    assert vevent["ORGANIZER"].params.get("CN", "") == collapsed(name).replace('"', "'").replace("\\", "/")
    assert vevent["ATTENDEE"].params.get("CN", "") == collapsed(name).replace('"', "'").replace("\\", "/")


@pytest.mark.parametrize("address", ["liu@sfj.example\r\nATTENDEE:mailto:x@x.example", "liu@sfj.example\x00 "])
def test_an_address_cannot_start_a_line_of_its_own(address: str) -> None:
    [line] = [
        line
        for line in lines(Method.REQUEST, replace(MEETING, attendees=(replace(LIU, address=address),)))
        if line.startswith("ATTENDEE")
    ]
    assert "\x00" not in line
    assert line.partition("mailto:")[2].startswith("liu@sfj.example")
