"""Who is mailed about a meeting: one mail per address, and for whom it is (PRACTICE.md 10-12, MAIL.md decision 2)."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
    agency: str = ""
    seats: int = 1
    requirement: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A person asked by name, as the mail speaks of them, and whose address theirs is: own, contact, office or agency."""

    attendee_id: int
    person_id: int
    name: str
    job_title: str | None = None
    agency: str = ""
    role: str = "required"
    via: str = "own"
    guest: bool = False
    """From outside the agencies of the site: invited, not asked."""


@dataclass(slots=True)
class Addressee:
    """One address and everybody it is for, in the words that the mail prints: what is edited later does not slip into it.

    Only a deputy's copy (no attendee, no slip of their own) has no calendar part."""

    address: str
    name: str
    locale: str
    group: bool = False
    role: str = "NON-PARTICIPANT"
    attendee_ids: list[int] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    copies: list[Slip] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)
    people: list[Named] = field(default_factory=list)

    @property
    def copy_only(self) -> bool:
        """A deputy who is told by office, and is no attendee."""
        return not self.attendee_ids and not self.slips

    def called(self, change: str) -> str:
        """As what the mail goes out: 邀请函 to who reads it as guests from outside alone, 会议通知 to everybody else (GLOSSARY.md)."""
        only_guests = not (self.slips or self.copies) and bool(self.people) and all(one.guest for one in self.people)
        return "guests" if only_guests and change == "invited" else change

    def only(self, attendee_ids: Container[int], invitation_ids: Container[int]) -> "Addressee":
        """The same address for just these people and slips, without copies."""
        return replace(
            self,
            attendee_ids=[id_ for id_ in self.attendee_ids if id_ in attendee_ids],
            people=[one for one in self.people if one.attendee_id in attendee_ids],
            slips=[slip for slip in self.slips if slip.invitation_id in invitation_ids],
            copies=[],
        )

    def in_the_words_of(self, told: Iterable["Addressee"]) -> "Addressee":
        """The same people and slips as an earlier announcement spoke of them: edits since were told to nobody."""
        told = list(told)
        people = {each.attendee_id: each for one in told for each in one.people}
        slips = {each.invitation_id: each for one in told for each in (*one.copies, *one.slips)}

        def as_told(slip: Slip) -> Slip:
            was = slips.get(slip.invitation_id, slip)
            return replace(slip, agency=was.agency, seats=was.seats, requirement=was.requirement)

        def named(one: Named) -> Named:
            was = people.get(one.attendee_id, one)
            return replace(one, name=was.name, job_title=was.job_title, role=was.role)

        return replace(
            self,
            people=[named(one) for one in self.people],
            slips=[as_told(slip) for slip in self.slips],
            copies=[as_told(slip) for slip in self.copies],
        )

    def to_json(self) -> dict[str, object]:
        """For an announcement's snapshot."""
        return {
            "address": self.address,
            "name": self.name,
            "locale": self.locale,
            "group": self.group,
            "role": self.role,
            "attendee_ids": self.attendee_ids,
            "slips": [_to_json(s) for s in self.slips],
            "copies": [_to_json(s) for s in self.copies],
            "person_ids": self.person_ids,
            "people": [_to_json(p) for p in self.people],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Addressee":
        """Read back `to_json`."""
        values = dict(stored)
        values["slips"] = [Slip(**s) for s in stored["slips"]]  # type: ignore[attr-defined]
        values["copies"] = [Slip(**s) for s in stored["copies"]]  # type: ignore[attr-defined]
        values["people"] = [Named(**p) for p in stored.get("people", ())]  # type: ignore[attr-defined]
        return cls(**values)  # type: ignore[arg-type]


def _to_json(one: Slip | Named) -> dict[str, object]:
    said = {name: getattr(one, name) for name in one.__slots__}
    return {name: value for name, value in said.items() if name != "guest" or value}  # as it was stored before guests


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody asked whom no mail reaches, and why: "no_address", "paper" or "deactivated"; they are told another way."""

    name: str
    agency: str
    phone: str | None
    why: str
    guest_id: int | None = None
    """The attendee, where it is a guest from outside: a letter on paper can be made to them."""


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
        if person.deactivated_at is not None:  # has left: no link of theirs would open
            unreachable.append(Unreachable(attendee.name, person.agency.short_name, person.phone, "deactivated"))
            continue
        address = person.effective_address()
        if address is None:
            guest_id = attendee.id if person.agency.kept_by_id is not None else None
            named = (attendee.name, person.agency.short_name, person.phone)
            unreachable.append(Unreachable(*named, "no_address", guest_id))
            continue
        one = _at(found, address, person.mail_locale(site_locale))
        one.group |= address.shared or bool(one.attendee_ids)
        one.attendee_ids.append(attendee.id)
        one.people.append(
            Named(
                attendee.id,
                person.id,
                attendee.name,
                attendee.job_title,
                person.agency.name,
                attendee.role,
                address.via,
                person.agency.kept_by_id is not None,
            )
        )
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
            one.slips.append(_slip(invitation, person.id, liaison.id))
        elif own := agency.own_address():
            one = _at(found, own, agency.locale or site_locale)
            one.group = True
            one.slips.append(_slip(invitation, None, None))
        else:
            unreachable.append(Unreachable(agency.name, agency.short_name, agency.phone, "no_address"))
            continue
        one.role = min(one.role, "REQ-PARTICIPANT", key=_ROLE_ORDER.index)
        for deputy in deputies.get(agency.id, ()):
            person = people[deputy.person_id]
            if (copy_to := person.effective_address()) and copy_to.mail != one.address:
                other = _at(found, copy_to, person.mail_locale(site_locale))
                other.person_ids.append(person.id)
                other.copies.append(_slip(invitation, person.id, deputy.id))
    return list(found.values()), unreachable


def _at(found: dict[str, Addressee], address: Address, locale: str) -> Addressee:
    return found.setdefault(address.mail, Addressee(address.mail, address.holder, locale))


def _slip(invitation: AgencyInvitation, person_id: int | None, designation_id: int | None) -> Slip:
    agency = invitation.agency
    return Slip(
        invitation.id, agency.id, person_id, designation_id, agency.name, invitation.seats, invitation.requirement
    )
