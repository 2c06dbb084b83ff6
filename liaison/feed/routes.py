"""`/feed/<secret>.ics`, which calendar programs fetch without account or cookie; and a new address for one's own."""

import asyncio
from datetime import UTC
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
from liaison.feed.calendar import Feed, Site, is_known, wanting
from liaison.feed.known import Known, KnownFeeds
from liaison.i18n import Words, known_locale
from liaison.web.pages import AnyRequest, see_other, settings_of

SUFFIX = ".ics"


@route("/feed/{name:str}", http_method=["GET", "HEAD"], opt={"public": True}, include_in_schema=False)
async def feed(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """The calendar; 304 while it is what the caller has. Asks nobody who is signed in: the secret alone says whose it is."""
    if not name.endswith(SUFFIX):
        raise NotFound
    settings = settings_of(request)
    feeds: KnownFeeds = request.app.state.feeds
    async with request.app.state.database.reading() as db:
        holder = await feed_links.holder_of(db, name.removesuffix(SUFFIX))
        locale = known_locale(holder.locale) or settings.locale
        acts = await queries.acts(db)
        known = feeds.unchanged(holder, locale, acts, db.now())
        if known is not None and _has_it(request, known):
            return Response(b"", status_code=304, headers=_headers(known))
        contents = await queries.contents(db, holder, locale)
        site = Site(name=settings.site_name, base_url=settings.base_url, mail_from=parseaddr(settings.mail_from)[1])
        new = await queries.announced(db, wanting(contents, locale=locale, base_url=settings.base_url))
        found = await asyncio.to_thread(Feed, contents, new, Words(locale, settings.timezone), site)
        known = feeds.note(holder, locale, acts, contents, found.tag)
        if _has_it(request, known):
            return Response(b"", status_code=304, headers=_headers(known))
        kept = await queries.texts(db, found.kept, locale)
    return Response(found.calendar(kept), headers=_headers(known), media_type="text/calendar")


def _headers(known: Known) -> dict[str, str]:
    return {
        "ETag": known.tag,
        "Last-Modified": format_datetime(known.changed_at.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
    }


def _has_it(request: AnyRequest, known: Known) -> bool:
    """RFC 9110 13.2.2: If-None-Match decides alone where it is given."""
    if (given := request.headers.get("if-none-match")) is not None:
        return is_known(known.tag, given)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (ValueError, OverflowError):
        return False
    return known.changed_at <= (since if since.tzinfo else since.replace(tzinfo=UTC))


@post("/account/feed")
async def renew(request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer]) -> Response[Any]:
    """A new address for one's own calendar; the old one ends."""
    await feed_links.renew_feed(db, viewer)
    return see_other("/account#feed")


router = Router("/", route_handlers=[feed, renew])
