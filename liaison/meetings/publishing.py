"""A meeting as a calendar to read shows it: what was announced, without anybody's answer. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from liaison.calendaring.itip import Event, Method
from liaison.calendaring.numbering import Version
from liaison.calendaring.published import Written, rules_of, write
from liaison.config import VERSION
from liaison.i18n import Words
from liaison.meetings.models import Announcement, Meeting
from liaison.meetings.snapshot import Telling

PRODID = f"-//liaison//liaison {VERSION}//ZH"
_SAMPLE: Final[Mapping[str, Any]] = {
    "title": "Title, with; all\nthat is escaped",
    "duration_minutes": 90,
    "location": "Place",
    "provisional": False,
    "host": "Host",
    "contact": None,
    "note": "Note",
    "reason": "Reason",
    "hides_attendees": False,
    "organizer": "mechanism@site.example",
    "organizer_name": "Mechanism",
    "last_actions": True,
    "agenda": [
        {"title": "Item", "agency": "Agency", "presenter": "Presenter", "duration_minutes": minutes}
        for minutes in (1, 20, None)
    ]
    + [{"title": "Restricted", "agency": None, "presenter": None, "duration_minutes": None, "audience": [1]}],
    "addressees": [],
}
"""Of every word that an announced meeting's text may have, and of everything it may say, one."""


def page_of(base_url: str, meeting_id: int) -> str:
    """The page on which a meeting is read."""
    return f"{base_url}/meetings/{meeting_id}"


def written(announcement: Announcement, words: Words, *, base_url: str) -> Written:
    """The announced version as calendars to read say it in one language: the same for whoever reads it, so that it may be kept. So no
    restricted item is named in it, and since its address is all that a calendar service needs to read it.

    What is kept holds while `edition` of its zone and year stays the same, because an announcement never changes."""
    return write(published_event(announcement, words), page_of(base_url, announcement.meeting_id))


@lru_cache(maxsize=1024)
def edition(locale: str, base_url: str, timezone: str | None, year: int) -> str:
    """All that decides the text of an announced meeting besides the announcement, as one short word: the program and the libraries that
    write it, the words of the language, the address of the site, and the rules of the zone around the year.

    A meeting that holds one of everything is written and looked at, so that nobody has to remember to count a version up."""
    now = datetime(2000, 1, 1, tzinfo=UTC)
    said = {**_SAMPLE, "timezone": timezone or "UTC", "local_start": f"{year}-07-01T12:00:00"}
    samples = [
        Announcement(meeting_id=0, uid="uid", sequence=0, dtstamp=now, method=method.value, snapshot=said)
        for method in (Method.REQUEST, Method.CANCEL)
    ]
    texts = [written(one, Words(locale, "UTC"), base_url=base_url).text for one in samples]
    rules = rules_of(timezone, year, year) if timezone else b""
    return hashlib.sha256(b"\n".join((VERSION.encode(), *texts, rules))).hexdigest()[:32]


def published_event(announcement: Announcement, words: Words) -> Event:
    """The announced version: same UID, SEQUENCE and DTSTAMP as in the invitations."""
    version = Version(announcement.sequence, announcement.dtstamp)
    event = _event(announcement.snapshot, announcement.uid, version, words)
    if announcement.method == Method.CANCEL.value:
        event = replace(event, status="CANCELLED", description=announcement.snapshot["reason"] or "")
    return event


def draft_event(meeting: Meeting, snapshot: Mapping[str, Any], words: Words) -> Event:
    """A meeting that was never announced (a draft, or one that was entered afterwards)."""
    event = _event(snapshot, meeting.uid, Version(0, meeting.created_at.replace(microsecond=0)), words)
    off = meeting.cancelled_at is not None or meeting.postponed_at is not None
    return replace(event, status="CANCELLED" if off else "CONFIRMED" if meeting.held_at else "TENTATIVE")


def file_name(starts: datetime) -> str:
    """What the file of one meeting is called when it is kept."""
    return f"meeting-{starts:%Y-%m-%d}.ics"


def _event(snapshot: Mapping[str, Any], uid: str, version: Version, words: Words) -> Event:
    """Without the liaison's name and number: the mail gives them to those asked, and a calendar may go anywhere."""
    event = Telling(snapshot, Method.REQUEST, uid, version, {}).event(words.locale)
    return replace(event, attendees=(), contact="", alarm_minutes=None)
