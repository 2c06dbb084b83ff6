"""不召开: why a promised date is left out, and taking it up again."""

from datetime import date
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries, skipping
from liaison.meetings.models import Series
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.routes.annual import picked
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


@get("/mechanisms/{mechanism_id:int}/plan/skip")
async def skip_form(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, day: FromQuery[str] = ""
) -> Response[Any]:
    """The form in which an officer says why a date is left out."""
    return await _page(request, db, viewer, mechanism_id, Form.of(day=day))


@post("/mechanisms/{mechanism_id:int}/plan/skip")
async def skip(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Leave the date out: it counts as missed, with the reason."""
    form = await Form.read(request)
    series, day = await _date(db, viewer, mechanism_id, form)
    act = skipping.skip(db, viewer, series, day, reason=form.raw("reason"))
    await attempt(db, form, act, lambda _: _page(request, db, viewer, mechanism_id, form))
    return see_other(f"/mechanisms/{mechanism_id}/plan?year={day.year}")


@post("/mechanisms/{mechanism_id:int}/plan/unskip")
async def unskip(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Take a date up again that was left out."""
    series, day = await _date(db, viewer, mechanism_id, await Form.read(request))
    await skipping.unskip(db, viewer, series, day)
    return see_other(f"/mechanisms/{mechanism_id}/plan?year={day.year}")


async def _page(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Response[str]:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    series, day = await _date(db, viewer, mechanism_id, form)
    request.state.form_path = f"/mechanisms/{mechanism_id}/plan/skip"
    return page(
        request,
        "meetings/skip.html",
        nav="mechanisms",
        mechanism=mechanism,
        series=series,
        day=day,
        form=form,
        longest=skipping.LONGEST_REASON,
    )


async def _date(db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> tuple[Series, date]:
    """The series and the date that a row of the plan names. Raises NotFound, NotPermitted, Invalid."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    series_id, day = picked(form.raw("day"))
    series = next(
        (one for one in await queries.series_of(db, mechanism.id, seen_by=viewer) if one.id == series_id), None
    )
    if series is None:
        raise Invalid({"day": N_("This is no date of the series.")})
    return series, day


handlers = [skip_form, skip, unskip]
