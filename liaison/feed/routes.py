"""`/feed/<secret>.ics`, which calendar programs fetch without account or cookie; and a new address for one's own."""

import asyncio
from collections import OrderedDict
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr, parsedate_to_datetime
from typing import Any

from litestar import Router, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts import feed_links
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound
from liaison.feed import queries
from liaison.feed.calendar import calendar_of, is_known, tag_of
from liaison.i18n import Words, known_locale
from liaison.web.pages import AnyRequest, see_other, settings_of

SUFFIX = ".ics"
REMEMBERED = 10_000


class Changes:
    """When this process first saw each feed as it is now, which is its Last-Modified.

    What left a feed leaves no moment behind in the database, so the ETag is the measure; a process that starts anew gives a later
    moment, which costs one fetch and never hides a change."""

    def __init__(self) -> None:
        self.seen: OrderedDict[int, tuple[str, datetime]] = OrderedDict()

    def since(self, link_id: int, tag: str, now: datetime) -> datetime:
        """The whole second from which on the feed behind this link has had this tag."""
        known, at = self.seen.pop(link_id, ("", now))
        if known != tag:
            at = now.replace(microsecond=0)
        self.seen[link_id] = (tag, at)
        if len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)
        return at


@route("/feed/{name:str}", http_method=["GET", "HEAD"], opt={"public": True}, include_in_schema=False)
async def feed(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """The calendar; 304 while it is what the caller has. Asks nobody who is signed in: the secret alone says whose it is."""
    if not name.endswith(SUFFIX):
        raise NotFound
    settings = settings_of(request)
    database = request.app.state.database
    async with database.reading() as db:
        holder = await feed_links.holder_of(db, name.removesuffix(SUFFIX))
        contents = await queries.contents(db, holder)
        locale = known_locale(holder.locale) or settings.locale
        tag = tag_of(contents, locale=locale, name=settings.site_name, base_url=settings.base_url)
        changed_at = request.app.state.feed_changes.since(holder.link_id, tag, db.now())
        headers = {
            "ETag": tag,
            "Last-Modified": format_datetime(changed_at.astimezone(UTC), usegmt=True),
            "Cache-Control": "private, no-cache",
        }
        if _has_it(request, tag, changed_at):
            return Response(b"", status_code=304, headers=headers)
        announcements = await queries.announced(db, contents.announcements)
    calendar = await asyncio.to_thread(
        calendar_of,
        announcements,
        contents.due,
        Words(locale, settings.timezone),
        name=settings.site_name,
        base_url=settings.base_url,
        mail_from=parseaddr(settings.mail_from)[1],
    )
    return Response(calendar, headers=headers, media_type="text/calendar")


def _has_it(request: AnyRequest, tag: str, changed_at: datetime) -> bool:
    """RFC 9110 13.2.2: If-None-Match decides alone where it is given."""
    if (given := request.headers.get("if-none-match")) is not None:
        return is_known(tag, given)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (ValueError, OverflowError):
        return False
    return changed_at <= (since if since.tzinfo else since.replace(tzinfo=UTC))


@post("/account/feed")
async def renew(request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer]) -> Response[Any]:
    """A new address for one's own calendar; the old one ends."""
    await feed_links.renew_feed(db, viewer)
    return see_other("/account#feed")


router = Router("/", route_handlers=[feed, renew])

__all__ = ["Changes", "router"]
