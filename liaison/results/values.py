"""Outcomes and reports as the API gives them."""

from typing import Any
from zoneinfo import ZoneInfo

from liaison.meetings.values import instant
from liaison.results import yuan
from liaison.results.models import Outcome, OutcomeConfirmation
from liaison.results.reconciling import Difference
from liaison.results.sums import Sum
from liaison.results.taking_in import TakenIn


def outcome_json(one: Outcome, *, confirmed: bool | None = None) -> dict[str, Any]:
    """One line; `confirmed` where it was asked."""
    told: dict[str, Any] = {
        "id": str(one.id),
        "mechanism_id": str(one.mechanism_id),
        "agency_id": str(one.agency_id),
        "case_code": one.case_code,
        "closed_on": one.closed_on.isoformat(),
        "beneficiary_group": one.beneficiary_group,
        "cause": one.cause,
        "cases": one.cases,
        "people": one.people,
        "amount_recovered": yuan.plain(one.amount_recovered) if one.amount_recovered is not None else None,
        "result": one.result,
        "counts": one.counts,
        "version": one.version,
    }
    return told if confirmed is None else {**told, "confirmed": confirmed}


def difference_json(one: Difference) -> dict[str, Any]:
    """A case that agencies report differently: its lines, and the fields that differ."""
    return {"case_code": one.case_code, "fields": list(one.fields), "lines": [outcome_json(line) for line in one.lines]}


def confirmation_json(one: OutcomeConfirmation, zone: ZoneInfo) -> dict[str, Any]:
    """An agency's word on a period, with what the figures were."""
    return {
        "id": str(one.id),
        "mechanism_id": str(one.mechanism_id),
        "agency_id": str(one.agency_id),
        "from": one.from_on.isoformat(),
        "to": one.to_on.isoformat(),
        "cases": one.cases,
        "people": one.people,
        "amount_recovered": yuan.plain(one.amount_recovered),
        "confirmed_at": instant(one.confirmed_at, zone),
    }


def sum_json(one: Sum, name: str) -> dict[str, Any]:
    """Cases, people and money under one word, which is given as `name`; null for groups put together with nobody to name."""
    return {
        name: one.word or None,
        "cases": one.cases,
        "people": one.people,
        "amount_recovered": yuan.plain(one.amount_recovered),
    }


def taken_json(taken: TakenIn, *, dry_run: bool) -> dict[str, Any]:
    """What a table brought."""
    return {
        "dry_run": dry_run,
        "new": taken.new,
        "unchanged": taken.unchanged,
        "differing": taken.differing,
        "cases": taken.cases,
        "people": taken.people,
        "amount_recovered": yuan.plain(taken.amount_recovered),
    }
