"""A meeting as a calendar to read shows it: what was announced, without anybody's answer. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from liaison.calendaring.itip import Event, Method
from liaison.calendaring.numbering import Version
from liaison.config import VERSION
from liaison.i18n import Words
from liaison.meetings.models import Announcement, Meeting
from liaison.meetings.snapshot import Telling

PRODID = f"-//liaison//liaison {VERSION}//ZH"


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
