"""A meeting announced to an agency goes to whoever holds its office today. Pure: the list last announced, and who is in office now."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import replace

from liaison.mechanisms.models import Designation
from liaison.meetings.models import AgencyInvitation
from liaison.meetings.recipients import Addressee, Slip


def passed(
    told: Sequence[Addressee],
    now: Sequence[Addressee],
    *,
    invitations: Iterable[AgencyInvitation],
    in_office: Mapping[int, Designation | None],
    deputies: Mapping[int, Sequence[Designation]],
) -> set[int]:
    """The invitations that were told to somebody who holds the office no more, or not to somebody who holds it now.

    Only those that were told and still stand, of agencies that are members today (`in_office` has them): what else was changed
    since is the officers' to announce. That a liaison has another address, or none, is no change of office."""
    was, is_now = _offices(told), _offices(now)
    found = set()
    for invitation in invitations:
        if invitation.id not in was or invitation.agency_id not in in_office:
            continue
        liaison = in_office[invitation.agency_id]
        (slip, copies), (new_slip, new_copies) = was[invitation.id], is_now.get(invitation.id, (None, set()))
        gone = slip is not None and (liaison is None or liaison.id != slip)
        come = new_slip is not None and new_slip != slip
        left = copies - {deputy.id for deputy in deputies.get(invitation.agency_id, ())}
        if gone or come or left or new_copies - copies:
            found.add(invitation.id)
    return found


def passed_on(told: Sequence[Addressee], now: Sequence[Addressee], invitation_ids: Container[int]) -> list[Addressee]:
    """The list as it was announced, these invitations with those who hold the offices now; everything else as it was told.

    Where an address is asked just what it would be asked today, it is put as the next announcement will put it: then that has
    nothing new to say there."""
    fresh = {one.address: one.in_the_words_of(told) for one in now}
    kept = {one.address: one for one in told}
    for address in dict.fromkeys([*kept, *fresh]):
        base, come = kept.get(address), _only(fresh.get(address), invitation_ids)
        if base is not None and (come or _only(base, invitation_ids)):
            kept[address] = _together(_without(base, invitation_ids), come)
        elif come is not None:
            kept[address] = come
        if kept.get(address) != base and address in fresh and _asks(fresh[address]) == _asks(kept[address]):
            kept[address] = fresh[address]
    order = {address: number for number, address in enumerate(fresh)}
    found = [one for one in kept.values() if one.attendee_ids or one.slips or one.copies]
    return sorted(found, key=lambda one: order.get(one.address, len(order)))


def concerned(told: Collection[Addressee], passed_on_to: Collection[Addressee]) -> list[str]:
    """The addresses at which something by office came or went, those first that only lost it."""
    before, after = ({one.address: _by_office(one) for one in some} for some in (told, passed_on_to))
    differ = [a for a in dict.fromkeys([*before, *after]) if before.get(a, _NOTHING) != after.get(a, _NOTHING)]
    return sorted(differ, key=lambda address: address in after)


def of_other_offices(told: Sequence[Addressee], now: Sequence[Addressee]) -> set[int]:
    """The invitations whose slip went to somebody, and goes by office to somebody else today."""
    was, is_now = _offices(told), _offices(now)
    return {id_ for id_, (slip, _) in was.items() if id_ in is_now and is_now[id_][0] != slip}


def goes_with_office(one: Addressee, invitation_ids: Container[int]) -> bool:
    """Whether the meeting comes to, or leaves, this address only with the offices of these invitations."""
    slips = {slip.invitation_id for slip in one.slips}
    return not one.attendee_ids and bool(slips) and all(id_ in invitation_ids for id_ in slips)


def was_copied(one: Addressee, invitation_ids: Container[int]) -> bool:
    """Whether an address only ever got a deputy's copy of these invitations, which others get by now: nobody is told that."""
    return one.copy_only and any(slip.invitation_id in invitation_ids for slip in one.copies)


_NOTHING: tuple[frozenset[Slip], frozenset[Slip]] = (frozenset(), frozenset())


def _by_office(one: Addressee) -> tuple[frozenset[Slip], frozenset[Slip]]:
    return frozenset(one.slips), frozenset(one.copies)


def _asks(one: Addressee) -> tuple[list[int], tuple[frozenset[Slip], frozenset[Slip]]]:
    return sorted(one.attendee_ids), _by_office(one)


def _offices(some: Iterable[Addressee]) -> dict[int, tuple[int | None, set[int]]]:
    """By invitation, the designation its slip went to (None: the agency's own address) and those its copies went to."""
    found: dict[int, tuple[int | None, set[int]]] = {}
    for one in some:
        for slip in one.slips:
            copies = found.get(slip.invitation_id, (None, set()))[1]
            found[slip.invitation_id] = (slip.designation_id, copies)
        for slip in one.copies:
            if slip.designation_id is not None:
                found.setdefault(slip.invitation_id, (None, set()))[1].add(slip.designation_id)
    return found


def _only(one: Addressee | None, invitation_ids: Container[int]) -> Addressee | None:
    """What of an address these invitations are; None if nothing."""
    if one is None:
        return None
    slips = [slip for slip in one.slips if slip.invitation_id in invitation_ids]
    copies = [slip for slip in one.copies if slip.invitation_id in invitation_ids]
    return _counted(replace(one, attendee_ids=[], people=[], slips=slips, copies=copies)) if slips or copies else None


def _without(one: Addressee, invitation_ids: Container[int]) -> Addressee:
    slips = [slip for slip in one.slips if slip.invitation_id not in invitation_ids]
    copies = [slip for slip in one.copies if slip.invitation_id not in invitation_ids]
    return _counted(replace(one, slips=slips, copies=copies))


def _together(one: Addressee, more: Addressee | None) -> Addressee:
    if more is None:
        return one
    slips, copies = [*one.slips, *more.slips], [*one.copies, *more.copies]
    return _counted(replace(one, slips=slips, copies=copies, group=one.group or more.group))


def _counted(one: Addressee) -> Addressee:
    """With `person_ids` of just those it speaks to."""
    ids = [person.person_id for person in one.people]
    ids += [slip.person_id for slip in (*one.slips, *one.copies) if slip.person_id is not None]
    return replace(one, person_ids=ids)
