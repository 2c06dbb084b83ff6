"""Joint activities: what was counted at one, and a mechanism's year of them, as a page and as a table to take along."""

import asyncio
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents import spreadsheet
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import activities, activity_queries, queries
from liaison.meetings.activity_models import COUNTED, FIGURES, ActivityFigures
from liaison.meetings.activity_table import sums, table_of
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.meetings.permissions import may_schedule
from liaison.meetings.routes.annual import chosen_year
from liaison.meetings.routes.common import both_versions, keep_version, shown
from liaison.meetings.wording import FIGURE_NAMES, KIND_NAMES, STATE_NAMES
from liaison.web.attached import attached
from liaison.web.forms import Form, attempt, whole_number
from liaison.web.pages import AnyRequest, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


@get("/mechanisms/{mechanism_id:int}/activities")
async def year_of_activities(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The activities of `?year=` (this one), of one `?kind=` or of all, with their sums."""
    mechanism, year, kind = await _asked(request, db, viewer, mechanism_id)
    rows = await activity_queries.of_year(db, viewer, mechanism.id, year, kind=kind)
    return shown(
        request,
        "meetings/activities.html",
        mechanism=mechanism,
        year=year,
        kind=kind,
        kept=f"&kind={kind}" if kind else "",
        kinds=ACTIVITIES,
        rows=rows,
        totals=sums(rows),
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        figure_names=FIGURE_NAMES,
        schedules=may_schedule(viewer, mechanism.id) and not mechanism.has_ended(db.clock.today(mechanism.timezone)),
    )


@get("/mechanisms/{mechanism_id:int}/activities.xlsx")
async def year_table(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """The same as a table."""
    mechanism, year, kind = await _asked(request, db, viewer, mechanism_id)
    words = words_of(request)
    rows = table_of(words, await activity_queries.of_year(db, viewer, mechanism.id, year, kind=kind))
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Joint activities"): rows})
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=attached(f"activities-{year}.xlsx"))


@get("/meetings/{meeting_id:int}/figures")
async def figures_form(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[str]:
    """The form, filled with what was entered."""
    meeting = await _countable(db, viewer, meeting_id)
    found = await activity_queries.figures(db, meeting.id)
    said = {name: getattr(found, name) for name in FIGURES if found is not None}
    return await _page(request, db, viewer, meeting_id, Form.of(**said), found)


@post("/meetings/{meeting_id:int}/figures")
async def count_figures(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[Any]:
    """Enter what was counted."""
    form = await Form.read(request)
    meeting = await _countable(db, viewer, meeting_id)

    async def act() -> None:
        figures = {name: form.whole(name) for name in COUNTED[meeting.kind]}
        form.done()
        await activities.count(db, viewer, meeting, figures, version=form.whole("version"))

    async def again(theirs: Any) -> Response[str]:
        found = await activity_queries.figures(db, meeting_id)
        return await _page(request, db, viewer, meeting_id, form, found, theirs=theirs)

    await attempt(db, form, act(), again)
    return see_other(f"/meetings/{meeting_id}?done=counted")


async def _asked(
    request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int
) -> tuple[Mechanism, int, str | None]:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    kind = request.query_params.get("kind")
    year = chosen_year(db, mechanism, whole_number(request.query_params.get("year")))
    return mechanism, year, kind if kind in ACTIVITIES else None


async def _countable(db: Session, viewer: Viewer, meeting_id: int) -> Meeting:
    """An activity whose figures this viewer enters. Raises NotFound, NotPermitted, Conflict."""
    meeting = await queries.get(db, viewer, meeting_id)
    await activities.ask_count(db, viewer, meeting)
    return meeting


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    meeting_id: int,
    form: Form,
    found: ActivityFigures | None,
    *,
    theirs: Any = None,
) -> Response[str]:
    meeting = await _countable(db, viewer, meeting_id)
    words = words_of(request)
    labels = {name: words._(FIGURE_NAMES[name]) for name in COUNTED[meeting.kind]}
    if found is not None:
        keep_version(form, found.version, stale=bool(theirs))
    return shown(
        request,
        "meetings/figures.html",
        path=f"/meetings/{meeting_id}/figures",
        form=form,
        meeting=meeting,
        counted=COUNTED[meeting.kind],
        labels=labels,
        stale=both_versions(request, form, theirs or {}, labels),
    )


handlers = [year_of_activities, year_table, figures_form, count_figures]
