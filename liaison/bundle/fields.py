"""Every field an import bundle may have, and how its text becomes a value: the one table behind YAML, spreadsheets and docs/import.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from typing import Any, Final

from liaison.calendaring.deadlines import PROFILE
from liaison.calendaring.workdays import Roll
from liaison.checks import Check
from liaison.i18n import LOCALES, N_
from liaison.mechanisms.models import ACTING, DEPUTY, PRINCIPAL, TAKES_PART
from liaison.zones import zone_names

VERSION: Final = 1


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    LINES = "lines"  # text that may have several lines
    MAIL = "mail"
    WHOLE = "whole"
    DAY = "day"
    TIME = "time"
    FLAG = "flag"
    CHOICE = "choice"
    ZONE = "zone"
    NAMES = "names"  # a list of agencies' short names
    ENTRY = "entry"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, whether it must be given, and its limits (`most` characters, or `least` to `most` for numbers)."""

    kind: Kind
    required: bool = False
    most: int = 0
    least: int = 0
    among: tuple[str, ...] = ()
    fields: Mapping[str, "Field"] = field(default_factory=dict)


def _text(most: int, *, required: bool = False) -> Field:
    return Field(Kind.TEXT, required, most)


def _whole(least: int, most: int, *, required: bool = False) -> Field:
    return Field(Kind.WHOLE, required, most, least)


_MAIL = Field(Kind.MAIL)
_DAY = Field(Kind.DAY)
_FLAG = Field(Kind.FLAG)
_LOCALE = Field(Kind.CHOICE, among=LOCALES)
_AGENCY = _text(40, required=True)

AGENCY: Final = {
    "short_name": _text(40, required=True),
    "name": _text(120, required=True),
    "kind": _text(40),
    "mail": _MAIL,
    "phone": _text(60),
    "locale": _LOCALE,
    "sort_order": _whole(1, 9999),
}
OFFICE: Final = {
    "agency": _AGENCY,
    "name": _text(80, required=True),
    "mail": Field(Kind.MAIL, required=True),
    "phone": _text(60),
}
PERSON: Final = {
    "key": _text(60),
    "name": _text(60, required=True),
    "agency": _AGENCY,
    "office": _text(80),
    "contact": _text(60),
    "department": _text(80),
    "job_title": _text(80),
    "rank": _whole(1, 9999),
    "mail": _MAIL,
    "phone": _text(60),
    "locale": _LOCALE,
}
DESIGNATION: Final = {
    "agency": _AGENCY,
    "person": _text(60, required=True),
    "role": Field(Kind.CHOICE, required=True, among=(PRINCIPAL, DEPUTY, ACTING)),
    "starts_on": Field(Kind.DAY, required=True),
    "ends_on": _DAY,
    "basis_ref": _text(80),
    "may_sign": _FLAG,
}
MECHANISM: Final = {
    "name": _text(120, required=True),
    "short_name": _text(60),
    "programme": _text(80),
    "timezone": Field(Kind.ZONE),
    "region": _text(20),
    "locale": _LOCALE,
    "mailbox": _MAIL,
    "lead_agency": _AGENCY,
    "host_rotation": Field(Kind.NAMES),
    "quorum": _whole(1, 99),
    "must_include": Field(Kind.NAMES),
    "all_sign": _FLAG,
    "silence_consents": _FLAG,
    "first_ordinal": _whole(1, 9999),
    "needs_closing": _FLAG,
    "agreement": Field(
        Kind.ENTRY,
        fields={
            "title": _text(200, required=True),
            "doc_no": _text(60),
            "signed_on": _DAY,
            "effective_on": _DAY,
            "review_on": _DAY,
            "clauses": Field(
                Kind.ENTRIES,
                fields={
                    "number": _whole(1, 999, required=True),
                    "text": Field(Kind.LINES, required=True, most=4000),
                    "obligation": Field(
                        Kind.ENTRY,
                        fields={"kind": _text(12, required=True), "amount": _whole(1, 120), "period": _text(8)},
                    ),
                },
            ),
        },
    ),
    "members": Field(
        Kind.ENTRIES,
        fields={
            "agency": _AGENCY,
            "joined_on": Field(Kind.DAY, required=True),
            "left_on": _DAY,
            "takes_part": Field(Kind.CHOICE, among=TAKES_PART),
        },
    ),
    "designations": Field(Kind.ENTRIES, fields=DESIGNATION),
    "series": Field(
        Kind.ENTRIES,
        fields={
            "name": _text(120, required=True),
            "rrule": _text(300, required=True),
            "starts_on": Field(Kind.DAY, required=True),
            "start_time": Field(Kind.TIME, required=True),
            "duration_minutes": _whole(5, 1440, required=True),
            "roll": Field(Kind.CHOICE, among=tuple(Roll)),
            "avoid_makeup": _FLAG,
            "location": _text(200),
        },
    ),
    "deadlines": Field(Kind.ENTRY, fields={step: _whole(-260, 260) for step in PROFILE}),
}
BUNDLE: Final = {
    "version": _whole(VERSION, VERSION, required=True),
    "agencies": Field(Kind.ENTRIES, fields=AGENCY),
    "offices": Field(Kind.ENTRIES, fields=OFFICE),
    "people": Field(Kind.ENTRIES, fields=PERSON),
    "mechanisms": Field(Kind.ENTRIES, fields=MECHANISM),
}

_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)(?:[ T]00:00(?::00)?)?"
)
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::00)?")
_YES = {"true", "yes", "y", "1", "是", "√", "✓"}
_NO = {"false", "no", "n", "0", "否", "×"}


def value_of(kind: Field, name: str, given: str | None, check: Check) -> Any:
    """What a field's text means, None when it is empty; what cannot be taken is noted in `check` under `name`."""
    match kind.kind:
        case Kind.TEXT | Kind.LINES:
            lines = kind.kind is Kind.LINES
            return check.text(name, given, most=kind.most, required=kind.required, lines=lines)
        case Kind.MAIL:
            return check.mail(name, given, required=kind.required)
    text = (given or "").strip()
    if not text:
        if kind.required:
            check.refuse(name, N_("Please fill this in."))
        return None
    match kind.kind:
        case Kind.WHOLE:
            return check.number(name, _whole_of(name, text, check), least=kind.least, most=kind.most)
        case Kind.DAY:
            return check.day(name, _day_of(name, text, check))
        case Kind.TIME:
            if found := _TIME.fullmatch(text):
                return time(int(found[1]), int(found[2]))
            check.refuse(name, N_("Please give a time such as 14:30."))
        case Kind.FLAG:
            if text.lower() in _YES | _NO:
                return text.lower() in _YES
            check.refuse(name, N_("Please write true or false."))
        case Kind.CHOICE:
            return check.choice(name, text, kind.among)
        case Kind.ZONE:
            if text in zone_names():
                return text
            check.refuse(name, N_("Please give a zone name such as Asia/Shanghai."))
        case _:
            check.refuse(name, N_("This must be of the kind %(kind)s."), kind=kind.kind.value)
    return None


def _whole_of(name: str, text: str, check: Check) -> int | None:
    if re.fullmatch(r"[+-]?\d{1,9}", text):
        return int(text)
    check.refuse(name, N_("Please give a whole number."))
    return None


def _day_of(name: str, text: str, check: Check) -> date | None:
    if found := _DATE.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            return date(year, month, day)
        except ValueError:
            pass
    check.refuse(name, N_("Please give a date such as 2026-12-17."))
    return None
