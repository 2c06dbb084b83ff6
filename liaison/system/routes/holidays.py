"""放假安排: the operator enters a year's schedule or corrects a day, sees what would change, and confirms; everybody may read the days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.calendaring.holiday_notice import Problem, Schedule, ScheduleRefused
from liaison.calendaring.holiday_table import decoded, parse_schedule
from liaison.calendaring.workdays import DayKind, region_calendar
from liaison.db import Session
from liaison.errors import NotFound
from liaison.i18n import N_
from liaison.mechanisms.rhythm import year_named
from liaison.mechanisms.wording import STEPS as MEETING_STEPS
from liaison.meetings.month import month_of
from liaison.meetings.showing import DAY_NAMES
from liaison.meetings.wording import KIND_NAMES
from liaison.system import holiday_queries as queries
from liaison.system import holidays
from liaison.system.holidays import Act, CorrectDay, EnterYear, UndoDay, UndoYear
from liaison.system.wording import ACTION_STEPS
from liaison.web.forms import Form, FormAgain, attempt
from liaison.web.pages import AnyRequest, page, see_other, settings_of, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Operator = NamedDependency[Viewer]
Region = FromPath[str]
Year = FromPath[str]
LONGEST_TEXT: Final = 40_000
"""Characters; a notice has two thousand."""
MANY: Final = 200
"""Deadlines that one page lists; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One region and year of the list."""

    region: str
    year: int
    official: bool


@get("/system/holidays")
async def index(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """The years of each region that is used here, and the form for another one."""
    named = year_named(request.query_params.get("year", ""))
    region = request.query_params.get("region") or settings_of(request).region
    form = Form.of(region=region, year=named, status="official")
    return await _index(request, db, form)


@post("/system/holidays")
async def enter(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """Read what was pasted; show what would change, and enter it once that was confirmed."""
    form = await Form.read(request)
    if form.ticked("back"):
        raise FormAgain(await _index(request, db, form), 200)
    region = form.raw("region")
    if region not in await queries.regions(db):
        raise NotFound
    file = (await request.form()).get("file")
    if isinstance(file, UploadFile) and (content := await file.read()):
        form.values["text"] = [decoded(content)]
    year = form.whole("year")
    try:
        schedule = _read(form, region, year)
    except ScheduleRefused as refusal:
        raise FormAgain(await _index(request, db, form, refusal.problems)) from None
    if form.errors:
        raise FormAgain(await _index(request, db, form))
    act = EnterYear(schedule.year, form.raw("status") != "provisional", schedule.days, form.given("source"))
    return await _preview_or_apply(request, db, operator, form, region, act)


@get("/calendar/{region:str}/{year:str}")
async def show_year(request: AnyRequest, db: Db, viewer: Me, region: Region, year: Year) -> Response[Any]:
    """The days of a year, month by month, for everybody."""
    return await _year(request, db, viewer, region, year, Form())


@post("/calendar/{region:str}/{year:str}/day")
async def correct(request: AnyRequest, db: Db, operator: Operator, region: Region, year: Year) -> Response[Any]:
    """Correct one day, with a reason."""
    form = await Form.read(request)
    await queries.year_of_days(
        db, region, year_named(year) or 0
    )  # not there is not found, before anything typed is looked at
    on, kind = form.date("on"), form.raw("kind")
    if on is None:
        form.refuse("on", N_("Please give a date."))
    elif on.year != year_named(year):
        form.refuse("on", N_("Please give a date of this year."))
    if kind not in KINDS:
        form.refuse("kind", N_("Please choose one from the list."))
    if form.errors or on is None:
        raise FormAgain(await _year(request, db, operator, region, year, form))
    act = CorrectDay(on, _kind(region, on, kind), form.raw("reason").strip())
    return await _preview_or_apply(request, db, operator, form, region, act)


@post("/calendar/{region:str}/{year:str}/undo")
async def undo(request: AnyRequest, db: Db, operator: Operator, region: Region, year: Year) -> Response[Any]:
    """Take back the schedule that counts, or one correction."""
    form = await Form.read(request)
    await queries.year_of_days(db, region, year_named(year) or 0)
    entry, correction = form.id("entry"), form.id("correction")
    act: Act = UndoYear(entry) if entry else UndoDay(correction or 0)
    return await _preview_or_apply(request, db, operator, form, region, act)


KINDS: Final = {"off": N_("Day off"), "worked": N_("Worked"), "plain": N_("As the day of the week says")}


def _kind(region: str, on: date, chosen: str) -> DayKind:
    """What was chosen, in the calendar's words: a day of the weekend is worked in return, any other as usual."""
    is_weekend = on.weekday() in region_calendar(region).weekend
    if chosen == "off":
        return DayKind.HOLIDAY
    if chosen == "worked":
        return DayKind.MAKEUP if is_weekend else DayKind.WORKDAY
    return DayKind.WEEKEND if is_weekend else DayKind.WORKDAY


