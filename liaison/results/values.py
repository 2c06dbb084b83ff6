"""Outcomes and reports as the API gives them."""

from typing import Any
from zoneinfo import ZoneInfo

from liaison.actions.figures import Figures
from liaison.meetings.values import instant
from liaison.results import yuan
from liaison.results.brief_models import Brief
from liaison.results.models import Outcome, OutcomeConfirmation
from liaison.results.reconciling import Difference
from liaison.results.report import Asked, Report
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
    return {name: one.word or None, **_figures(one)}


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


def brief_json(brief: Brief) -> dict[str, Any]:
    """A brief with what it was drafted from; `from` and `to` of one on results, `meeting_id` of one on a meeting."""
    zone = ZoneInfo(brief.mechanism.timezone)
    return {
        "id": str(brief.id),
        "mechanism_id": str(brief.mechanism_id),
        "kind": brief.kind,
        "from": brief.from_on.isoformat() if brief.from_on else None,
        "to": brief.to_on.isoformat() if brief.to_on else None,
        "meeting_id": str(brief.meeting_id) if brief.meeting_id else None,
        "title": brief.title,
        "text": brief.text,
        "drafted_text": brief.drafted_text,
        "source": brief.source,
        "drafted_at": instant(brief.drafted_at, zone),
        "version": brief.version,
    }


def report_json(report: Report) -> dict[str, Any]:
    """A report: unconfirmed rows count, and `confirmed` says whether all of it is."""
    work = report.work
    return {
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
        **_figures(report.total),
        "amount_words": yuan.in_words(report.total.amount_recovered),
        "confirmed": report.confirmed,
        "groups": [sum_json(one, "beneficiary_group") for one in report.groups],
        "causes": [sum_json(one, "cause") for one in report.causes],
        "agencies": [{"agency_id": str(agency.id), **_figures(one)} for agency, one in report.agencies],
        "adoption": {
            "adopted": report.adoption.adopted,
            "in_part": report.adoption.in_part,
            "not_adopted": report.adoption.not_adopted,
            "percent": str(report.adoption.percent) if report.adoption.percent is not None else None,
        },
        "year_before": _figures(report.year_before),
        "cumulative": {"since": report.since_on.isoformat() if report.since_on else None, **_figures(report.since)},
        "parts": [sum_json(one, "part") for one in report.parts],
        "meetings": {"held": work.meetings_held, "promised": work.meetings_promised},
        "actions": _actions(work.actions) if work.actions else None,
        "notices_received": _asked(work.received),
        "notices_sent": _asked(work.sent),
        "activities": [{"kind": one.kind, "held": one.held, **one.figures} for one in work.activities],
    }


def _figures(one: Sum) -> dict[str, Any]:
    return {"cases": one.cases, "people": one.people, "amount_recovered": yuan.plain(one.amount_recovered)}


def _actions(one: Figures) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("open", "overdue", "done", "on_time", "carried", "extensions")}


def _asked(one: Asked | None) -> dict[str, Any] | None:
    if one is None:
        return None
    average = str(one.average_days) if one.average_days is not None else None
    return {"asked": one.asked, "in_time": one.in_time, "late": one.late, "waiting": one.waiting, "average_days": average}  # fmt: skip
