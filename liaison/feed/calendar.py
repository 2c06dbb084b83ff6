"""The subscription as bytes, and the tag by which a calendar learns that nothing changed. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from liaison.calendaring.published import DueDay, Shown, Subscription, to_calendar
from liaison.config import VERSION
from liaison.feed.values import Contents, Due
from liaison.i18n import Words
from liaison.meetings.models import Announcement
from liaison.meetings.publishing import PRODID, published_event

FORMAT = 1
"""Counted up when the same contents are written differently, so that every calendar fetches them again."""


def tag_of(contents: Contents, *, locale: str, name: str, base_url: str) -> str:
    """The strong ETag: equal exactly while `calendar_of` gives the same bytes. Announcements never change once made."""
    facts = repr((FORMAT, VERSION, locale, name, base_url, contents.announcements, contents.due))
    return f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}"'


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether the caller's If-None-Match names this tag; a proxy that compresses may have made it a weak one."""
    given = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in given or tag in given


def calendar_of(
    announcements: Sequence[Announcement], due: Sequence[Due], words: Words, *, name: str, base_url: str, mail_from: str
) -> bytes:
    """Everything in the holder's language: meetings as announced, and each action item as a whole day."""
    meetings = [Shown(published_event(one, words), f"{base_url}/meetings/{one.meeting_id}") for one in announcements]
    days = [_day(one, words, base_url=base_url, mail_from=mail_from) for one in due]
    subscription = Subscription(words._("%(site)s: meetings and due items", site=name), words.timezone)
    return to_calendar(meetings, days, prodid=PRODID, subscription=subscription)


def _day(due: Due, words: Words, *, base_url: str, mail_from: str) -> DueDay:
    """No moment of the last change is kept of an item, only how often it changed: counted on from when it was assigned, that gives a
    DTSTAMP which never falls and is the same at every fetch."""
    changes = due.version - 1
    return DueDay(
        uid=f"action-{due.id}@{urlsplit(base_url).hostname}",
        sequence=changes,
        dtstamp=due.assigned_at.replace(microsecond=0) + timedelta(seconds=changes),
        on=due.due_on,
        summary=words._("Due: %(title)s", title=due.title),
        description=words._("Action item of %(agency)s, %(mechanism)s", agency=due.agency, mechanism=due.mechanism),
        organizer=due.mailbox or mail_from,
        organizer_name=due.mechanism,
        url=f"{base_url}/actions/{due.id}",
    )
