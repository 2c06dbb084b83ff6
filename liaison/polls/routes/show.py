"""One question for a time: who answered what, what else takes place then; remind, pick, end it."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mail.reasons import worded
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import PAPER
from liaison.polls import asking, queries, settling
from liaison.polls.mails import told
from liaison.polls.models import TimePoll
from liaison.polls.permissions import may_register, may_run
from liaison.polls.routes.common import Db, Id, Me, answer_form, answer_labels, shown
from liaison.polls.showing import times
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

DONE = {
    "asked": N_("The agencies are being asked."),
    "answered": N_("Your agency's answer is recorded."),
    "withdrawn": N_("Your agency's answer is taken back."),
    "registered": N_("The answer is registered."),
    "reminded": N_("The reminder is on its way."),
    "picked": N_("The time is chosen. Those who were asked are told."),
    "closed": N_("Ended without a time. Those who were asked are told."),
}


@get("/time-polls/{poll_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[str]:
    """The times with everybody's answers, and the own answer to be given or changed."""
    return await poll_page(request, db, viewer, poll_id, None)


@post("/time-polls/{poll_id:int}/remind")
async def remind(db: Db, viewer: Me, poll_id: Id) -> Response[Any]:
    """Mail those once more that have not answered."""
    await asking.remind(db, viewer, await queries.get(db, viewer, poll_id))
    return see_other(f"/time-polls/{poll_id}?done=reminded")


@get("/time-polls/{poll_id:int}/candidates/{candidate_id:int}/pick")
async def pick_form(request: AnyRequest, db: Db, viewer: Me, poll_id: Id, candidate_id: Id) -> Response[str]:
    """What picking this time does, and whom it tells."""
    poll = await _run(db, viewer, poll_id)
    chosen = next((one for one in await times(db, viewer, poll) if one.candidate.id == candidate_id), None)
    if chosen is None:
        raise NotFound
    tells = await told(db, poll, by=viewer.person_id)
    return shown(request, "polls/pick.html", poll=poll, time=chosen, tells=tells)


@post("/time-polls/{poll_id:int}/candidates/{candidate_id:int}/pick")
async def pick(db: Db, viewer: Me, poll_id: Id, candidate_id: Id) -> Response[Any]:
    """Pick it: the meeting has its time, or the form for a new one is filled with it."""
    poll = await queries.get(db, viewer, poll_id)
    await settling.pick(db, viewer, poll, candidate_id)
    return see_other(schedule_url(poll) or f"/time-polls/{poll_id}?done=picked")


@get("/time-polls/{poll_id:int}/close")
async def close_form(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[str]:
    """The reason for ending it without a time, and whom it tells."""
    return await _close_page(request, db, viewer, poll_id, Form())


@post("/time-polls/{poll_id:int}/close")
async def close(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[Any]:
    """End it without a time."""
    form = await Form.read(request)
    poll = await queries.get(db, viewer, poll_id)
    act = settling.close(db, viewer, poll, reason=form.raw("reason"))
    await attempt(db, form, act, lambda _: _close_page(request, db, viewer, poll_id, form))
    return see_other(f"/time-polls/{poll_id}?done=closed")


def schedule_url(poll: TimePoll) -> str | None:
    """The form for a new meeting filled with the time that was picked; None where a meeting was given it, or none was picked."""
    if poll.meeting_id is not None or poll.picked is None:
        return None
    start = poll.picked.local_start
    filled = {
        "date": start.date().isoformat(),
        "time": f"{start:%H:%M}",
        "duration_minutes": poll.picked.duration_minutes,
        "title": poll.title,
    }
    return f"/mechanisms/{poll.mechanism_id}/meetings/new?{urlencode(filled)}"


async def poll_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    poll_id: int,
    form: Form | None,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    """The page; `form` is an answer that was refused."""
    poll = await queries.get(db, viewer, poll_id)
    words, today = words_of(request), db.clock.today(poll.mechanism.timezone)
    own = poll.answer_of(viewer.acts_for(poll.mechanism_id))
    if form is not None and theirs and own is not None:
        form.values["version"] = [str(own.version)]
    done = request.query_params.get("done", "")
    takes_answers = poll.takes_answers_on(today)
    runs = may_run(viewer, poll)
    members = await mechanisms.members_on(db, poll.mechanism_id, today)
    reached = {to.agency.id for to in await told(db, poll, by=viewer.person_id)} if runs else set()
    return shown(
        request,
        "polls/show.html",
        path=f"/time-polls/{poll_id}",
        poll=poll,
        times=await times(db, viewer, poll),
        rows=poll.in_order(),
        own=own,
        form=form or (answer_form(own) if own else Form()),
        labels=answer_labels(words, poll),
        zone=poll.mechanism.timezone,
        takes_answers=takes_answers,
        runs=runs,
        waiting=[row for row in poll.in_order() if row.answered_at is None and row.agency_id in reached],
        registers={
            row.agency_id
            for row in poll.answers
            if poll.closed_at is None and may_register(viewer, poll, row.agency_id) and (runs or takes_answers)
        },
        schedule_url=schedule_url(poll),
        unreached=await queries.unreached(db, poll_id) if runs else {},
        reason_of=lambda code: worded(code, words._) if code else "",
        on_paper={one.agency_id for one in members if one.takes_part == PAPER},
        theirs=theirs or {},
        toast=SimpleNamespace(text=words._(DONE[done]), undo_url=None) if done in DONE else None,
    )


async def _run(db: Session, viewer: Viewer, poll_id: int) -> TimePoll:
    poll = await queries.get(db, viewer, poll_id)
    if not may_run(viewer, poll):
        raise NotPermitted(asking.NOT_RUN)
    return poll


async def _close_page(request: AnyRequest, db: Session, viewer: Viewer, poll_id: int, form: Form) -> Response[str]:
    poll = await _run(db, viewer, poll_id)
    labels = {"reason": words_of(request)._("Reason")}
    tells = await told(db, poll, by=viewer.person_id)
    path = f"/time-polls/{poll_id}/close"
    return shown(request, "polls/close.html", path=path, form=form, labels=labels, poll=poll, tells=tells)


handlers = [show, remind, pick_form, pick, close_form, close]
