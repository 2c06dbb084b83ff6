"""会议系列: the rhythms of a mechanism's regular meetings, and the form in which an officer sets one."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import Roll
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import sees_until
from liaison.meetings import patterns, queries, suggesting
from liaison.meetings import series as verbs
from liaison.meetings.models import Series
from liaison.meetings.patterns import Pattern
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.routes.common import both_versions
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Page = Response[Any]
LABELS = {
    "name": N_("Name and title of its meetings"),
    "pattern": N_("Rhythm"),
    "nth": N_("Which one"),
    "weekday": N_("Weekday"),
    "month": N_("Month of the quarter"),
    "rrule": N_("Recurrence rule"),
    "starts_on": N_("Dates from"),
    "start_time": N_("Begins at"),
    "duration_minutes": N_("Length in minutes"),
    "location": N_("Place"),
    "roll": N_("When a date falls on a free day"),
}


@get("/mechanisms/{mechanism_id:int}/series")
async def series_of_mechanism(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Every series in words, with its next dates."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    rows = await queries.series_of(db, mechanism_id, seen_by=viewer)
    return page(
        request,
        "meetings/series.html",
        nav="mechanisms",
        mechanism=mechanism,
        rows=[(one, await suggesting.coming(db, one, mechanism)) for one in rows],
        sees_dates=sees_until(viewer, mechanism_id, db.clock.today(mechanism.timezone)) is None,
        said=patterns.said,
        roll_names=patterns.ROLL_NAMES,
        may_plan=may_schedule(viewer, mechanism_id),
    )


@get("/mechanisms/{mechanism_id:int}/series/new")
async def new_series(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """The form, filled with the rhythm that meets no holiday: the third Thursday of the quarter's last month."""
    mechanism = await _mechanism(db, viewer, mechanism_id)
    form = Form.of(
        name=words_of(request)._("%(mechanism)s joint meeting", mechanism=mechanism.short_name),
        **_pattern_fields(Pattern(patterns.QUARTER)),
        starts_on=db.clock.today(mechanism.timezone),
        start_time="14:30",
        duration_minutes=120,
        roll=Roll.FOLLOWING.value,
        avoid_makeup=1,
    )
    return await _page(request, db, viewer, mechanism_id, form, None, {})


@post("/mechanisms/{mechanism_id:int}/series/new")
async def add_series(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Enter it; nothing is planned by that."""
    form = await Form.read(request)
    await _mechanism(db, viewer, mechanism_id)
    act = _add(db, viewer, mechanism_id, form)
    await attempt(db, form, act, lambda theirs: _page(request, db, viewer, mechanism_id, form, None, theirs))
    return see_other(f"/mechanisms/{mechanism_id}/series")


@get("/series/{series_id:int}/edit")
async def edit_series(request: AnyRequest, db: Db, viewer: Me, series_id: Id) -> Page:
    """The same form for one that is there."""
    series = await queries.series(db, viewer, series_id)
    form = Form.of(
        name=series.name,
        **_pattern_fields(patterns.pattern_of(series.rrule, series.roll)),
        rrule=series.rrule,
        starts_on=series.starts_on,
        start_time=f"{series.start_time:%H:%M}",
        duration_minutes=series.duration_minutes,
        location=series.location,
        roll=series.roll,
        avoid_makeup=1 if series.avoid_makeup else None,
        version=series.version,
    )
    return await _page(request, db, viewer, series.mechanism_id, form, series, {})


@post("/series/{series_id:int}/edit")
async def change_series(request: AnyRequest, db: Db, viewer: Me, series_id: Id) -> Page:
    """Change it; meetings that are planned keep their dates."""
    form = await Form.read(request)
    series = await queries.series(db, viewer, series_id)
    mechanism_id = series.mechanism_id
    await _mechanism(db, viewer, mechanism_id)

    async def again(theirs: Mapping[str, Any]) -> Page:
        return await _page(request, db, viewer, mechanism_id, form, await queries.series(db, viewer, series_id), theirs)

    await attempt(db, form, _change(db, viewer, series, form), again)
    return see_other(f"/mechanisms/{mechanism_id}/series")


async def _add(db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Series:
    return await verbs.add_series(db, viewer, mechanism_id, name=form.raw("name"), **_fields(form))


async def _change(db: Session, viewer: Viewer, series: Series, form: Form) -> Series:
    version = form.whole("version")
    return await verbs.change_series(db, viewer, series, version=version, name=form.raw("name"), **_fields(form))


def _fields(form: Form) -> dict[str, Any]:
    """What the form says in the verb's words. Raises Invalid where a rhythm is not one of those offered."""
    kind = form.choice("pattern", form.raw("pattern"), patterns.PATTERNS)
    roll = form.raw("roll")
    rrule = form.raw("rrule")
    if kind != patterns.RULE:
        nth = form.choice("nth", form.raw("nth"), [str(n) for n in patterns.NTHS])
        weekday = form.choice("weekday", form.raw("weekday"), patterns.WEEKDAY_NAMES)
        month = form.choice("month", form.raw("month"), [str(n) for n in patterns.MONTHS])
        if not form.errors:
            rrule = patterns.rrule_of(Pattern(kind, int(nth), weekday, int(month)))
        roll = Roll.PRECEDING.value if kind == patterns.QUARTER_END else roll
    fields = {
        "rrule": rrule,
        "starts_on": form.date("starts_on"),
        "start_time": form.time("start_time"),
        "duration_minutes": form.whole("duration_minutes"),
        "location": form.raw("location"),
        "roll": roll,
        "avoid_makeup": form.ticked("avoid_makeup"),
    }
    form.done()
    return fields


def _pattern_fields(pattern: Pattern) -> dict[str, Any]:
    return {"pattern": pattern.kind, "nth": pattern.nth, "weekday": pattern.weekday, "month": pattern.month}


async def _mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    form: Form,
    series: Series | None,
    theirs: Mapping[str, Any],
) -> Page:
    mechanism = await _mechanism(db, viewer, mechanism_id)
    words = words_of(request)
    labels = {name: words._(label) for name, label in LABELS.items()}
    request.state.form_path = f"/series/{series.id}/edit" if series else f"/mechanisms/{mechanism_id}/series/new"
    if theirs and series:
        form.values["version"] = [str(series.version)]
    return page(
        request,
        "meetings/series_form.html",
        nav="mechanisms",
        mechanism=mechanism,
        series=series,
        form=form,
        labels=labels,
        stale=both_versions(request, form, theirs, labels),
        nths=list(patterns.nth_names(words).items()),
        weekdays=[(code, words._(name)) for code, name in patterns.WEEKDAY_NAMES.items()],
        months=list(patterns.month_names(words).items()),
        rolls=[(code, words._(name)) for code, name in patterns.ROLL_NAMES.items()],
    )


handlers = [series_of_mechanism, new_series, add_series, edit_series, change_series]
