"""Where a thing stands among all that is found: its day, its kind and its number in one number of at most 18 digits, the newest highest. Pure."""

from datetime import date
from typing import Final

PARTS: Final = 32
_THINGS: Final = 2**31
_KINDS: Final = 16
_DAYS: Final = 2**17 - 1
_FIRST: Final = date(1900, 1, 1).toordinal() - 1
_OF_DAY: Final = _KINDS * _THINGS * PARTS


def place(day: date | None, kind: int, thing_id: int, part: int = 0) -> int:
    """Of the thing, or of one part of it; what has no day (`None`: people, mechanisms) comes after all that has one."""
    return ((_days(day) * _KINDS + kind) * _THINGS + thing_id) * PARTS + part


def start_of(day: date) -> int:
    """The lowest place of that day."""
    return _days(day) * _OF_DAY


def thing_at(place: int) -> tuple[int, int]:
    """(kind, id) of what stands there."""
    things = place // PARTS
    return things // _THINGS % _KINDS, things % _THINGS


def first_part(place: int) -> int:
    """The lowest place of the same thing."""
    return place - place % PARTS


def _days(day: date | None) -> int:
    return min(max(1, day.toordinal() - _FIRST), _DAYS) if day is not None else 0
