"""Which nightly backups stay: 7 daily, 4 weekly, 12 monthly. Pure."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAILY, WEEKLY, MONTHLY = 7, 4, 12
BEFORE_MIGRATIONS = 5
NIGHT_ENDS = timedelta(hours=2)
"""A day's backup is due from 02:00 local time; whoever was switched off then makes it on starting."""
_NIGHTLY = re.compile(r"nightly-(\d{4}-\d{2}-\d{2})\.tar\.gz")
_BEFORE = re.compile(r"before-([0-9A-Za-z]+)-[0-9T-]+\.tar\.gz")


def kept(days: Collection[date]) -> set[date]:
    """Of the days there are backups of, those that stay: the newest ones, the newest of each week and of each month.

    Counted are days, weeks and months that have a backup, so that a site which was off for a year loses nothing by it."""
    newest_first = sorted(set(days), reverse=True)
    return {
        *newest_first[:DAILY],
        *_newest_of_each(newest_first, lambda day: day.isocalendar()[:2])[:WEEKLY],
        *_newest_of_each(newest_first, lambda day: (day.year, day.month))[:MONTHLY],
    }


def outdated(names: Iterable[str]) -> list[str]:
    """The files that go: nightly backups out of rotation, and of those made before one migration all but the newest few.
    Anything else in the directory is left alone."""
    names = sorted(names)
    nightly = {date.fromisoformat(found[1]): name for name in names if (found := _NIGHTLY.fullmatch(name))}
    stays = kept(nightly.keys())
    before: dict[str, list[str]] = {}
    for name in names:
        if found := _BEFORE.fullmatch(name):
            before.setdefault(found[1], []).append(name)
    return [name for day, name in nightly.items() if day not in stays] + [
        name for made in before.values() for name in made[:-BEFORE_MIGRATIONS]
    ]


def night_of(now: datetime, timezone: str) -> date:
    """The local date whose backup is due at this instant."""
    return (now.astimezone(ZoneInfo(timezone)) - NIGHT_ENDS).date()


def nightly_name(day: date) -> str:
    """nightly-2026-11-26.tar.gz"""
    return f"nightly-{day.isoformat()}.tar.gz"


def before_name(revision: str, now: datetime) -> str:
    """before-0003-2026-11-26T021500.tar.gz, named by the revision that was about to come."""
    return f"before-{revision}-{now:%Y-%m-%dT%H%M%S}.tar.gz"


def _newest_of_each(newest_first: list[date], period: Callable[[date], object]) -> list[date]:
    found: dict[object, date] = {}
    for day in newest_first:
        found.setdefault(period(day), day)
    return list(found.values())
