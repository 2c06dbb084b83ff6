"""How often something may be tried: pauses that grow for guessing at an account or from one place, plain limits for other posts.

Each try is counted before it is made, in a transaction of its own, so that many at once are all counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from liaison.accounts.models import Throttle
from liaison.accounts.secrets import hashed
from liaison.db import Session
from liaison.errors import TooMany
from liaison.i18n import N_


@dataclass(frozen=True, slots=True)
class Allowance:
    """`free` tries; then each further one must wait twice as long as the one before, up to `most`, and all is forgotten after
    `window` without a try. With `pause` None: so many in each `window`."""

    name: str
    free: int
    window: timedelta
    pause: timedelta | None = None
    most: timedelta = timedelta(hours=1)

    def ready_at(self, count: int, counted_at: datetime) -> datetime:
        """The instant from which another try is let through, `count` having been made."""
        if count < self.free:
            return counted_at
        if self.pause is None:
            return counted_at + self.window
        return counted_at + min(self.pause * (1 << min(count - self.free, 20)), self.most)


ACCOUNT = Allowance("account", free=5, window=timedelta(days=1), pause=timedelta(seconds=30))
"""Passwords tried for one account name, known or not."""
SOURCE = Allowance(
    "source", free=50, window=timedelta(hours=1), pause=timedelta(seconds=10), most=timedelta(minutes=15)
)
"""Passwords tried from one network address, behind which there may be a whole office."""
LINKS = Allowance("links", free=3, window=timedelta(hours=6), pause=timedelta(minutes=1))
"""Sign-in links asked for one account name."""
LINKS_SOURCE = Allowance("links-source", free=60, window=timedelta(hours=1))
LINK_POSTS = Allowance("link-posts", free=300, window=timedelta(minutes=5))
"""Posts to mailed links from one network address."""
ONE_LINK = Allowance("one-link", free=60, window=timedelta(minutes=5))
"""Posts to one mailed link, from wherever: a forwarded one too is answered by people, who change their mind a few times."""


async def take(db: Session, allowance: Allowance, whose: str) -> None:
    """Count one try of `whose` (an account name, an address; stored only hashed). Raises TooMany, and then counts nothing."""
    row = await _row(db, allowance, whose)
    now = db.now()
    row.counted_at = min(row.counted_at, now)  # a clock set back must not lock anybody out
    if now - row.counted_at >= allowance.window:
        row.count, row.counted_at = 0, now
    ready = allowance.ready_at(row.count, row.counted_at)
    if row.count and ready > now:
        seconds = max(1, round((ready - now).total_seconds()))
        minutes = -(-seconds // 60)
        raise TooMany(
            N_("Too many tries. Please wait %(minutes)s min and try again."), retry_after=seconds, minutes=minutes
        )
    row.count += 1
    if allowance.pause is not None:
        row.counted_at = now


async def give_back(db: Session, allowance: Allowance, whose: str) -> None:
    """A try turned out to be right: it does not count."""
    row = await _row(db, allowance, whose)
    row.count = max(0, row.count - 1)


async def forget(db: Session, allowance: Allowance, whose: str) -> None:
    """Everything tried before does not count any more."""
    row = await _row(db, allowance, whose)
    row.count = 0


async def _row(db: Session, allowance: Allowance, whose: str) -> Throttle:
    key = f"{allowance.name}:{hashed(whose.strip().casefold())}"
    query = select(Throttle).where(Throttle.key == key).with_for_update()
    row = (await db.execute(query)).scalar_one_or_none()
    if row is None:
        try:
            async with db.begin_nested():
                row = Throttle(key=key, count=0, counted_at=db.now())
                db.add(row)
        except IntegrityError:  # another process made it in the same moment
            row = (await db.execute(query)).scalar_one()
    return row
