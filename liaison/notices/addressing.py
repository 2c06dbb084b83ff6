"""Who is mailed of a notice: the people who act for an agency today, and who may act behind each address. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from liaison.directory.models import Agency
from liaison.mechanisms.addressing import Addresses, To
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import OnDuty
from liaison.notices.models import Notice


class Holder(NamedTuple):
    """Who may act for an agency by the mail: somebody by a designation, or (no person) whoever reads the agency's own address while it
    has no liaison."""

    addressee_id: int
    agency_id: int
    person_id: int | None
    designation_id: int | None
    is_deputy: bool = False

    @property
    def office(self) -> tuple[int, int | None]:
        """The agency's line, and the term by which somebody acts for it."""
        return self.addressee_id, self.designation_id


@dataclass(slots=True)
class Told:
    """One address, and who may act behind it."""

    to: To
    holders: list[Holder] = field(default_factory=list)


def told_of(duty: OnDuty, parties: Sequence[tuple[int, Agency]], site_locale: str) -> list[Told]:
    """The same of known people in office: the liaison, or while there is none the agency itself, and the deputies. Nobody of an agency that
    takes part on paper, or is no member."""
    addresses, found = Addresses(site_locale), dict[str, Told]()
    on_paper = {member.agency_id for member in duty.members if member.takes_part == PAPER}
    for addressee_id, agency in parties:
        if agency.id not in duty.in_office or agency.id in on_paper:
            continue
        liaison = duty.in_office[agency.id]
        people = [(addresses.office(agency, liaison), liaison, False)]
        people += [(addresses.person(deputy.person), deputy, True) for deputy in duty.deputies[agency.id]]
        for to, designation, is_deputy in people:
            if to is None:
                continue
            person_id = designation.person_id if designation else None
            holder = Holder(addressee_id, agency.id, person_id, designation.id if designation else None, is_deputy)
            found.setdefault(to.mail, Told(to)).holders.append(holder)
    return list(found.values())


def parties(notice: Notice) -> frozenset[int]:
    """The agencies that may know of it. Needs `addressees`."""
    return frozenset({notice.from_agency_id, *(one.agency_id for one in notice.addressees)})


def thread_of(notice: Notice) -> str:
    """By what the mails of one notice are found together."""
    return f"notice-{notice.id}"
