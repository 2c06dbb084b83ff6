"""Where a letter to the member agencies goes: to their liaisons, deputies copied, else to an agency's own address. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from liaison.directory.models import Address, Agency
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import OnDuty
from liaison.meetings.recipients import Unreachable


@dataclass(slots=True)
class Reader:
    """One address, for which agencies it reads, and in which language."""

    address: str
    name: str
    locale: str
    agency_ids: list[int] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)
    copy_only: bool = True
    """Only deputies read it."""


def readers(duty: OnDuty, site_locale: str) -> tuple[list[Reader], list[Unreachable]]:
    """Everybody who is told by office, each address once, and the agencies that no mail reaches; those on paper get the letter."""
    found: dict[str, Reader] = {}
    unreachable = []

    def add(address: Address, locale: str, agency_id: int, person_id: int | None, *, copy: bool) -> None:
        one = found.setdefault(address.mail, Reader(address.mail, address.holder, locale))
        one.agency_ids += [] if agency_id in one.agency_ids else [agency_id]
        one.person_ids += [person_id] if person_id is not None else []
        one.copy_only = one.copy_only and copy

    for member in duty.members:
        agency, liaison = member.agency, duty.in_office[member.agency_id]
        if agency.deactivated_at is not None:
            continue
        if member.takes_part == PAPER:
            unreachable.append(Unreachable(agency.name, agency.short_name, agency.phone, "paper"))
            continue
        address = liaison.person.effective_address() if liaison else None
        if liaison is not None and address is not None:
            add(address, liaison.person.mail_locale(site_locale), agency.id, liaison.person_id, copy=False)
        elif own := agency.own_address():
            add(own, agency.locale or site_locale, agency.id, None, copy=False)
        else:
            unreachable.append(Unreachable(agency.name, agency.short_name, agency.phone, "no_address"))
        for deputy in duty.deputies[agency.id]:
            if copy_to := deputy.person.effective_address():
                add(copy_to, deputy.person.mail_locale(site_locale), agency.id, deputy.person_id, copy=True)
    return list(found.values()), unreachable


def mails_to(agencies: Sequence[Agency], duty: OnDuty, site_locale: str) -> int:
    """How many addresses are told when these agencies are."""
    ids = {one.id for one in agencies}
    theirs = replace(duty, members=[one for one in duty.members if one.agency_id in ids])
    return len(readers(theirs, site_locale)[0])
