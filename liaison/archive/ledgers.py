"""The ledgers and figures of an archive, each as a table for people and one for programs."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from liaison.actions import queries as actions
from liaison.actions.figure_queries import of_period
from liaison.actions.figures import Figures, total
from liaison.actions.ledger_export import rows_now
from liaison.actions.ledger_table import HEADINGS, NUMBER
from liaison.actions.models import ActionItem
from liaison.actions.permissions import may_read_end
from liaison.actions.values import action_json, progress_json
from liaison.archive.filing import CONTACTS, FIGURES, LEDGER, Filed
from liaison.archive.packing import Packer
from liaison.archive.pages import FileShown
from liaison.archive.scope import Scope
from liaison.db import Session
from liaison.meetings import activity_queries
from liaison.meetings.activity_table import Held
from liaison.meetings.activity_table import table_of as activity_table
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.meetings.seen import visible_to
from liaison.notices import contact_queries
from liaison.notices.contact_table import table_of as contact_table
from liaison.results import queries as outcomes
from liaison.results.models import Outcome
from liaison.results.outcome_table import table_of as outcome_table
from liaison.results.permissions import is_outside
from liaison.results.report_shown import figures_of
from liaison.results.reporting import report

FOLDER = "ledgers"
_AT_ONCE = 80


async def ledgers(db: Session, scope: Scope, packer: Packer | None) -> list[FileShown]:
    """All of them."""
    words = scope.words
    action_table, items = await _actions(db, scope)
    tables = (
        (LEDGER, words._("Ledger of action items"), action_table),
        (FIGURES, words._("Figures of action items"), await _figures(db, scope)),
        (LEDGER, words._("Joint activities"), await _activities(db, scope)),
        (LEDGER, words._("Outcomes"), await _outcomes(db, scope)),
        (FIGURES, words._("Figures of outcomes"), await _results(db, scope)),
        (CONTACTS, words._("Contact log"), await _contacts(db, scope)),
    )
    if packer is None:
        return []
    await asyncio.to_thread(packer.add_json, packer.path(FOLDER, "actions.json"), {"items": items})
    return [await _kept(scope, packer, *one) for one in tables]


async def _kept(scope: Scope, packer: Packer, kind: str, title: str, table: Sequence[Sequence[str]]) -> FileShown:
    by = scope.viewer.agency_short_name if kind == CONTACTS else scope.mechanism.name
    on = min(scope.last, scope.today)
    path = await asyncio.to_thread(packer.add_table, FOLDER, title, table, Filed(kind, title, by, "", on))
    return FileShown(title, path, "")


async def _actions(db: Session, scope: Scope) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """落实台账: what was open in these days, or ended in them, as it stands now; and the same for programs, with how each went."""
    names = [name for name in HEADINGS if name != NUMBER]  # that one ties a row to a form that comes back
    table = [[scope.words._(HEADINGS[name]) for name in names]]
    items: list[dict[str, Any]] = []
    filters, after = actions.Filters(mechanism_id=scope.mechanism.id), 0
    while some := await actions.listing(db, scope.viewer, filters, today=scope.today, after=after, limit=_AT_ONCE):
        after = some[-1].id
        wanted = [one for one in some if _touches(scope, one)]
        rows = await rows_now(db, scope.viewer, wanted, scope.words)
        table += [[row[name] for name in names] for row in rows.values()]
        carried = await actions.carried(db, wanted)
        items += [await _item(db, scope, one, carried.get(one.id, 0)) for one in wanted]
        db.expunge_all()
        await asyncio.sleep(0)
    scope.counts["actions"] = len(table) - 1
    return table, items


async def _item(db: Session, scope: Scope, one: ActionItem, carried: int) -> dict[str, Any]:
    await asyncio.sleep(0)
    found = action_json(one, scope.today, carried, tells_end=may_read_end(scope.viewer, one, scope.now))
    progress = await actions.progress_of(db, scope.viewer, one)
    return {**found, "progress": [progress_json(each, scope.zone) for each in reversed(progress)]}


def _touches(scope: Scope, one: ActionItem) -> bool:
    return one.assigned_on <= scope.last and (one.ended_at is None or scope.local(one.ended_at) >= scope.first)


async def _figures(db: Session, scope: Scope) -> list[list[str]]:
    words, last = scope.words, min(scope.last, scope.today)
    heads = [
        words._("Responsible agency"), words._("Not done yet"), words._("To be closed"), words._("Overdue"), words._("Done"),
        words._("On time"), words._("Average days late"), words._("Carried over"), words._("Extensions"),
    ]  # fmt: skip
    if last < scope.first:
        return [heads]
    found = await of_period(db, scope.viewer, scope.first, last, mechanism_id=scope.mechanism.id)
    named = [(agency.short_name, one) for agency, one in found]
    if len(found) > 1:
        named.append((words._("Total"), total([one for _, one in found])))
    return [heads, *(_figures_row(name, one) for name, one in named)]


def _figures_row(name: str, one: Figures) -> list[str]:
    late = "—" if one.average_days_late is None else one.average_days_late
    numbers = (one.open, one.waiting, one.overdue, one.done, one.on_time, late, one.carried, one.extensions)
    return [name, *(str(n) for n in numbers)]


async def _activities(db: Session, scope: Scope) -> list[list[str]]:
    found: list[Held] = []
    for year in await _years(db, scope):
        of_year = await activity_queries.of_year(db, scope.viewer, scope.mechanism.id, year)
        found += [one for one in of_year if one.meeting.state != "draft"]
        await asyncio.sleep(0)
    scope.counts["activities"] = len(found)
    return activity_table(scope.words, found)


async def _outcomes(db: Session, scope: Scope) -> list[list[str]]:
    """成效台账: every agency's lines of these days, for the people of member agencies; a reader has the figures."""
    lines: list[Outcome] = []
    filters, after = outcomes.Filters(scope.first, scope.last), 0
    reads = not is_outside(scope.viewer, scope.mechanism.id) or scope.viewer.via == "cli"
    while reads and (
        some := await outcomes.by_number(db, scope.viewer, scope.mechanism, filters, after=after, limit=_AT_ONCE)
    ):
        after = some[-1].id
        lines += some
        await asyncio.sleep(0)
    scope.counts["outcomes"] = len(lines)
    return outcome_table(scope.words, sorted(lines, key=lambda one: (one.closed_on, one.id)))


