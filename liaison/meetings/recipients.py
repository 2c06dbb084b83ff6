"""Who is mailed about a meeting: one mail per address, and for whom it is (PRACTICE.md 10-12, MAIL.md decision 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from liaison.directory.models import Address, Person
from liaison.mechanisms.models import PAPER, Designation
from liaison.meetings.models import AgencyInvitation, Attendee

_ROLES = {
    "chair": "CHAIR",
    "required": "REQ-PARTICIPANT",
    "optional": "OPT-PARTICIPANT",
    "in_attendance": "NON-PARTICIPANT",
}
_ROLE_ORDER = tuple(_ROLES.values())


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip link in a mail: for which invitation, filled in by whom (None: the agency itself, which has no liaison)."""

    invitation_id: int
    agency_id: int
    person_id: int | None
    designation_id: int | None


@dataclass(slots=True)
class Addressee:
    """One address and everybody it is for. Only a deputy's copy (no attendee, no slip of their own) has no calendar part."""

    address: str
    name: str
    locale: str
    group: bool = False
    role: str = "NON-PARTICIPANT"
    attendee_ids: list[int] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    copies: list[Slip] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)

    @property
    def copy_only(self) -> bool:
        """A deputy who is told by office, and is no attendee."""
        return not self.attendee_ids and not self.slips

    def to_json(self) -> dict[str, object]:
        """For an announcement's snapshot."""
        return {
            "address": self.address,
            "name": self.name,
            "locale": self.locale,
            "group": self.group,
            "role": self.role,
            "attendee_ids": self.attendee_ids,
            "slips": [_slip_json(s) for s in self.slips],
            "copies": [_slip_json(s) for s in self.copies],
            "person_ids": self.person_ids,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Addressee":
        """Read back `to_json`."""
        values = dict(stored)
        values["slips"] = [Slip(**s) for s in stored["slips"]]  # type: ignore[attr-defined]
        values["copies"] = [Slip(**s) for s in stored["copies"]]  # type: ignore[attr-defined]
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody asked whom no mail reaches, and why: "no_address" or "paper"; they are told another way."""

    name: str
    agency: str
    phone: str | None
    why: str


def addressees(
    *,
    attendees: Sequence[Attendee],
    invitations: Sequence[AgencyInvitation],
    in_office: Mapping[int, Designation | None],
    deputies: Mapping[int, Sequence[Designation]],
    takes_part: Mapping[int, str],
    people: Mapping[int, Person],
    site_locale: str,
) -> tuple[list[Addressee], list[Unreachable]]:
    """Everybody to be mailed, by address, and everybody no mail reaches.

    A person asked by name gets it at their effective address; an agency's invitation goes to its liaison in office, with a copy
    to its deputies, or to the agency's own address while it has none. Names that came on a slip are not mailed."""
    found: dict[str, Addressee] = {}
    unreachable: list[Unreachable] = []
    for attendee in attendees:
        if attendee.agency_invitation_id is not None or attendee.person_id is None:
            continue
        person = people[attendee.person_id]
        address = person.effective_address()
        if address is None:
            unreachable.append(Unreachable(attendee.name, person.agency.short_name, person.phone, "no_address"))
            continue
        one = _at(found, address, person.mail_locale(site_locale))
        one.group |= address.shared or bool(one.attendee_ids)
        one.attendee_ids.append(attendee.id)
        one.person_ids.append(person.id)
        one.role = min(one.role, _ROLES[attendee.role], key=_ROLE_ORDER.index)
    for invitation in invitations:
        agency = invitation.agency
        if takes_part.get(agency.id) == PAPER:
            unreachable.append(Unreachable(agency.name, agency.short_name, agency.phone, "paper"))
            continue
        liaison = in_office.get(agency.id)
        address = people[liaison.person_id].effective_address() if liaison else None
        if liaison is not None and address is not None:
            person = people[liaison.person_id]
            one = _at(found, address, person.mail_locale(site_locale))
            one.group |= address.shared
            one.person_ids.append(person.id)
            one.slips.append(Slip(invitation.id, agency.id, person.id, liaison.id))
        elif agency.mail:
            one = _at(found, Address(agency.mail.lower(), True, "agency", agency.name), agency.locale or site_locale)
            one.group = True
            one.slips.append(Slip(invitation.id, agency.id, None, None))
        else:
            unreachable.append(Unreachable(agency.name, agency.short_name, agency.phone, "no_address"))
            continue
        one.role = min(one.role, "REQ-PARTICIPANT", key=_ROLE_ORDER.index)
        for deputy in deputies.get(agency.id, ()):
            person = people[deputy.person_id]
            if (copy_to := person.effective_address()) and copy_to.mail != one.address:
                other = _at(found, copy_to, person.mail_locale(site_locale))
                other.person_ids.append(person.id)
                other.copies.append(Slip(invitation.id, agency.id, person.id, deputy.id))
    return list(found.values()), unreachable


def _at(found: dict[str, Addressee], address: Address, locale: str) -> Addressee:
    return found.setdefault(address.mail, Addressee(address.mail, address.holder, locale))


def _slip_json(slip: Slip) -> dict[str, object]:
    return {
        "invitation_id": slip.invitation_id,
        "agency_id": slip.agency_id,
        "person_id": slip.person_id,
        "designation_id": slip.designation_id,
    }
