"""From the clock on the wall to an instant. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """The clocks jump over this local time (daylight saving starts)."""


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive local time. A time that occurs twice is its first; one that is skipped raises NoSuchTime."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise NoSuchTime(wall.isoformat())
    return instant


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """The naive local time of an aware instant."""
    return instant.astimezone(zone).replace(tzinfo=None)


def end_of(start: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant at which what begins at a naive local time ends: so many minutes pass, whatever the clocks do meanwhile."""
    return start.replace(tzinfo=zone, fold=0).astimezone(UTC) + timedelta(minutes=minutes)
