"""The calendar part of an invitation as bytes: RFC 5545 text that Outlook, Gmail, Apple and Thunderbird all take.

The same method, event and product id always give the same bytes, so the caller may keep them per announcement and
language.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import icalendar

from liaison.calendaring.itip import Attendee, Event, Method

_LINE_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANK = re.compile("[\t\n ]+")


class Text(icalendar.vText):
    r"""TEXT escaped as RFC 5545 3.3.11 says; icalendar 7 takes the two characters \N in `D:\New` for a line break."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def to_ics(method: Method, event: Event, *, prodid: str) -> bytes:
    """One VEVENT with its VTIMEZONE, CRLF, folded at 75 octets.

    `method` stands for itself in METHOD and must stand in the Content-Type of the mail part as well.
    """
    calendar = icalendar.Calendar()
    calendar.add("PRODID", Text(line(prodid)))
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method.value)
    vevent = vevent_of(method, event)
    if "TZID" in vevent["DTSTART"].params:  # a meeting on UTC is written with Z
        calendar.add_component(vtimezone_of(event.timezone, event.starts_at.year, event.starts_at.year))
    calendar.add_component(vevent)
    return bytes(calendar.to_ical())


def vevent_of(method: Method | None, event: Event) -> icalendar.Event:
    """The meeting itself; without a method (a calendar to read) nobody's answer and no alarm."""
    vevent = icalendar.Event()
    vevent.add("UID", Text(event.uid))
    vevent.add("SEQUENCE", event.sequence)
    vevent.add("DTSTAMP", event.dtstamp)
    starts_at, ends_at = _from_to(event)
    vevent.add("DTSTART", starts_at)
    vevent.add("DTEND", ends_at)
    vevent.add("SUMMARY", Text(line(event.summary)))
    vevent.add("TRANSP", "OPAQUE")
    if event.status is not None:
        vevent.add("STATUS", event.status)
    for name, text in (("LOCATION", line(event.location)), ("CONTACT", line(event.contact))):
        if text:
            vevent.add(name, Text(text))
    if description := clean(event.description):
        vevent.add("DESCRIPTION", Text(description))
    vevent.add("ORGANIZER", address_of(event.organizer, event.organizer_name))
    if method is not None:
        for attendee in event.attendees:
            vevent.add("ATTENDEE", _attendee(method, attendee))
    if method is Method.REQUEST and event.alarm_minutes is not None:
        vevent.add_component(_valarm(event))
    return vevent


def _attendee(method: Method, attendee: Attendee) -> icalendar.vCalAddress:
    address = address_of(attendee.address, attendee.name)
    address.params["CUTYPE"] = attendee.cutype
    address.params["ROLE"] = attendee.role
    address.params["PARTSTAT"] = attendee.partstat
    if method is Method.REQUEST and attendee.partstat == "NEEDS-ACTION":
        address.params["RSVP"] = "TRUE"
    return address


def address_of(address: str, name: str) -> icalendar.vCalAddress:
    """A mail address with the name beside it."""
    value = icalendar.vCalAddress("mailto:" + _BLANK.sub("", clean(address)))
    # A double quote cannot stand in a parameter, and few calendars know RFC 6868's way round it. A backslash may, but
    # several parsers take it for an escape and lose the address behind it.
    if common_name := line(name).replace('"', "'").replace("\\", "/"):
        value.params["CN"] = common_name
    return value


def _valarm(event: Event) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", Text(line(event.summary)))
    alarm.add("TRIGGER", timedelta(minutes=-(event.alarm_minutes or 0)))
    return alarm


def _from_to(event: Event) -> tuple[datetime, datetime]:
    """Start and end on the clock of the meeting's zone; the length is real minutes, also across a change of clocks."""
    zone = ZoneInfo(event.timezone)
    starts_at = event.starts_at.replace(tzinfo=zone)
    end = starts_at.astimezone(UTC) + timedelta(minutes=event.duration_minutes)
    ends_at = end.astimezone(zone)
    # The second of two equal clock times cannot be written in local time: a reader would take the first.
    return starts_at, end if ends_at.fold else ends_at


@lru_cache(maxsize=64)
def vtimezone_of(tzid: str, first_year: int, last_year: int) -> icalendar.Timezone:
    """The zone's rules from the year before the first meeting to the year after the last, one observance for each change of clocks.

    Not `Timezone.from_tzinfo`: icalendar 7 dates the spring change by the clock after it, and RFC 5545 3.6.5 by the
    clock before it. Never changed after it is built, since all invitations of the zone share it.
    """
    zone = ZoneInfo(tzid)
    vtimezone = icalendar.Timezone()
    vtimezone.add("TZID", tzid)
    start = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    vtimezone.add_component(_observance(zone, start, before=start))
    for day in range((date(last_year + 2, 1, 1) - start.date()).days):
        morning = start + timedelta(days=day)
        evening = morning + timedelta(days=1)
        if _offset(zone, morning) != _offset(zone, evening):
            change = _first_second_of_new_offset(zone, morning, evening)
            vtimezone.add_component(_observance(zone, change, before=change - timedelta(seconds=1)))
    return vtimezone


def _observance(
    zone: ZoneInfo, onset: datetime, *, before: datetime
) -> icalendar.TimezoneStandard | icalendar.TimezoneDaylight:
    local = onset.astimezone(zone)
    observance = icalendar.TimezoneDaylight() if local.dst() else icalendar.TimezoneStandard()
    observance.DTSTART = (onset + _offset(zone, before)).replace(tzinfo=None)
    observance.TZOFFSETFROM = _offset(zone, before)
    observance.TZOFFSETTO = _offset(zone, onset)
    observance.add("TZNAME", local.tzname() or "")
    return observance


def _first_second_of_new_offset(zone: ZoneInfo, earlier: datetime, later: datetime) -> datetime:
    old = _offset(zone, earlier)
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=int((later - earlier).total_seconds()) // 2)
        if _offset(zone, middle) == old:
            earlier = middle
        else:
            later = middle
    return later


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def clean(text: str) -> str:
    r"""Text as a calendar may carry it: line breaks as \n, no control characters, nothing that is not Unicode text."""
    return _CONTROL.sub("", _LINE_BREAK.sub("\n", text)).strip()


def line(text: str) -> str:
    """The same on one line."""
    return _BLANK.sub(" ", clean(text))
