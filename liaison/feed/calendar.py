"""The subscription as bytes, and the tag by which a calendar learns that nothing changed. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from liaison.calendaring.itip import Event
from liaison.calendaring.published import DueDay, Subscription, Written, to_calendar, write
from liaison.feed.values import Contents, Due, Kept, Planned
from liaison.i18n import LOCALES, Words
from liaison.meetings.audience import HIDDEN
from liaison.meetings.models import Announcement
from liaison.meetings.publishing import PRODID, edition, page_of, written


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether the caller's If-None-Match names this tag; a proxy that compresses may have made it a weak one."""
    given = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in given or tag in given


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every subscription of the site has in common: what it is called, where its pages are, and from whom its mail comes."""

    name: str
    base_url: str
    mail_from: str


def wanting(contents: Contents, *, locale: str, base_url: str) -> list[int]:
    """The announcements of which no text of today's edition is kept."""
    good = {
        day: edition(locale, base_url, *day) for day in {kept[1:] for kept in contents.announcements.values()} if day[1]
    }
    return [
        id_ for id_, kept in contents.announcements.items() if kept.edition is None or kept.edition != good[kept[1:]]
    ]


class Feed:
    """One holder's calendar in their language: meetings as announced, and each action item as a whole day.

    `announcements` are those that are `wanting`: their texts are written here, the others' are asked for only when the calendar is."""

    def __init__(self, contents: Contents, announcements: Iterable[Announcement], words: Words, site: Site) -> None:
        self.subscription = Subscription(words._("%(site)s: meetings and due items", site=site.name), words.timezone)
        self.due = [_day(one, words, site) for one in contents.due]
        self.planned = [_planned(one, words, site) for one in contents.planned]
        self.new = {one.id: written(one, words, base_url=site.base_url) for one in announcements}
        self.days = {id_: self._day_of(kept, id_) for id_, kept in contents.announcements.items()}
        self.kept = [id_ for id_ in self.days if id_ not in self.new]
        self.tag = self._tag(words.locale, site.base_url)

    def calendar(self, kept: Mapping[int, bytes]) -> bytes:
        """All of it; `kept` are the texts of those in `self.kept`."""
        return self._with([self.new.get(id_) or Written(kept[id_], *day) for id_, day in self.days.items()])

    def _with(self, meetings: Sequence[Written]) -> bytes:
        return to_calendar([*meetings, *self.planned], self.due, prodid=PRODID, subscription=self.subscription)

    def _day_of(self, kept: Kept, id_: int) -> tuple[str | None, int]:
        if (new := self.new.get(id_)) is not None:
            return new.timezone, new.year
        assert kept.year is not None
        return kept.timezone, kept.year

    def _tag(self, locale: str, base_url: str) -> str:
        """The strong ETag: equal exactly while `calendar` gives the same bytes. All but the meetings is looked at as it is; a meeting's
        text is decided by its announcement and the edition."""
        days = set(self.days.values())
        editions = sorted(edition(locale, base_url, *day) for day in days)
        around = self._with([Written(b"", *day) for day in days])
        said = repr((list(self.days), editions)).encode()
        return f'"{hashlib.sha256(around + said).hexdigest()[:32]}"'


def to_keep(announcements: Iterable[Announcement], *, base_url: str) -> list[dict[str, Any]]:
    """The texts of these in every language, as rows of FeedEvent."""
    rows = []
    for one in announcements:
        for locale in LOCALES:
            text, timezone, year = written(one, Words(locale, one.snapshot["timezone"]), base_url=base_url)
            rows.append({
                "announcement_id": one.id, "locale": locale, "edition": edition(locale, base_url, timezone, year),
                "timezone": timezone, "year": year, "text": text,
            })  # fmt: skip
    return rows


def _planned(one: Planned, words: Words, site: Site) -> Written:
    """TENTATIVE, under the UID that the invitation will have; its DTSTAMP follows the draft's version, as a due item's does."""
    event = Event(
        uid=one.uid,
        sequence=0,
        dtstamp=(one.plan_sent_at + timedelta(seconds=one.version - 1)).replace(microsecond=0),
        answers_from=0,
        starts_at=one.local_start,
        duration_minutes=one.duration_minutes,
        timezone=one.timezone,
        summary=words._("%(title)s (provisional)", title=one.title),
        location=one.location or "",
        description=words._(
            "By the annual plan, hosted by %(host)s. The meeting notice will confirm it.", host=one.host
        ),
        organizer=one.mailbox or site.mail_from,
        organizer_name=one.mechanism,
        contact="",
        attendees=(),
        status="TENTATIVE",
    )
    return write(event, page_of(site.base_url, one.id))


def _day(due: Due, words: Words, site: Site) -> DueDay:
    """No moment of the last change is kept of an item, only how often it changed: counted on from when it was assigned, that gives a
    DTSTAMP which never falls and is the same at every fetch."""
    changes = due.version - 1
    return DueDay(
        uid=f"action-{due.id}@{urlsplit(site.base_url).hostname}",
        sequence=changes,
        dtstamp=due.assigned_at.replace(microsecond=0) + timedelta(seconds=changes),
        on=due.due_on,
        summary=words._("Due: %(title)s", title=words._(HIDDEN) if due.restricted else due.title),
        description=words._("Action item of %(agency)s, %(mechanism)s", agency=due.agency, mechanism=due.mechanism),
        organizer=due.mailbox or site.mail_from,
        organizer_name=due.mechanism,
        url=f"{site.base_url}/actions/{due.id}",
    )
