"""What of all that concerns a holder stands in their calendar today, and until when that holds if nobody does anything. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from liaison.feed.values import Contents, Due, Kept, Planned

KEPT_BACK = timedelta(days=366)
"""Meetings stay in the calendar for a year."""
CANCELLED_KEPT = timedelta(days=30)
LOOKED_AT_ANEW = timedelta(days=1)
"""However little happens, a feed is put together anew this often."""
Row = Sequence[Any]


def contents_of(
    *, by_name: Iterable[Row], by_office: Iterable[Row], due: Iterable[Row], planned: Iterable[Row], now: datetime
) -> Contents:
    """Of the rows as `queries` asks for them: what the holder is asked to by name, what is asked of their agency while they hold its
    office, what they owe, and the drafts of plans."""
    changes = [now + LOOKED_AT_ANEW]
    shown = list(by_name)
    for *row, starts_on, ends_on, zone in by_office:
        if _in_office(starts_on, ends_on, zone, now, changes):
            shown.append(row)
    found = {}
    for id_, edition, timezone, year, off_at, old in shown:
        if old is not None:
            changes.append(old + KEPT_BACK)
        if off_at is not None:
            if off_at + CANCELLED_KEPT < now:
                continue
            changes.append(off_at + CANCELLED_KEPT)
        found[id_] = Kept(edition, timezone, year)
    drafts = {}
    for *row, starts_on, ends_on in planned:
        one = Planned(*row)
        if _in_office(starts_on, ends_on, one.timezone, now, changes):
            drafts[one.id] = one
    owed = tuple(Due(*row) for row in due)
    return Contents(dict(sorted(found.items())), owed, tuple(drafts.values()), now, min(changes))


def _in_office(starts_on: date, ends_on: date | None, zone: str, now: datetime, changes: list[datetime]) -> bool:
    """Whether a term is running; when it begins or ends is one of the `changes` that come by themselves."""
    today = now.astimezone(ZoneInfo(zone)).date()
    for day in (starts_on, ends_on):
        if day is not None and day > today:
            changes.append(datetime.combine(day, time.min, ZoneInfo(zone)))
    return starts_on <= today and (ends_on is None or today < ends_on)
