"""Mechanisms and what belongs to them as plain values for programs: what the API answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from liaison.calendaring.deadlines import PROFILE
from liaison.directory.models import Agency
from liaison.mechanisms.models import Agreement, Clause, Designation, Mechanism, Member
from liaison.mechanisms.wordings import Wording


def mechanism_json(mechanism: Mechanism, hosts: Sequence[Agency]) -> dict[str, Any]:
    """One mechanism; `hosts` is its host rotation."""
    return {
        "id": str(mechanism.id),
        "version": mechanism.version,
        "name": mechanism.name,
        "short_name": mechanism.short_name,
        "programme": mechanism.programme,
        "timezone": mechanism.timezone,
        "region": mechanism.region,
        "locale": mechanism.locale,
        "mailbox": mechanism.mailbox,
        "lead_agency_id": str(mechanism.lead_agency_id),
        "host_rotation": [str(agency.id) for agency in hosts],
        "quorum": mechanism.quorum,
        "must_include": [str(agency_id) for agency_id in mechanism.must_include or ()],
        "first_ordinal": mechanism.first_ordinal,
        "needs_closing": mechanism.needs_closing,
        "all_sign": mechanism.all_sign,
        "silence_consents": mechanism.silence_consents,
        "deadlines": profile(mechanism.deadlines),
        "ended_on": mechanism.ended_on,
    }


def deadlines_json(mechanism: Mechanism) -> dict[str, Any]:
    """The working days by step, and the mechanism's version."""
    return {**profile(mechanism.deadlines), "version": mechanism.version}


def profile(stored: Mapping[str, Any]) -> dict[str, int]:
    """Every step in order; what the mechanism did not set is the default."""
    return {step: int(stored.get(step, default)) for step, default in PROFILE.items()}


def agreement_json(agreement: Agreement, clauses: Sequence[Clause]) -> dict[str, Any]:
    """The agreement with its clauses."""
    return {
        "id": str(agreement.id),
        "version": agreement.version,
        "mechanism_id": str(agreement.mechanism_id),
        "title": agreement.title,
        "doc_no": agreement.doc_no,
        "signed_on": agreement.signed_on,
        "effective_on": agreement.effective_on,
        "review_on": agreement.review_on,
        "clauses": [clause_json(clause) for clause in clauses],
    }


def former_json(mechanism_id: int, wording: Wording) -> dict[str, Any]:
    """The same of a wording that was replaced, which has no rows of its own any more."""
    return {
        "id": None,
        "version": None,
        "mechanism_id": str(mechanism_id),
        "title": wording.title,
        "doc_no": wording.doc_no,
        "signed_on": wording.signed_on,
        "effective_on": wording.effective_on,
        "review_on": wording.review_on,
        "clauses": [{"id": None, **one.stored()} for one in wording.clauses],
    }


def clause_json(clause: Clause) -> dict[str, Any]:
    """One clause."""
    return {"id": str(clause.id), "number": clause.number, "text": clause.text, "obligation": clause.obligation}


def member_json(member: Member) -> dict[str, Any]:
    """One membership; `left_on` is the first day without it."""
    return {
        "id": str(member.id),
        "version": member.version,
        "mechanism_id": str(member.mechanism_id),
        "agency_id": str(member.agency_id),
        "joined_on": member.joined_on,
        "left_on": member.left_on,
        "takes_part": member.takes_part,
    }


def designation_json(designation: Designation, in_office: bool, until: date | None = None) -> dict[str, Any]:
    """One designation; `in_office` on the day that was asked for. Needs `person`.

    With `until` for a former member: an end after that day was not known."""
    ends_on = designation.ends_on
    return {
        "id": str(designation.id),
        "version": designation.version,
        "mechanism_id": str(designation.mechanism_id),
        "agency_id": str(designation.agency_id),
        "person_id": str(designation.person_id),
        "name": designation.person.name,
        "role": designation.role,
        "starts_on": designation.starts_on,
        "ends_on": None if ends_on and until and ends_on > until else ends_on,
        "basis_ref": designation.basis_ref,
        "may_sign": designation.may_sign,
        "in_office": in_office,
    }
