"""What a line of outcomes says, checked the same whether it was typed, pasted, imported or sent by a program. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from liaison.checks import Check
from liaison.i18n import N_
from liaison.results import terms, yuan
from liaison.results.models import SAID

_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Signs that nobody sees, by which one case would be two."""
MOST_CASES, MOST_PEOPLE = 9_999, 999_999


@dataclass(frozen=True, slots=True)
class Said:
    """A case that was closed: its code, the local date, and what came of it; the sum in yuan."""

    case_code: str
    closed_on: date
    beneficiary_group: str
    cause: str
    cases: int
    people: int
    amount_recovered: Decimal | None
    result: str | None

    def facts(self) -> dict[str, Any]:
        """By the names of the columns."""
        return {name: getattr(self, name) for name in ("case_code", *SAID)}

    def says(self) -> tuple[Any, ...]:
        """All but the code, to be compared with `Outcome.says`."""
        return tuple(getattr(self, name) for name in SAID)


def said(
    check: Check,
    *,
    case_code: str | None,
    closed_on: date | None,
    beneficiary_group: str | None,
    cause: str | None,
    cases: int | None,
    people: int | None,
    amount_recovered: str | None,
    result: str | None,
    today: date,
    unit: Decimal = Decimal(1),
) -> Said | None:
    """The line, or None with what is wrong noted by field in `check`. `cases` is 1 unless given; `amount_recovered` as it was written, a bare
    number in `unit` yuan."""
    before = len(check.errors)
    code = " ".join(check.required_text("case_code", _UNSEEN.sub("", case_code or ""), most=60).split())
    closed_on = check.day("closed_on", closed_on, required=True)
    if closed_on is not None and closed_on > today:
        check.refuse("closed_on", N_("This lies in the future."))
    group = check.required_text("beneficiary_group", beneficiary_group, most=40)
    cause = check.required_text("cause", cause, most=80)
    cases = check.number("cases", 1 if cases is None else cases, least=0, most=MOST_CASES)
    people = check.number("people", people, least=0, most=MOST_PEOPLE, required=True)
    amount = None
    try:
        amount = yuan.amount_in(amount_recovered or "", unit=unit)
    except yuan.Unclear as problem:
        check.refuse("amount_recovered", problem.msgid)
    result = check.text("result", result, most=60)
    if len(check.errors) > before or closed_on is None or cases is None or people is None:
        return None
    return Said(
        case_code=code,
        closed_on=closed_on,
        beneficiary_group=terms.kept(group, terms.GROUPS),
        cause=terms.kept(cause, terms.CAUSES),
        cases=cases,
        people=people,
        amount_recovered=amount,
        result=terms.kept(result, terms.RESULTS) if result else None,
    )
