"""Looking for a time, for programs: ask, read, answer, pick, end."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import wall_of
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries as meetings
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.replies import Registered
from liaison.polls import answering, asking, queries, settling
from liaison.polls.asking import Proposed
from liaison.polls.models import TimePoll
from liaison.polls.showing import times
from liaison.polls.values import poll_json, whole_json
from liaison.web.api import Body, Instant, Paging, RegisteredGiven, body, listed, named, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


class CandidateGiven(Body):
    starts_at: Instant
    duration_minutes: int


class PollGiven(Body):
    candidates: list[CandidateGiven]
    due_on: date
    title: str | None = None
    note: str | None = None
    meeting_id: str | None = None


class AnswerGiven(Body):
    choices: dict[str, str]
    comment: str | None = None
    agency_id: str | None = None
    registered: RegisteredGiven | None = None
    version: int | None = None


class PickGiven(Body):
    candidate_id: str
    version: int | None = None


class CloseGiven(Body):
    reason: str
    version: int | None = None


class RemindPollGiven(Body):
    pass


@get("/mechanisms/{mechanism_id:str}/time-polls")
async def polls_of_mechanism(db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """The questions for a time in this mechanism that your agency was asked, newest first."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if not may_schedule(viewer, mechanism.id):
        raise NotPermitted(NOT_YOURS)
    limit, last = paging.limits()
    rows = await queries.of_mechanism(db, viewer, mechanism.id, before=last or None, limit=limit + 1)
    return listed(rows, limit, poll_json)


@post("/mechanisms/{mechanism_id:str}/time-polls")
async def ask(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Ask every member agency which of two to six times suits it: one mail to each liaison, at once. With `meeting_id` for a draft or a
    postponed meeting, else with a `title`."""
    given = body(await request.body(), PollGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    meeting = await meetings.get(db, viewer, row_id(given.meeting_id)) if given.meeting_id is not None else None
    check = Check()
    for number, one in enumerate(given.candidates):
        check.instant(f"candidates.{number}.starts_at", one.starts_at)
    check.done()
    zone = ZoneInfo(mechanism.timezone)
    proposed = [Proposed(wall_of(one.starts_at, zone), one.duration_minutes) for one in given.candidates]
    poll = await asking.ask_for_times(
        db,
        viewer,
        mechanism.id,
        candidates=proposed,
        due_on=given.due_on,
        title=given.title,
        note=given.note,
        meeting=meeting,
    )
    return await reply(request, db, viewer, await _whole(db, viewer, poll), status=201)


@get("/time-polls/{poll_id:str}")
async def one_poll(db: Db, viewer: Me, poll_id: Id) -> dict[str, Any]:
    """One question: its times, what else takes place then, and who answered what."""
    return await _whole(db, viewer, await queries.get(db, viewer, row_id(poll_id)))


@put("/time-polls/{poll_id:str}/answers")
async def answer(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[bytes]:
    """Your agency's answer to every time: can, if_need_be or cannot. With `registered` what `agency_id` told you another way."""
    given = body(await request.body(), AnswerGiven)
    poll = await queries.get(db, viewer, row_id(poll_id))
    registered = Registered(**msgspec.structs.asdict(given.registered)) if given.registered else None
    own = viewer.acts_for(poll.mechanism_id) or 0
    await answering.answer(
        db,
        viewer,
        poll,
        named(given.agency_id) if given.agency_id is not None else own,
        {named(candidate_id): choice for candidate_id, choice in given.choices.items()},
        comment=given.comment,
        registered=registered,
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, await _whole(db, viewer, poll))


@post("/time-polls/{poll_id:str}/remind")
async def remind(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[bytes]:
    """Mail those once more that have not answered, at most once an hour."""
    body(await request.body(), RemindPollGiven)
    poll = await queries.get(db, viewer, row_id(poll_id))
    mails = await asking.remind(db, viewer, poll)
    return await reply(request, db, viewer, {"mails": mails})


@post("/time-polls/{poll_id:str}/pick")
async def pick(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[bytes]:
    """Pick one time: the draft or postponed meeting gets it as a change still to be sent; those who were asked are mailed once."""
    given = body(await request.body(), PickGiven)
    poll = await queries.get(db, viewer, row_id(poll_id))
    await settling.pick(db, viewer, poll, named(given.candidate_id), version=seen(request, given.version))
    return await reply(request, db, viewer, await _whole(db, viewer, poll))


@post("/time-polls/{poll_id:str}/close")
async def close(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[bytes]:
    """End it without a time, with the reason; those who were asked are mailed once."""
    given = body(await request.body(), CloseGiven)
    poll = await queries.get(db, viewer, row_id(poll_id))
    await settling.close(db, viewer, poll, reason=given.reason, version=seen(request, given.version))
    return await reply(request, db, viewer, await _whole(db, viewer, poll))


async def _whole(db: Session, viewer: Viewer, poll: TimePoll) -> dict[str, Any]:
    return whole_json(poll, await times(db, viewer, poll), poll.in_order())


api = Router("/", route_handlers=[polls_of_mechanism, ask, one_poll, answer, remind, pick, close])
