"""What an agency, an office and a person are told by, and what is accepted for each field. Rules only: the verbs ask the database."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from liaison.checks import Check
from liaison.i18n import LOCALES, N_

KINDS = ("procuratorate", "court", "administration", "public_institution", "mass_organisation", "other")
"""Offered in forms; another short word is kept as it came."""

_KEY = re.compile(r"[\w.-]+")


class AgencyFields(TypedDict, total=False):
    """An agency as forms, API and import give it; a field left out is not touched."""

    short_name: str | None
    name: str | None
    kind: str | None
    mail: str | None
    phone: str | None
    locale: str | None
    sort_order: int | None


class OfficeFields(TypedDict, total=False):
    """An office, the same way."""

    name: str | None
    mail: str | None
    phone: str | None


class PersonFields(TypedDict, total=False):
    """A person, the same way; the agency is changed by a transfer alone."""

    key: str | None
    name: str | None
    office_id: int | None
    contact_id: int | None
    department: str | None
    job_title: str | None
    rank: int | None
    mail: str | None
    phone: str | None
    locale: str | None


def clean_agency(check: Check, fields: AgencyFields, *, new: bool = False) -> dict[str, Any]:
    """The given fields cleaned, what is wrong noted in `check`; of a new agency the required ones must be there."""
    return _clean(check, fields, _AGENCY, ("short_name", "name") if new else ())


def clean_office(check: Check, fields: OfficeFields, *, new: bool = False) -> dict[str, Any]:
    return _clean(check, fields, _OFFICE, ("name", "mail") if new else ())


def clean_person(check: Check, fields: PersonFields, *, new: bool = False) -> dict[str, Any]:
    return _clean(check, fields, _PERSON, ("name",) if new else ())


def check_first_entries(check: Check, agency: AgencyFields, person: PersonFields) -> None:
    """The first agency and its first person, typed on one form: the agency's fields are called `agency_…` there; mail is required,
    since it is how the operator gets back in."""
    own = Check()
    clean_agency(own, agency, new=True)
    for name, message in own.errors.items():
        check.errors.setdefault(f"agency_{name}", message)
    clean_person(check, person, new=True)
    _needed_mail(check, "mail", person.get("mail"))


def _clean(
    check: Check, fields: Mapping[str, Any], rules: Mapping[str, "Rule"], required: tuple[str, ...]
) -> dict[str, Any]:
    return {
        name: rule(check, name, fields.get(name)) for name, rule in rules.items() if name in fields or name in required
    }


Rule = Callable[[Check, str, Any], Any]


def _needed(most: int) -> Rule:
    return lambda check, name, value: check.required_text(name, value, most=most)


def _text(most: int) -> Rule:
    return lambda check, name, value: check.text(name, value, most=most)


def _phone(check: Check, name: str, value: str | None) -> str | None:
    return check.text(name, value, most=60, numbers=True)


def _mail(check: Check, name: str, value: str | None) -> str | None:
    return check.mail(name, value)


def _needed_mail(check: Check, name: str, value: str | None) -> str | None:
    return check.mail(name, value, required=True)


def _locale(check: Check, name: str, value: str | None) -> str | None:
    return check.choice(name, value, LOCALES) if value else None


def _kind(check: Check, name: str, value: str | None) -> str:
    return check.text(name, value, most=40) or "administration"


def _order(check: Check, name: str, value: int | None) -> int:
    order = check.number(name, value, least=1, most=9999)
    return 100 if order is None else order


def _rank(check: Check, name: str, value: int | None) -> int | None:
    return check.number(name, value, least=1, most=999)


def _key(check: Check, name: str, value: str | None) -> str | None:
    """Letters beyond ASCII have one case only: what two keys have in common besides it, both databases see alike."""
    key = check.text(name, value, most=60)
    if key and (not _KEY.fullmatch(key) or any(not c.isascii() and c.casefold() != c for c in key)):
        check.refuse(name, N_("Please use letters, digits, dots and dashes only."))
    return key


def _id(check: Check, name: str, value: int | None) -> int | None:
    return value


_AGENCY: dict[str, Rule] = {
    "short_name": _needed(40),
    "name": _needed(120),
    "kind": _kind,
    "mail": _mail,
    "phone": _phone,
    "locale": _locale,
    "sort_order": _order,
}
_OFFICE: dict[str, Rule] = {"name": _needed(80), "mail": _needed_mail, "phone": _phone}
_PERSON: dict[str, Rule] = {
    "key": _key,
    "name": _needed(60),
    "office_id": _id,
    "contact_id": _id,
    "department": _text(80),
    "job_title": _text(80),
    "rank": _rank,
    "mail": _mail,
    "phone": _phone,
    "locale": _locale,
}