def _read(form: Form, region: str, year: int | None) -> Schedule:
    text = form.raw("text")
    if not text.strip():
        form.refuse("text", N_("Please fill this in."))
    if len(text) > LONGEST_TEXT:
        form.refuse("text", N_("Please use at most %(most)s characters; this has %(count)s."), most=LONGEST_TEXT, count=len(text))  # fmt: skip
    if form.errors:
        return Schedule(0, ())
    return parse_schedule(text, year=year, weekend=region_calendar(region).weekend)


async def _preview_or_apply(
    request: AnyRequest, db: Session, operator: Viewer, form: Form, region: str, act: Act
) -> Response[Any]:
    """The same form twice: first what would change, with its fields kept on the page, then the act."""

    async def again(theirs: Mapping[str, Any]) -> Response[str]:
        if isinstance(act, EnterYear):
            return await _index(request, db, form)
        return await _year(request, db, operator, region, request.path_params["year"], form)

    choice = form.raw("confirmed")
    if choice:
        verb = holidays.apply(db, operator, region, act, move=choice == "move", version=form.whole("version"))
        done = await attempt(db, form, verb, again)
        year = request.path_params.get("year") or str(act.year if isinstance(act, EnterYear) else 0)
        return see_other(f"/calendar/{region}/{year}?moved={done.moved}")
    found = await attempt(db, form, holidays.preview(db, operator, region, act), again)
    request.state.form_path = "/system/holidays"
    kept = [(name, text) for name, texts in form.values.items() for text in texts]
    raise FormAgain(
        page(
            request,
            "system/holidays_preview.html",
            nav="system",
            region=region,
            act=act,
            found=found,
            effects=found.effects,
            many=MANY,
            kept=[(name, text) for name, text in kept if name not in ("_csrf_token", "version", "confirmed", "back")],
            path=request.url.path,
            is_year=isinstance(act, EnterYear),
            day_names=DAY_NAMES,
            kind_names=KIND_NAMES,
            meeting_steps=MEETING_STEPS,
            action_steps=ACTION_STEPS,
        ),
        200,
    )


async def _index(request: AnyRequest, db: Session, form: Form, problems: list[Problem] | None = None) -> Response[Any]:
    regions = await queries.regions(db)
    today = db.clock.today(settings_of(request).timezone)
    lines = [
        Line(region, year, region_calendar(region).is_certain(date(year, 1, 1)))
        for region in regions
        for year in range(today.year + 1, today.year - 2, -1)
    ]
    request.state.form_path = "/system/holidays"
    return page(
        request,
        "system/holidays.html",
        nav="system",
        form=form,
        problems=problems or [],
        regions=regions,
        region_options=[(each, each) for each in regions],
        lines=lines,
        this_year=today.year,
    )


async def _year(request: AnyRequest, db: Session, viewer: Viewer, region: str, year: str, form: Form) -> Response[Any]:
    found = await queries.year_of_days(db, region, year_named(year) or 0)
    today = db.clock.today(settings_of(request).timezone)
    words = words_of(request)
    moved = request.query_params.get("moved", "")
    n = int(moved) if moved.isascii() and moved.isdecimal() and len(moved) < 5 else None
    told = words.ngettext("Done. %(n)d meeting moved.", "Done. %(n)d meetings moved.", n) if n else words._("Done.")
    request.state.form_path = f"/calendar/{region}/{year}"
    return page(
        request,
        "system/days.html",
        nav="system" if viewer.operator else "mechanisms",
        found=found,
        months=[month_of(date(found.year, n, 1), found.calendar, today, []) for n in range(1, 13)],
        form=form,
        kind_names=KIND_NAMES,
        kind_options=[(value, words._(text)) for value, text in KINDS.items()],
        day_names=DAY_NAMES,
        may_change=viewer.operator,
        toast=SimpleNamespace(text=told, undo_url=None) if n is not None else None,
    )


handlers = [index, enter, show_year, correct, undo]
