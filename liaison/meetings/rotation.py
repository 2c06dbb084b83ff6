"""Whose turn it is to host: the agencies of the rotation one after another, from the last regular meeting on. Pure."""

from collections.abc import Callable, Sequence
from datetime import date

Hosted = tuple[date, int]
"""A regular meeting as the rotation sees it: its local date, and the id of the agency that hosts it."""


def turns(
    rotation: Sequence[int],
    lead: int,
    hosted: Sequence[Hosted],
    days: Sequence[date],
    is_member: Callable[[int, date], bool],
) -> list[int]:
    """Who hosts each new meeting on `days` (ascending), one after another: each continues from the last regular meeting before it,
    be it arranged already (`hosted`) or one of the new ones. Without a rotation, or where none of it is a member, the lead agency."""
    found: list[Hosted] = []
    for day in days:
        before = [one for one in (*hosted, *found) if one[0] <= day]
        last = max(before, key=lambda one: one[0], default=None)
        start = rotation.index(last[1]) + 1 if last is not None and last[1] in rotation else 0
        in_turn = (*rotation[start:], *rotation[:start])
        found.append((day, next((agency for agency in in_turn if is_member(agency, day)), lead)))
    return [host for _, host in found]
