"""Calendars to read, not to answer: a subscription to many meetings and due days, or the file of one meeting (RFC 5545, 7986).

METHOD:PUBLISH, so no ATTENDEE and nothing to reply to. The same input always gives the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar

from liaison.calendaring.ics import Text, address_of, clean, line, vevent_of, vtimezone_of
from liaison.calendaring.itip import Event

REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """One meeting, and the page on which it is read."""

    event: Event
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """Something due on a day: shown as a whole day that keeps nobody busy, which every calendar understands (VTODO few)."""

    uid: str
    sequence: int
    dtstamp: datetime
    on: date
    summary: str
    description: str
    organizer: str
    organizer_name: str
    url: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a subscribed calendar is called, and the zone it is read in."""

    name: str
    timezone: str


def to_calendar(
    meetings: Sequence[Shown], due: Sequence[DueDay] = (), *, prodid: str, subscription: Subscription | None = None
) -> bytes:
    """A calendar of these, each zone's VTIMEZONE in it once; with `subscription` it also says its name and when to fetch it again."""
    calendar = icalendar.Calendar()
    calendar.add("PRODID", Text(line(prodid)))
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    if subscription is not None:
        name = Text(line(subscription.name))
        calendar.add("NAME", name)
        calendar.add("X-WR-CALNAME", name)
        calendar.add("X-WR-TIMEZONE", Text(subscription.timezone))
        calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESH))
    events = [(shown.event, _meeting(shown)) for shown in meetings]
    years: dict[str, list[int]] = {}
    for event, vevent in events:
        if "TZID" in vevent["DTSTART"].params:  # a meeting on UTC is written with Z
            years.setdefault(event.timezone, []).append(event.starts_at.year)
    for timezone, its_years in years.items():
        calendar.add_component(vtimezone_of(timezone, min(its_years), max(its_years)))
    for _, vevent in events:
        calendar.add_component(vevent)
    for day in due:
        calendar.add_component(_due(day))
    return bytes(calendar.to_ical())


def _meeting(shown: Shown) -> icalendar.Event:
    vevent = vevent_of(None, shown.event)
    vevent.add("LAST-MODIFIED", shown.event.dtstamp)
    vevent.add("URL", shown.url)
    return vevent


def _due(day: DueDay) -> icalendar.Event:
    vevent = icalendar.Event()
    vevent.add("UID", Text(day.uid))
    vevent.add("SEQUENCE", day.sequence)
    vevent.add("DTSTAMP", day.dtstamp)
    vevent.add("DTSTART", day.on)
    vevent.add("DTEND", day.on + timedelta(days=1))
    vevent.add("SUMMARY", Text(line(day.summary)))
    vevent.add("TRANSP", "TRANSPARENT")
    if description := clean(day.description):
        vevent.add("DESCRIPTION", Text(description))
    vevent.add("ORGANIZER", address_of(day.organizer, day.organizer_name))
    vevent.add("LAST-MODIFIED", day.dtstamp)
    vevent.add("URL", day.url)
    return vevent
