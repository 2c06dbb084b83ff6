"""签到, 准假 and who was there without having been asked; the list to be signed on paper."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.meetings import holding, leave, queries
from liaison.meetings.attendance import to_check_in
from liaison.meetings.checking_in import check_in_oneself
from liaison.meetings.models import IN_ATTENDANCE, PRESENT, Attendee, Meeting
from liaison.meetings.permissions import NOT_RECORDER, may_see_list
from liaison.meetings.routes.asking import attendee_of
from liaison.meetings.routes.common import choices, renamed, shown
from liaison.meetings.routes.show import listed_to, recorded, region
from liaison.meetings.wording import ATTENDANCE_NAMES
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, fragment, page, see_other, words_of


@post("/attendees/{attendee_id:int}/check-in")
async def check_in(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], attendee_id: FromPath[int]
) -> Response[Any]:
    """签到: the viewer is there, or a name on the own agency's slip; with a name, who stands in."""
    form = await Form.read(request)
    attendee = await attendee_of(db, viewer, attendee_id)
    meeting_id = attendee.meeting_id
    await attempt(
        db, form, check_in_of(db, viewer, attendee, form), lambda _: _check_in(request, db, viewer, meeting_id, form)
    )
    if not request.htmx:
        return see_other(f"/meetings/{meeting_id}?done=arrived#check-in")
    await db.flush()
    return await _check_in(request, db, viewer, meeting_id, Form())


async def check_in_of(db: Session, viewer: Viewer, attendee: Attendee, form: Form) -> Attendee:
    """What the form of one line says: that this person is there, or who is in their place."""
    given = {part: form.given(f"instead.{part}") for part in ("name", "job_title")}
    try:
        return await check_in_oneself(db, viewer, attendee, substitute=given if any(given.values()) else None)
    except Invalid as refusal:
        raise renamed(refusal, {"substitute": "instead"}) from None


async def _check_in(request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form) -> Response[str]:
    """The region alone, and for a browser without a script around it a page."""
    meeting = await queries.get(db, viewer, meeting_id)
    mine = to_check_in(viewer, meeting, await queries.attendees(db, meeting_id), db.now())
    context = {**region(db, request, meeting), "meeting": meeting, "to_check_in": mine, "check_in_form": form}
    if request.htmx:
        return fragment(request, "meetings/_check_in.html", **context)
    return shown(request, "meetings/check_in.html", path=f"/meetings/{meeting_id}", **context)


@post("/attendees/{attendee_id:int}/leave")
async def decide_leave(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], attendee_id: FromPath[int]
) -> Response[Any]:
    """准假, or 请另派人员."""
    form = await Form.read(request)
    attendee = await attendee_of(db, viewer, attendee_id)
    await leave.decide_leave(db, viewer, attendee, form.raw("leave"), version=form.whole("version"))
    return see_other(f"/meetings/{attendee.meeting_id}?done={form.raw('leave')}#answers")


@get("/meetings/{meeting_id:int}/attendance")
async def live(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """How many are there by now, what the quorum lacks, and who checked in by themselves: asked for again while the meeting runs."""
    meeting = await queries.get(db, viewer, meeting_id)
    if not request.htmx:
        return see_other(f"/meetings/{meeting_id}#attendance")
    return fragment(request, "meetings/_quorum.html", meeting=meeting, **await recorded(db, request, viewer, meeting))


@get("/meetings/{meeting_id:int}/check-in-sheet")
async def sheet(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """签到表: who is asked, by agency, with room to sign; some empty lines for who comes unasked."""
    meeting = await queries.get(db, viewer, meeting_id)
    attendees = listed_to(viewer, meeting, await queries.attendees(db, meeting_id))
    return page(
        request,
        "meetings/check_in_sheet.html",
        meeting=meeting,
        attendees=[one for one in attendees if one.partstat != "declined"],
        sees_list=may_see_list(viewer, meeting),
        **region(db, request, meeting),
    )


@get("/meetings/{meeting_id:int}/walk-in")
async def walk_in_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """The form for somebody who is there without having been asked."""
    return await _walk_in(request, db, viewer, meeting_id, Form.of(attendance=PRESENT))


@post("/meetings/{meeting_id:int}/walk-in")
async def walk_in(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """Put them on the list as there."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    act = holding.add_present(
        db,
        viewer,
        meeting,
        agency_id=form.id("agency_id"),
        name=form.raw("name"),
        job_title=form.raw("job_title"),
        attendance=form.raw("attendance") or PRESENT,
    )
    await attempt(db, form, act, lambda _: _walk_in(request, db, viewer, meeting_id, form))
    return see_other(f"/meetings/{meeting_id}?done=checked_in#attendance")


async def _walk_in(request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form) -> Response[str]:
    meeting: Meeting = await queries.get(db, viewer, meeting_id)
    if not await holding.may_record_now(db, viewer, meeting):
        raise NotPermitted(NOT_RECORDER)
    words = words_of(request)
    return shown(
        request,
        "meetings/walk_in.html",
        path=f"/meetings/{meeting_id}/walk-in",
        meeting=meeting,
        choices=await choices(db, meeting.local_on, meeting.mechanism_id),
        ways=[(way, words._(ATTENDANCE_NAMES[way])) for way in (PRESENT, IN_ATTENDANCE)],
        **{**region(db, request, meeting), "form": form},
    )


handlers = [check_in, decide_leave, live, sheet, walk_in_form, walk_in]
