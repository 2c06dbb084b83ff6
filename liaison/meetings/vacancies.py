"""空缺: member agencies that a notice asks, and that have no liaison in office to take it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.directory.models import Agency
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import OnDuty
from liaison.meetings.models import AgencyInvitation


@dataclass(frozen=True, slots=True)
class Vacancies:
    """The agencies without a liaison: those whose own address takes the notice, and those that nothing reaches."""

    at_own_address: Sequence[Agency]
    unreached: Sequence[Agency]
    """While one stands here, the notice is sent only with a reason."""

    def __bool__(self) -> bool:
        return bool(self.at_own_address or self.unreached)


def vacancies(duty: OnDuty, invitations: Sequence[AgencyInvitation]) -> Vacancies:
    """Of the agencies invited that are members today; one on paper gets its notice by letter. Needs each invitation's agency."""
    on_paper = {member.agency_id for member in duty.members if member.takes_part == PAPER}
    vacant = [
        one.agency
        for one in invitations
        if one.agency_id in duty.in_office and duty.in_office[one.agency_id] is None and one.agency_id not in on_paper
    ]
    return Vacancies(
        [agency for agency in vacant if agency.own_address() is not None],
        [agency for agency in vacant if agency.own_address() is None],
    )
