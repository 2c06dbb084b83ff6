"""Whom a thing may be found by, as tokens beside its words, so that the index itself narrows to what a viewer may come to see. Pure.

A token names a group, wider than the rights or just as wide: nobody is shown anything because a token fits. What was found is loaded through
each feature's own `visible_to`, and what does not come back from there was never found."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.search.words import GROUP

MEMBERS, OFFICERS, GUESTS, PERSON, NOTICES, FRAME = "m", "d", "g", "p", "n", "f"
EVERYBODY = f"{GROUP}s"
OPERATORS = f"{GROUP}o"


_LETTERS = {"person": "s", "mechanism": "fo", "notice": "n", "action_item": "mp"}
"""By which groups things of a kind are found; those of a meeting by all that are left."""
_OF_MEETINGS = "mdgp"


@dataclass(frozen=True, slots=True)
class Gathering:
    """What of a meeting says who may know of it and of what belongs to it."""

    meeting_id: int
    mechanism_id: int
    told: bool
    """announced or held: else it is known to officers and deputies alone, and to who chairs it"""
    host_id: int
    created_by: int | None
    invited: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reach:
    """Of these groups a viewer is one, for what has a day in [since, until); None: for all."""

    groups: tuple[str, ...]
    since: date | None = None
    until: date | None = None


def of_agency(letter: str, id_: int, agency_id: int) -> str:
    """The people of one agency among a group."""
    return f"{GROUP}{letter}{id_}a{agency_id}"


def of_group(letter: str, id_: int) -> str:
    """Everybody of a group."""
    return f"{GROUP}{letter}{id_}"


def people(*ids: int | None) -> set[str]:
    """These people, in whatever mechanism."""
    return {of_group(PERSON, one) for one in ids if one is not None}


def of_meeting(of: Gathering, audience: Collection[int] | None = None, *, officers: bool = False) -> set[str]:
    """Who sees the meeting, or what belongs to it; with `audience` the people of those agencies alone. `officers`: what is still being
    prepared, for those who run it."""
    letter = OFFICERS if officers or not of.told else MEMBERS
    if audience is not None:
        groups = ((letter, of.mechanism_id), (GUESTS, of.meeting_id))
        return {of_agency(*group, agency_id) for group in groups for agency_id in audience}
    # Whatever its date, an agency sees what it hosts and what it is asked to.
    agencies = {of.host_id, *of.invited} if of.told else {of.host_id}
    return {
        of_group(letter, of.mechanism_id),
        of_group(GUESTS, of.meeting_id),
        *(of_agency(letter, of.mechanism_id, one) for one in agencies),
        *people(of.created_by),
    }


def of_item(
    mechanism_id: int, audience: Collection[int] | None, concerned: Iterable[int], owner: int | None
) -> set[str]:
    """Who sees an action item: the mechanism or the audience, who is to do it (`concerned`: agencies), and its owner."""
    agencies = {*concerned, *(audience or ())}
    everybody = {of_group(MEMBERS, mechanism_id)} if audience is None else set()
    return {*everybody, *(of_agency(MEMBERS, mechanism_id, one) for one in agencies), *people(owner)}


def of_viewer(viewer: Viewer, asked: Sequence[int], reads_for: Iterable[tuple[int, int]]) -> list[Reach]:
    """What a viewer may come to see. `asked`: the meetings that they are asked to by name and would not see otherwise; `reads_for`:
    (mechanism, agency) of whose notices they read."""
    own, offices = viewer.agency_id, {office.mechanism_id for office in viewer.designations}
    whatever_day = [EVERYBODY, f"{EVERYBODY}{own}", *people(viewer.person_id)]
    if viewer.operator:
        whatever_day.append(OPERATORS)
    whatever_day += [of_agency(NOTICES, *one) for one in reads_for]
    for meeting_id in asked:
        whatever_day += [of_group(GUESTS, meeting_id), of_agency(GUESTS, meeting_id, own)]
    spans: dict[tuple[date | None, date | None], list[str]] = {}
    for mechanism_id in sorted(viewer.shares_mechanism_ids() | offices):
        letters = (MEMBERS, OFFICERS) if mechanism_id in offices else (MEMBERS,)
        whatever_day += [of_group(FRAME, mechanism_id), *(of_agency(letter, mechanism_id, own) for letter in letters)]
        periods = () if mechanism_id in viewer.reader_of else viewer.member_of.get(mechanism_id, ())
        since = min((one.joined_on for one in periods), default=None)
        left = [one.left_on for one in periods]
        until = max((one for one in left if one is not None), default=None) if None not in left else None
        spans.setdefault((since, until), []).extend(of_group(letter, mechanism_id) for letter in letters)
    return [Reach(tuple(whatever_day)), *(Reach(tuple(groups), *span) for span, groups in spans.items())]


def of_kind(reaches: Iterable[Reach], kind: str) -> list[Reach]:
    """The same for things of one kind: groups that find none of them are not asked for, and cost nothing."""
    letters = _LETTERS.get(kind, _OF_MEETINGS)
    narrowed = (replace(one, groups=tuple(each for each in one.groups if each[1] in letters)) for one in reaches)
    return [one for one in narrowed if one.groups]
