"""What this process remembers of the feeds it answered: their tags, so that the next fetch of an unchanged one looks at nothing else."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from liaison.accounts.feed_links import Holder
from liaison.feed.values import Contents

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """A feed as it was last put together: for whom and in which language, after how many acts of the whole site, and for how long
    that holds if nobody acts."""

    holder: Holder
    locale: str
    acts: int
    seen_at: datetime
    until: datetime
    tag: str
    changed_at: datetime


class KnownFeeds:
    """The feeds last asked for, by their links.

    What left a feed leaves no moment behind in the database, so the ETag is the measure, and Last-Modified is when this process first
    saw the feed as it is now; a process that starts anew gives a later moment, which costs one fetch and never hides a change."""

    def __init__(self) -> None:
        self.seen: OrderedDict[int, Known] = OrderedDict()

    def unchanged(self, holder: Holder, locale: str, acts: int, now: datetime) -> Known | None:
        """The feed as last seen, if nothing can have changed in it since: whatever anybody does adds to `acts`."""
        known = self.seen.get(holder.link_id)
        if known is None or (known.holder, known.locale, known.acts) != (holder, locale, acts):
            return None
        return known if known.seen_at <= now < known.until else None

    def note(self, holder: Holder, locale: str, acts: int, contents: Contents, tag: str) -> Known:
        """The feed has this tag now; since the whole second at which it first had it."""
        before = self.seen.pop(holder.link_id, None)
        since = before.changed_at if before and before.tag == tag else contents.seen_at.replace(microsecond=0)
        known = Known(holder, locale, acts, contents.seen_at, contents.until, tag, since)
        self.seen[holder.link_id] = known
        if len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)
        return known
