"""下次会议, fixed in the meeting: a date chosen on the month's working-day calendar, with what it clashes with."""

from datetime import date
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.meetings import following, queries
from liaison.meetings.holding import may_record_now
from liaison.meetings.models import Meeting
from liaison.meetings.month import first_of, month_of
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.routes.common import labels_of, renamed, shown
from liaison.meetings.routes.new import kind_of_day
from liaison.meetings.showing import DAY_NAMES
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

LABELS = {"date": N_("Date"), "time": N_("Begins at"), "location": N_("Place"), "next_meeting_id": N_("Which meeting")}


@get("/meetings/{meeting_id:int}/next")
async def next_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """The form with the date that is planned or proposed; `?date=` is one clicked in the calendar, `?month=` the month shown."""
    meeting = await queries.get(db, viewer, meeting_id)
    given = request.query_params
    there = await following.fixed(db, viewer, meeting)
    start, which = (there.local_start, there) if there else await following.proposed(db, viewer, meeting)
    start = start or meeting.local_start
    form = Form.of(
        date=given.get("date") or (start.date() if start > meeting.local_start else None),
        time=given.get("time") or f"{start:%H:%M}",
        location=given.get("location") if "location" in given else (which or meeting).location,
        next_meeting_id=given.get("next_meeting_id") if "next_meeting_id" in given else which.id if which else None,
    )
    return await _page(request, db, viewer, meeting_id, form)


@post("/meetings/{meeting_id:int}/next")
async def fix_next(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """Fix it; nobody is told."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    await attempt(db, form, _fix(db, viewer, meeting, form), lambda _: _page(request, db, viewer, meeting_id, form))
    return see_other(f"/meetings/{meeting_id}?done=next_fixed#next-meeting")


async def _fix(db: Session, viewer: Viewer, meeting: Meeting, form: Form) -> Meeting:
    if not (await may_record_now(db, viewer, meeting) and may_schedule(viewer, meeting.mechanism_id)):
        raise NotPermitted(NOT_YOURS)
    start, which, location = form.local_start("date", "time"), form.id("next_meeting_id"), form.given("location")
    form.done()
    assert start is not None
    try:
        return await following.fix(db, viewer, meeting, local_start=start, next_meeting_id=which, location=location)
    except Invalid as refusal:
        raise renamed(refusal, {"starts_at": "date"}) from None


@post("/meetings/{meeting_id:int}/next/open")
async def leave_open(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """It was not fixed after all."""
    meeting = await queries.get(db, viewer, meeting_id)
    await following.leave_open(db, viewer, meeting)
    return see_other(f"/meetings/{meeting_id}?done=next_open#next-meeting")


async def _page(request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form) -> Response[str]:
    meeting = await queries.get(db, viewer, meeting_id)
    if not (await may_record_now(db, viewer, meeting) and may_schedule(viewer, meeting.mechanism_id)):
        raise NotPermitted(NOT_YOURS)
    words, day = words_of(request), _day(form.given("date"))
    today = db.clock.today(meeting.timezone)
    month = first_of(request.query_params.get("month") or (f"{day:%Y-%m}" if day else None), meeting.local_on)
    around = await following.in_month(db, viewer, month)
    same_day = around if day and f"{day:%Y-%m}" == f"{month:%Y-%m}" else []
    if day and not same_day:
        same_day = await following.in_month(db, viewer, day.replace(day=1))
    return shown(
        request,
        "meetings/next.html",
        path=f"/meetings/{meeting_id}/next",
        meeting=meeting,
        zone=meeting.timezone,
        form=form,
        labels=labels_of(words, form, LABELS),
        month=month_of(month, region_calendar(meeting.mechanism.region), today, around),
        chosen=day,
        inside=bool(request.htmx),
        day=kind_of_day(meeting.mechanism, day),
        day_names=DAY_NAMES,
        late_joiners=[],
        clashes=[one for one in same_day if one.local_on == day and str(one.id) != form.raw("next_meeting_id")],
        fixed=await following.fixed(db, viewer, meeting),
        planned=await following.planned(db, viewer, meeting),
    )


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1950 <= found.year < 2199 else None


handlers = [next_form, fix_next, leave_open]
