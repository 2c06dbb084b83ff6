"""Calendars to read, not to answer: a subscription to many meetings and due days, or the file of one meeting (RFC 5545, 7986).

METHOD:PUBLISH, so no ATTENDEE and nothing to reply to. The same input always gives the same bytes. A calendar is put together from
texts that may have been written long before, one for each meeting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import icalendar

from liaison.calendaring.ics import Text, address_of, clean, line, vevent_of, vtimezone_of
from liaison.calendaring.itip import Event

REFRESH = timedelta(hours=1)
_END = b"END:VCALENDAR\r\n"


class Written(NamedTuple):
    """The text of one meeting's VEVENT, folded, and of which zone and year its calendar has to carry the rules."""

    text: bytes
    timezone: str | None
    """None of a meeting on UTC, which is written with Z."""
    year: int


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


def write(event: Event, url: str) -> Written:
    """One meeting as every calendar shows it, and the page on which it is read."""
    vevent = vevent_of(None, event)
    vevent.add("LAST-MODIFIED", event.dtstamp)
    vevent.add("URL", url)
    timezone = event.timezone if "TZID" in vevent["DTSTART"].params else None
    return Written(vevent.to_ical(), timezone, event.starts_at.year)


def to_calendar(
    meetings: Sequence[Written], due: Iterable[DueDay] = (), *, prodid: str, subscription: Subscription | None = None
) -> bytes:
    """A calendar of these, each zone's VTIMEZONE in it once; with `subscription` it also says its name and when to fetch it again."""
    years: dict[str, set[int]] = {}
    for one in meetings:
        if one.timezone is not None:
            years.setdefault(one.timezone, set()).add(one.year)
    zones = [rules_of(timezone, min(its_years), max(its_years)) for timezone, its_years in sorted(years.items())]
    head = _head(prodid, subscription).removesuffix(_END)
    return b"".join((head, *zones, *(one.text for one in meetings), *(_due(day) for day in due), _END))


@lru_cache(maxsize=256)
def rules_of(timezone: str, first_year: int, last_year: int) -> bytes:
    """The text of the zone's VTIMEZONE for meetings from one year to the other."""
    return bytes(vtimezone_of(timezone, first_year, last_year).to_ical())


@lru_cache(maxsize=64)
def _head(prodid: str, subscription: Subscription | None) -> bytes:
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
    return bytes(calendar.to_ical())


@lru_cache(maxsize=2000)
def _due(day: DueDay) -> bytes:
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
    return bytes(vevent.to_ical())
