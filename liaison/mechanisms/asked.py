"""How each agency that is to sign is reached. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.directory.models import Agency
from liaison.i18n import N_
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import OnDuty

BY_LIAISON, BY_AGENCY, ON_PAPER, UNREACHED = "liaison", "agency", "paper", "none"
REACH_NAMES = {
    BY_LIAISON: N_("mail to its liaison %(name)s"),
    BY_AGENCY: N_("has no liaison with an address: mail to the agency’s own address"),
    ON_PAPER: N_("takes part on paper: bring the countersign sheet, then register what comes back"),
    UNREACHED: N_("no mail reaches it: please tell it by phone, then register its answer"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One agency that is to sign: its liaison gets the mail, without one the agency itself, or the sheet is brought to it."""

    agency: Agency
    how: str
    liaison: str | None
    may_sign: bool
    """Its liaison may sign; else only its authorising officer, or on paper."""


def asked(agencies: Sequence[Agency], duty: OnDuty) -> list[Asked]:
    """Each of these agencies, as things stand on the day of `duty`."""
    takes_part = {one.agency_id: one.takes_part for one in duty.members}
    found = []
    for agency in agencies:
        liaison = duty.in_office.get(agency.id)
        if takes_part.get(agency.id) == PAPER:
            how = ON_PAPER
        elif liaison is not None and liaison.person.effective_address() is not None:
            how = BY_LIAISON
        else:
            how = BY_AGENCY if agency.own_address() else UNREACHED
        name = liaison.person.name if liaison is not None else None
        found.append(Asked(agency, how, name, liaison is None or liaison.may_sign))
    return found
