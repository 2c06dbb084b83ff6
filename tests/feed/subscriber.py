"""A calendar program that believes a 304, beside what its calendar would be if every meeting were written anew."""

from dataclasses import dataclass, field
from email.utils import parseaddr

from sqlalchemy import select

from liaison import worker
from liaison.accounts import feed_links
from liaison.composers import COMPOSERS
from liaison.directory.models import Person
from liaison.feed import queries as feed
from liaison.feed.calendar import Feed, Site
from liaison.feed.models import FeedEvent
from liaison.i18n import Words, known_locale
from tests.feed.conftest import Calendars

NO_LANGUAGE = "none"
"""In it no text is ever kept."""


async def anew(calendars: Calendars, who: Person) -> tuple[str, bytes]:
    """Tag and bytes of the person's calendar, every meeting written now."""
    database = calendars.play.database
    settings = database.settings
    site = Site(name=settings.site_name, base_url=settings.base_url, mail_from=parseaddr(settings.mail_from)[1])
    secret = (await calendars.address(who)).removeprefix("/feed/").removesuffix(".ics")
    async with database.reading() as db:
        holder = await feed_links.holder_of(db, secret)
        contents = await feed.contents(db, holder, NO_LANGUAGE)
        said = await feed.announced(db, contents.announcements)
    words = Words(known_locale(holder.locale) or settings.locale, settings.timezone)
    written_now = Feed(contents, said, words, site)
    assert not written_now.kept
    return written_now.tag, written_now.calendar({})


@dataclass
class Subscriber:
    """A calendar program that fetches again and again, and takes a 304 for what it says."""

    calendars: Calendars
    who: Person
    tag: str = '""'
    has: bytes = b""
    statuses: list[int] = field(default_factory=list)

    async def fetch(self) -> None:
        answer = await self.calendars.fetch(self.who, if_none_match=self.tag)
        self.statuses.append(answer.status_code)
        if answer.status_code == 200:
            self.tag, self.has = answer.headers["etag"], answer.content
        assert answer.status_code in (200, 304)

    async def is_right(self, after: str) -> None:
        """Before the worker wrote anything, after it did, and once more: what the program has is what would be written now."""
        tag, calendar = await anew(self.calendars, self.who)
        await self.fetch()
        assert (self.tag, self.has) == (tag, calendar), f"{self.who.name}, after {after}"
        await keep(self.calendars)
        await self.fetch()
        assert self.statuses[-1] == 304, f"{self.who.name}: kept texts are other texts, after {after}"
        whole = await self.calendars.fetch(self.who)
        assert (whole.headers["etag"], whole.content) == (tag, calendar), f"{self.who.name}, after {after}"


async def keep(calendars: Calendars) -> None:
    """What the worker does."""
    await worker.keep_feed_texts(worker.work_for(calendars.play.database, COMPOSERS))


async def kept(calendars: Calendars) -> list[FeedEvent]:
    async with calendars.play.database.reading() as db:
        return list(await db.scalars(select(FeedEvent).order_by(FeedEvent.announcement_id, FeedEvent.locale)))
