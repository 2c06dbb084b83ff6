"""Agencies, offices and people as plain values for programs: what the API answers, and what a stale form is shown beside."""

from typing import Any

from liaison.directory.models import Agency, Office, Person


def agency_json(agency: Agency, *, contact: bool = True) -> dict[str, Any]:
    """One agency; without `contact` its phone and mail are null."""
    return {
        "id": str(agency.id),
        "version": agency.version,
        "short_name": agency.short_name,
        "name": agency.name,
        "kind": agency.kind,
        "mail": agency.mail if contact else None,
        "phone": agency.phone if contact else None,
        "locale": agency.locale,
        "sort_order": agency.sort_order,
        "active": agency.deactivated_at is None,
    }


def office_json(office: Office, *, contact: bool = True) -> dict[str, Any]:
    """One office, the same way."""
    return {
        "id": str(office.id),
        "version": office.version,
        "agency_id": str(office.agency_id),
        "name": office.name,
        "mail": office.mail if contact else None,
        "phone": office.phone if contact else None,
        "active": office.deactivated_at is None,
    }


def person_json(person: Person, *, contact: bool = True) -> dict[str, Any]:
    """One person, the same way."""
    return {
        "id": str(person.id),
        "version": person.version,
        "key": person.key,
        "name": person.name,
        "agency_id": str(person.agency_id),
        "office_id": str(person.office_id) if person.office_id else None,
        "contact_id": str(person.contact_id) if person.contact_id else None,
        "department": person.department,
        "job_title": person.job_title,
        "rank": person.rank,
        "mail": person.mail if contact else None,
        "phone": person.phone if contact else None,
        "locale": person.locale,
        "operator": person.operator_at is not None,
        "agency_admin": person.agency_admin_at is not None,
        "active": person.deactivated_at is None,
    }
