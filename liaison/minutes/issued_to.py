"""How issued minutes reach each member agency and each name they are copied or reported to: by mail, or handed over. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from liaison.directory.models import Agency
from liaison.mechanisms.asked import BY_AGENCY, ON_PAPER, UNREACHED, asked
from liaison.mechanisms.models import Member
from liaison.mechanisms.queries import OnDuty

COPY_TO, REPORT_TO = "copy_to", "report_to"


@dataclass(frozen=True, slots=True)
class Gets:
    """One who gets the issued minutes, and how (`asked`)."""

    name: str
    """As it is printed; of a member agency its name."""
    how: str
    printed: str | None = None
    """抄送 or 抄报; None: as a member agency."""
    agency: Agency | None = None
    """The one of this name that the directory knows."""
    liaison: str | None = None
    is_member: bool = False

    @property
    def by_hand(self) -> bool:
        """No mail brings it: somebody hands it over."""
        return self.how in (ON_PAPER, UNREACHED)


def gets_issued(
    duty: OnDuty,
    members_told: Sequence[Member],
    copy_to: Sequence[str],
    report_to: Sequence[str],
    known: Mapping[str, Agency],
) -> list[Gets]:
    """Every member agency that is told, then every name in the order it is printed; `known`: agencies by their names. What is reported upward goes by
    no mail: nothing is sent to a leader by itself (PRACTICE.md 14)."""
    agencies = [member.agency for member in members_told]
    found = [
        Gets(one.agency.name, one.how, None, one.agency, one.liaison, is_member=True) for one in asked(agencies, duty)
    ]
    members = {one.agency.id: one for one in found if one.agency is not None}
    for printed, names in ((COPY_TO, copy_to), (REPORT_TO, report_to)):
        for name in dict.fromkeys(names):
            agency = known.get(name)
            if agency is not None and agency.id in members:
                found.append(replace(members[agency.id], name=name, printed=printed))
            else:
                mailed = printed == COPY_TO and agency is not None and agency.own_address() is not None
                found.append(Gets(name, BY_AGENCY if mailed else UNREACHED, printed, agency))
    return found


def handed_over(found: Sequence[Gets], host_id: int) -> dict[str, int | None]:
    """To whom they are handed over, each once, with its id where it is a member agency; the host has them."""
    to: dict[str, int | None] = {}
    for one in found:
        agency_id = one.agency.id if one.agency is not None and one.is_member else None
        if one.by_hand and (agency_id is None or agency_id not in {host_id, *to.values()}):
            to.setdefault(one.name, agency_id)
    return to
