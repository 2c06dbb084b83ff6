"""Who is mailed of a text that agencies sign: those who sign for an agency, with whom this is shared, and who circulates it. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from liaison.countersigning.models import CONSENTS, DocumentVersion, Signer
from liaison.countersigning.standing import word_of
from liaison.directory.models import Address, Agency, Person
from liaison.mechanisms.models import PAPER, Designation
from liaison.mechanisms.queries import OnDuty


@dataclass(frozen=True, slots=True)
class Signs:
    """One who may sign for an agency by the mail: its liaison by a designation, its authorising officer for themselves, or (no person)
    whoever reads the agency's own address while it has no liaison."""

    agency_id: int
    person_id: int | None
    designation_id: int | None

    def to_json(self) -> dict[str, Any]:
        """For the outbox."""
        return {"agency_id": self.agency_id, "person_id": self.person_id, "designation_id": self.designation_id}


@dataclass(slots=True)
class To:
    """One address: to whom it is written, for which agencies and people, in which language, and who may sign there."""

    mail: str
    name: str
    locale: str
    agency_ids: list[int] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)
    signs: list[Signs] = field(default_factory=list)
    copied: list[int] = field(default_factory=list)
    """The designations of those who are told by office and do not sign: deputies, and a liaison who may not."""

    def to_json(self) -> dict[str, Any]:
        """For the outbox."""
        return {
            "agency_ids": self.agency_ids,
            "signs": [one.to_json() for one in self.signs],
            "copied": self.copied,
        }


class Addresses:
    """Collects who is told, one mail an address."""

    def __init__(self, site_locale: str) -> None:
        self.site_locale = site_locale
        self.found: dict[str, To] = {}

    def person(self, person: Person) -> To | None:
        """The mail to a person; None where no mail reaches them. Needs what `effective_address` needs."""
        address = person.effective_address() if person.deactivated_at is None else None
        if address is None:
            return None
        return self._at(address, person.mail_locale(self.site_locale), person.agency_id, person.id)

    def agency(self, agency: Agency) -> To | None:
        """The mail to an agency's own address; None where it has none."""
        address = agency.own_address() if agency.deactivated_at is None else None
        if address is None:
            return None
        return self._at(address, agency.locale or self.site_locale, agency.id, None)

    def office(self, agency: Agency, liaison: Designation | None) -> To | None:
        """The mail to an agency by office: to its liaison, or while it has none to its own address."""
        return self.person(liaison.person) if liaison is not None else self.agency(agency)

    def _at(self, address: Address, locale: str, agency_id: int, person_id: int | None) -> To:
        one = self.found.setdefault(address.mail, To(address.mail, address.holder, locale))
        one.agency_ids += [] if agency_id in one.agency_ids else [agency_id]
        one.person_ids += [] if person_id is None or person_id in one.person_ids else [person_id]
        return one

    def all(self) -> list[To]:
        """Everybody found."""
        return list(self.found.values())


def thread_of(document_id: int) -> str:
    """By what a new version supersedes the mails of the one before that have not left."""
    return f"sign-{document_id}"


def to_sign(
    duty: OnDuty, owing: Sequence[Signer], authorised: Person | None, site_locale: str
) -> tuple[list[To], list[Signer]]:
    """Those whom the agencies' sign-offs are asked of, and the agencies that no mail reaches: these sign on paper and the host registers
    it. An agency's liaison in office who may sign, its authorising officer, its deputies for their knowledge."""
    addresses, unreached = Addresses(site_locale), []
    on_paper = paper_of(duty)
    for signer in owing:
        agency = signer.agency
        liaison = duty.in_office.get(agency.id)
        one = None if agency.id in on_paper else addresses.office(agency, liaison)
        if one is None:
            unreached.append(signer)
            continue
        _asked(one, agency, liaison)
        for deputy in duty.deputies.get(agency.id, ()):
            copy = addresses.person(deputy.person)
            if copy is not None and deputy.id not in copy.copied:
                copy.copied.append(deputy.id)
        if authorised is not None and authorised.agency_id == agency.id and not _signs(one, authorised.id):
            officer = addresses.person(authorised)
            if officer is not None:
                officer.signs.append(Signs(agency.id, authorised.id, None))
    return addresses.all(), unreached


def paper_of(duty: OnDuty) -> set[int]:
    """The agencies that take part on paper."""
    return {one.agency_id for one in duty.members if one.takes_part == PAPER}


def not_told_yet(everybody: Iterable[To], told: Iterable[Mapping[str, Any]]) -> list[To]:
    """Of those whom a version is to be sent to, those who were not sent it (`told`: `To.to_json` of those who were)."""
    offices, signs = set[int](), set[Signs]()
    for one in told:
        offices |= {*one["copied"], *(each["designation_id"] for each in one["signs"] if each["designation_id"])}
        signs |= {Signs(**each) for each in one["signs"]}
    for to in everybody:
        to.signs = [each for each in to.signs if each not in signs and each.designation_id not in offices]
        to.copied = [each for each in to.copied if each not in offices]
    return [to for to in everybody if to.signs or to.copied]


def to_host(
    duty: OnDuty, host: Agency, recorder: Person | None, site_locale: str, *, but: Collection[int | None]
) -> list[To]:
    """The host's liaison and the recorder, who write, circulate and issue; but for who acts themselves."""
    addresses = Addresses(site_locale)
    liaison = duty.in_office.get(host.id)
    if host.id not in paper_of(duty) and (liaison is None or liaison.person_id not in but):
        addresses.office(host, liaison)
    if recorder is not None and recorder.id not in but:
        addresses.person(recorder)
    return addresses.all()


def still_signs(version: DocumentVersion, duty: OnDuty, one: Signs, authorised_by_id: int | None) -> bool:
    """Whether this reader is still to sign: the agency has not consented, and they still speak for it."""
    said = word_of(version, one.agency_id)
    if said is not None and said.state in CONSENTS:
        return False
    if one.designation_id is None and one.person_id is not None:
        return one.person_id == authorised_by_id
    liaison = duty.in_office.get(one.agency_id)
    return (liaison.id if liaison else None) == one.designation_id


def still_copied(version: DocumentVersion, duty: OnDuty, designation_ids: Iterable[int]) -> bool:
    """Whether who is told by office (`To.copied`) still holds one of these, of an agency that has not consented."""
    offices = {one.id: one.agency_id for one in duty.everybody()}
    for agency_id in (offices[id_] for id_ in designation_ids if id_ in offices):
        said = word_of(version, agency_id)
        if said is None or said.state not in CONSENTS:
            return True
    return False


def _asked(one: To, agency: Agency, liaison: Designation | None) -> None:
    if liaison is None:
        one.signs.append(Signs(agency.id, None, None))
    elif liaison.may_sign:
        one.signs.append(Signs(agency.id, liaison.person_id, liaison.id))
    else:
        one.copied.append(liaison.id)


def _signs(one: To, person_id: int) -> bool:
    return any(each.person_id == person_id for each in one.signs)
