"""The steps around a meeting for programs: shift, skip, do early, take back. A meeting's `deadlines` say how they stand."""

from datetime import date

from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings import queries, stepping
from liaison.meetings.models import Meeting
from liaison.meetings.step_values import deadlines_json
from liaison.reminders.doing import do_step
from liaison.web.api import Body, body, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Text = FromPath[str]


class ShiftGiven(Body):
    due_on: date
    reason: str
    version: int | None = None


class ReasonGiven(Body):
    reason: str
    version: int | None = None


class UndoGiven(Body):
    version: int | None = None


@post("/meetings/{meeting_id:str}/steps/{step:str}/shift", status_code=200)
async def shift(request: AnyRequest, db: Db, viewer: Me, meeting_id: Text, step: Text) -> Response[bytes]:
    """Put the step on another day, with a reason; it stays there although the meeting moves."""
    given = body(await request.body(), ShiftGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    version = seen(request, given.version)
    await stepping.shift_step(db, viewer, meeting, step, due_on=given.due_on, reason=given.reason, version=version)
    return await _answer(request, db, viewer, meeting)


@post("/meetings/{meeting_id:str}/steps/{step:str}/skip", status_code=200)
async def skip(request: AnyRequest, db: Db, viewer: Me, meeting_id: Text, step: Text) -> Response[bytes]:
    """Leave the step out, with a reason: none of its mails go."""
    given = body(await request.body(), ReasonGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await stepping.skip_step(db, viewer, meeting, step, reason=given.reason, version=seen(request, given.version))
    return await _answer(request, db, viewer, meeting)


@post("/meetings/{meeting_id:str}/steps/{step:str}/do", status_code=200)
async def do(request: AnyRequest, db: Db, viewer: Me, meeting_id: Text, step: Text) -> Response[bytes]:
    """Do the step now, with a reason: its mails go at once, and the clock sends none of them again."""
    given = body(await request.body(), ReasonGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await do_step(db, viewer, meeting, step, reason=given.reason, version=seen(request, given.version))
    return await _answer(request, db, viewer, meeting)


@post("/meetings/{meeting_id:str}/steps/{step:str}/undo", status_code=200)
async def undo(request: AnyRequest, db: Db, viewer: Me, meeting_id: Text, step: Text) -> Response[bytes]:
    """Take back that the step was shifted, skipped or marked as done."""
    given = body(await request.body(), UndoGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await stepping.undo_step(db, viewer, meeting, step, version=seen(request, given.version))
    return await _answer(request, db, viewer, meeting)


async def _answer(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting) -> Response[bytes]:
    """The meeting's id and its steps as they stand now."""
    await db.flush()
    deadlines = deadlines_json(await stepping.steps_shown(db, meeting), meeting.zone, with_reasons=True)
    return await reply(request, db, viewer, {"id": str(meeting.id), "deadlines": deadlines})


api = Router("/", route_handlers=[shift, skip, do, undo], tags=["meetings"])
