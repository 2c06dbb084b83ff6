"""年度计划: the year's dates as a table; those ticked are planned by one act."""

from dataclasses import asdict
from datetime import date
from types import SimpleNamespace
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import Words
from liaison.mechanisms import charts
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.rhythm import YearRhythm
from liaison.meetings import annual, queries
from liaison.meetings.clashes import clashes
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.plan_queries import sent_plans
from liaison.meetings.routes.common import renamed
from liaison.meetings.showing import DAY_NAMES
from liaison.meetings.wording import STATE_NAMES, why_moved
from liaison.web.forms import Form, attempt, whole_number
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
YEARS = range(2000, 2200)
LOOKED_BACK = 5
"""Of so many years before the one shown the page says how the promise was kept."""


@get("/mechanisms/{mechanism_id:int}/plan")
async def show_plan(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, year: FromQuery[int | None] = None
) -> Response[Any]:
    """The year's dates by the rules of the series: certain or provisional, whose turn it is, what is planned already."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    return await _page(request, db, viewer, mechanism_id, chosen_year(db, mechanism, year), None)


@post("/mechanisms/{mechanism_id:int}/plan")
async def plan(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Plan the ticked dates as drafts; nobody is told."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    form = await Form.read(request)
    year = chosen_year(db, mechanism, form.whole("year"))
    picks = [picked(one) for one in form.raws("dates")]
    hosts = {
        pick: host for pick, value in zip(picks, form.raws("dates"), strict=True) if (host := form.id(f"host-{value}"))
    }

    async def act() -> annual.Planned:
        try:
            return await annual.plan(db, viewer, mechanism_id, picks, hosts)
        except Invalid as refusal:
            raise renamed(refusal, {f"dates.{number}": "dates" for number in range(len(picks))}) from None

    planned = await attempt(db, form, act(), lambda _: _page(request, db, viewer, mechanism_id, year, form))
    return see_other(f"/mechanisms/{mechanism_id}/plan?year={year}&planned={len(planned.made)}")


@get("/mechanisms/{mechanism_id:int}/plan/print")
async def print_plan(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, year: FromQuery[int | None] = None
) -> Response[Any]:
    """The year's dates on A4."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    chosen = chosen_year(db, mechanism, year)
    rows = await annual.proposals(db, viewer, mechanism, chosen)
    return page(
        request, "meetings/plan_print.html", mechanism=mechanism, year=chosen, rows=rows, state_names=STATE_NAMES
    )


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, year: int, form: Form | None
) -> Response[str]:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    may_plan = may_schedule(viewer, mechanism_id)
    rows = await annual.proposals(db, viewer, mechanism, year)
    coming = [row for row in rows if may_plan and row.meeting is None and row.skipped is None and row.day.date >= today]
    open_rows = [_value(row) for row in coming]
    if form is None:
        form = Form.of(dates=open_rows)
    request.state.form_path = f"/mechanisms/{mechanism_id}/plan"
    done = request.query_params.get("planned", "")
    n = int(done) if done.isascii() and done.isdecimal() and len(done) < 4 else None
    told = words.ngettext(
        "%(n)d meeting is planned as a draft. Nobody has been told.",
        "%(n)d meetings are planned as drafts. Nobody has been told.",
        n or 0,
    )
    if request.query_params.get("sent") == "1":
        n, told = 1, words._("The plan was sent. The meetings are drafts until their notices.")
    sent = await sent_plans(db, mechanism_id, year)
    rhythms = await queries.rhythms_of(db, viewer, mechanism, range(year - LOOKED_BACK, year + 1), today)
    members = await mechanisms.members(db, mechanism_id) if coming else []
    return page(
        request,
        "meetings/plan.html",
        nav="mechanisms",
        mechanism=mechanism,
        year=year,
        series=await queries.series_of(db, mechanism_id, seen_by=viewer),
        rows=[(row, _value(row), why_moved(_why(row), words) if row.day.why else "") for row in rows],
        open_rows=open_rows,
        hosts={
            _value(row): [m.agency for m in members if m.is_member_on(row.day.date) and m.agency.deactivated_at is None]
            for row in coming
        },
        clashes=await clashes(db, viewer, mechanism, rows) if may_plan else {},
        count=_count(words, rhythms[year]) if year in rhythms and rhythms[year].a_year else None,
        years=[
            (each, _count(words, rhythm))
            for each, rhythm in sorted(rhythms.items(), reverse=True)
            if each != year and rhythm.a_year
        ],
        sent=sent[-1] if sent else None,
        ticked=[one for one in open_rows if one in form.raws("dates")],
        form=form,
        may_plan=may_plan,
        day_names=DAY_NAMES,
        state_names=STATE_NAMES,
        toast=SimpleNamespace(text=told, undo_url=None) if n is not None else None,
    )


def _count(words: Words, rhythm: YearRhythm) -> SimpleNamespace:
    return SimpleNamespace(**asdict(rhythm.count) | {"missed": charts.missed_dates(words, rhythm)})


def chosen_year(db: Session, mechanism: Mechanism, asked_for: int | None) -> int:
    """The year that an address or a form names; the present one otherwise."""
    return asked_for if asked_for is not None and asked_for in YEARS else db.clock.today(mechanism.timezone).year


def _why(row: annual.Proposal) -> dict[str, Any]:
    assert row.day.why is not None
    return {"code": row.day.why.code, "params": row.day.why.params}


def _value(row: annual.Proposal) -> str:
    """What a ticked row sends: the series and the date."""
    return f"{row.series.id}:{row.day.date.isoformat()}"


def picked(text: str) -> tuple[int, date]:
    """The same read back; what is no such value names no series and is refused like an unknown one."""
    series, _, day = text.partition(":")
    try:
        return whole_number(series) or 0, date.fromisoformat(day)
    except ValueError:
        return 0, date.min


handlers = [show_plan, plan, print_plan]
