"""The steps around a meeting as pages: one step to shift, skip, do early or take back; the steps of a year."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Conflict, Message, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.permissions import may_set_deadlines
from liaison.mechanisms.wording import STEPS
from liaison.meetings import queries, stepping
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_YOURS, may_change
from liaison.meetings.steps import BEFORE, MAILED, NOTICE, StepOf, steps_of
from liaison.reminders.doing import NOBODY, do_step, mails_of
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other, words_of

ACTS = {
    "shift": N_("Shift to another day"),
    "skip": N_("Skip"),
    "do": N_("Do now"),
    "undo": N_("Take back"),
}


@get("/meetings/{meeting_id:int}/steps/{step:str}")
async def step_form(
    request: AnyRequest,
    db: NamedDependency[Session],
    viewer: NamedDependency[Viewer],
    meeting_id: FromPath[int],
    step: FromPath[str],
) -> Response[str]:
    """One step, and what can be done to it."""
    return await _step_page(request, db, viewer, meeting_id, step, Form.of(act=request.query_params.get("act", "")))


@post("/meetings/{meeting_id:int}/steps/{step:str}")
async def change_step(
    request: AnyRequest,
    db: NamedDependency[Session],
    viewer: NamedDependency[Viewer],
    meeting_id: FromPath[int],
    step: FromPath[str],
) -> Response[Any]:
    """Shift it, skip it, do it now or take that back."""
    form = await Form.read(request)
    request.state.form_path = request.url.path
    meeting = await _meeting(db, viewer, meeting_id)
    act = _act(db, viewer, meeting, step, form)
    await attempt(db, form, act, lambda theirs: _step_page(request, db, viewer, meeting_id, step, form, theirs))
    done = {"shift": "step_shifted", "skip": "step_skipped", "do": "step_done"}.get(form.raw("act"), "step_undone")
    return see_other(f"/meetings/{meeting_id}?done={done}#steps")


async def _act(db: Session, viewer: Viewer, meeting: Meeting, step: str, form: Form) -> None:
    version, reason = form.whole("version"), form.raw("reason")
    form.choice("act", form.raw("act"), tuple(ACTS))
    due_on = form.date("due_on") if form.raw("act") == "shift" else None
    form.done()
    match form.raw("act"):
        case "shift":
            await stepping.shift_step(db, viewer, meeting, step, due_on=due_on, reason=reason, version=version)
        case "skip":
            await stepping.skip_step(db, viewer, meeting, step, reason=reason, version=version)
        case "do":
            await do_step(db, viewer, meeting, step, reason=reason, version=version)
        case _:
            await stepping.undo_step(db, viewer, meeting, step, version=version)


async def _meeting(db: Session, viewer: Viewer, meeting_id: int) -> Meeting:
    meeting = await queries.get(db, viewer, meeting_id)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    return meeting


async def _step_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    meeting_id: int,
    step: str,
    form: Form,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    meeting = await _meeting(db, viewer, meeting_id)
    one = next((each for each in await stepping.steps_shown(db, meeting) if each.step == step), None)
    if one is None:
        raise NotFound
    form.values.setdefault("due_on", [one.date.isoformat()])
    if theirs or not form.given("version"):
        form.values["version"] = [str(one.version)]
    words = words_of(request)
    acts, mails = _acts(meeting, one, db.now()), 0
    nobody: Message | None = None
    if "do" in acts and step in MAILED:
        try:
            mails = await mails_of(db, viewer, meeting, step)
            nobody = None if mails else Message(NOBODY)
        except Conflict as refusal:
            nobody = refusal.message
        acts = [act for act in acts if act != "do" or mails]
    texts = {name: words._(text) for name, text in ACTS.items()}
    if mails:
        texts["do"] = words.ngettext("Do now: %(n)d mail", "Do now: %(n)d mails", mails)
    return page(
        request,
        "reminders/step.html",
        nav="meetings",
        meeting=meeting,
        step=one,
        acts=[(name, texts[name]) for name in acts],
        nobody=nobody.worded(words._) if nobody else "",
        form=form,
        theirs=theirs or {},
        labels={"due_on": words._("New day"), "reason": words._("Reason"), "act": words._("What is to be done")},
        step_names=STEPS,
        is_mailed=step in MAILED,
    )


def _acts(meeting: Meeting, one: StepOf, now: datetime) -> list[str]:
    """What can be done to a step as it stands."""
    if one.step in BEFORE and meeting.starts_at <= now:
        return []
    if one.state == "done":
        return ["undo"] if one.can_be_undone else []
    found = ["shift", *(["skip"] if one.state != "skipped" else []), *(["do"] if one.step != NOTICE else [])]
    return [*found, "undo"] if one.can_be_undone else found


@get("/mechanisms/{mechanism_id:int}/steps")
async def year_of_steps(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], mechanism_id: FromPath[int]
) -> Response[str]:
    """Every step around the meetings of a year, meeting by meeting; to be printed as well."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    today = db.clock.today(mechanism.timezone)
    given = request.query_params.get("year", "")
    year = int(given) if given.isascii() and given.isdecimal() and 1950 <= int(given[:5]) <= 2199 else today.year
    start, end = (
        datetime.combine(date(each, 1, 1), time.min, ZoneInfo(mechanism.timezone)) for each in (year, year + 1)
    )
    found = await queries.between(db, viewer, mechanism.id, start, end)
    meetings = [one for one in found if one.cancelled_at is None]
    rows = await stepping.rows_of(db, [one.id for one in meetings])
    return page(
        request,
        "reminders/year.html",
        nav="mechanisms",
        mechanism=mechanism,
        year=year,
        today=today,
        meetings=[(one, steps_of(one, rows[one.id], today)) for one in meetings],
        acts_for=viewer.acts_for(mechanism.id) is not None,
        may_set=may_set_deadlines(viewer, mechanism.id),
        step_names=STEPS,
    )


router = Router("/", route_handlers=[step_form, change_step, year_of_steps])