async def _results(db: Session, scope: Scope) -> list[list[str]]:
    """What they add up to by group, cause, agency and year, each table below its heading."""
    last = min(scope.last, scope.today)
    span = await outcomes.span(db, scope.viewer, scope.mechanism)
    if span is None or last < scope.first:
        return [[scope.words._("Outcomes")]]
    found = await report(db, scope.viewer, scope.mechanism, scope.first if scope.year is not None else None, last)
    return [
        row for one in figures_of(scope.words, found) for row in ([one.title], list(one.heads), *map(list, one.rows))
    ]


async def _years(db: Session, scope: Scope) -> list[int]:
    if scope.year is not None:
        return [scope.year]
    query = select(func.min(Meeting.local_start), func.max(Meeting.local_start)).where(
        Meeting.mechanism_id == scope.mechanism.id, Meeting.kind.in_(ACTIVITIES), visible_to(scope.viewer)
    )
    first, last = (await db.execute(query)).one()
    return list(range(first.year, last.year + 1)) if first is not None else []


async def _contacts(db: Session, scope: Scope) -> list[list[str]]:
    """日常联络记录 of the own agency."""
    entries, before = [], None
    filters = contact_queries.Filters(mechanism_id=scope.mechanism.id)
    while some := await contact_queries.listed(db, scope.viewer, filters, before=before, limit=_AT_ONCE):
        before = some[-1].id
        entries += [one for one in some if scope.holds(one.on)]
        if some[-1].on < scope.first:
            break
        await asyncio.sleep(0)
    scope.counts["contacts"] = len(entries)
    return contact_table(scope.words, reversed(entries))
