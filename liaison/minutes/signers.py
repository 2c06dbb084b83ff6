"""Which agencies sign the minutes of a meeting, and whether one of them has left meanwhile. Pure."""

from collections.abc import Collection, Iterable, Sequence

from liaison.meetings.models import PRESENT, Attendee


def signers(members: Sequence[int], attendees: Iterable[Attendee], *, all_members: bool) -> list[int]:
    """The member agencies of the meeting's day that took part, in their order: those of which somebody was present or stood in for. Where
    no attendance was taken, every member with an attendee; where nobody is on the list, or the mechanism says so, all members."""
    people = list(attendees)
    if all_members or not people:
        return list(members)
    taken = any(one.attendance is not None for one in people)
    there = {one.agency_id for one in people if not taken or one.attendance == PRESENT}
    return [one for one in members if one in there] or list(members)


def left_since(signing: Iterable[int], members_today: Collection[int]) -> list[int]:
    """The signers that are no members any more: whether their consent is waited for is decided by the host, with a reason."""
    return [one for one in signing if one not in members_today]
