"""Meetings and what an officer does with them. Everything is a draft until `send`; acts take `send` to tell at once."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response, get, patch, post
from litestar.params import FromQuery
from msgspec import UNSET, UnsetType

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import announcing, queries, scheduling
from liaison.meetings.api.shared import Db, Id, Me, Page, brief, in_full, local
from liaison.meetings.asking import Asked, Guest
from liaison.meetings.models import Meeting
from liaison.web.api import Body, Instant, body, listed, named, named_if_given, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class GuestGiven(Body):
    """Somebody from outside the agencies of this site."""

    name: str
    body: str
    job_title: str | None = None
    mail: str | None = None
    phone: str | None = None


class AskedGiven(Body):
    person_id: str | None = None
    role: str = "required"
    agency_id: str | None = None
    seats: int = 1
    requirement: str | None = None
    guest: GuestGiven | None = None

    def asked(self) -> Asked:
        """As the verbs take it."""
        return Asked(
            person_id=named_if_given(self.person_id),
            role=self.role,
            agency_id=named_if_given(self.agency_id),
            seats=self.seats,
            requirement=self.requirement,
            guest=Guest(**msgspec.structs.asdict(self.guest)) if self.guest else None,
        )


class MeetingGiven(Body):
    kind: str
    title: str
    starts_at: Instant
    duration_minutes: int
    location: str | None = None
    host_agency_id: str | None = None
    attendees: list[AskedGiven] = msgspec.field(default_factory=list)
    recorder_id: str | None = None
    authorised_by_id: str | None = None
    note: str | None = None
    replies_due_on: date | None = None
    hides_attendees: bool = False


class MeetingChange(Body):
    kind: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    starts_at: Instant | UnsetType = UNSET
    duration_minutes: int | UnsetType = UNSET
    location: str | UnsetType | None = UNSET
    host_agency_id: str | UnsetType = UNSET
    recorder_id: str | UnsetType | None = UNSET
    authorised_by_id: str | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET
    replies_due_on: date | UnsetType | None = UNSET
    hides_attendees: bool | UnsetType = UNSET
    version: int | None = None


class SendGiven(Body):
    note: str | None = None
    answer_anew: bool = False
    vacancy_reason: str | None = None
    version: int | None = None


class MoveGiven(Body):
    starts_at: Instant
    duration_minutes: int | None = None
    location: str | UnsetType | None = UNSET
    reason: str | None = None
    send: bool = False
    version: int | None = None


class OffGiven(Body):
    reason: str | None = None
    send: bool = False
    version: int | None = None


class ReinstateGiven(Body):
    starts_at: Instant
    duration_minutes: int | None = None
    location: str | UnsetType | None = UNSET
    send: bool = False
    version: int | None = None


class RemindGiven(Body):
    pass


@get("/meetings")
async def all_meetings(db: Db, viewer: Me, paging: Page, mechanism: FromQuery[str | None] = None) -> dict[str, Any]:
    """The meetings you may know of, in the order they were entered; of one mechanism with `mechanism`."""
    limit, after = paging.limits()
    rows = await queries.listing(
        db, viewer, mechanism_id=row_id(mechanism) if mechanism else None, after=after, limit=limit + 1
    )
    return listed(rows, limit, lambda meeting: brief(meeting, db.now()))


@get("/mechanisms/{mechanism_id:str}/meetings")
async def meetings_of_mechanism(db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """The mechanism's meetings that you may know of, in the order they were entered."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    limit, after = paging.limits()
    rows = await queries.listing(db, viewer, mechanism_id=mechanism.id, after=after, limit=limit + 1)
    return listed(rows, limit, lambda meeting: brief(meeting, db.now()))


@post("/mechanisms/{mechanism_id:str}/meetings")
async def schedule(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Schedule a meeting: a draft, nobody is told. Only those in `attendees` are asked; the host is by default your agency.

    `starts_at` names an instant with its offset and is kept as wall time of the mechanism's zone; it may lie in the past."""
    given = body(await request.body(), MeetingGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    meeting = await scheduling.schedule(
        db,
        viewer,
        mechanism.id,
        kind=given.kind,
        title=given.title,
        local_start=local(given.starts_at, mechanism.timezone),
        duration_minutes=given.duration_minutes,
        location=given.location,
        host_agency_id=named_if_given(given.host_agency_id),
        asked=[one.asked() for one in given.attendees],
        recorder_id=named_if_given(given.recorder_id),
        authorised_by_id=named_if_given(given.authorised_by_id),
        note=given.note,
        replies_due_on=given.replies_due_on,
        hides_attendees=given.hides_attendees,
    )
    return await reply(request, db, viewer, await in_full(request, db, viewer, meeting), status=201)


@get("/meetings/{meeting_id:str}")
async def one_meeting(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> dict[str, Any]:
    """One meeting with its deadlines, everybody asked with the answer, and what became of the mail to each."""
    return await in_full(request, db, viewer, await queries.get(db, viewer, row_id(meeting_id)))


@patch("/meetings/{meeting_id:str}")
async def change(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Change what is given; nobody is told until `send`. A new start is the same as `move` without a reason."""
    given = body(await request.body(), MeetingChange)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    version = seen(request, given.version)
    fields = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not UNSET}
    fields.pop("version")
    starts_at, duration = fields.pop("starts_at", None), fields.pop("duration_minutes", None)
    if starts_at is not None or duration is not None:
        start = local(starts_at, meeting.timezone) if starts_at else meeting.local_start
        await scheduling.move(db, viewer, meeting, local_start=start, duration_minutes=duration, version=version)
        version = None
    for name in ("host_agency_id", "recorder_id", "authorised_by_id"):
        if fields.get(name) is not None:
            fields[name] = named(fields[name])
    if fields or starts_at is duration is None:
        await scheduling.change(db, viewer, meeting, version=version, **fields)
    return await reply(request, db, viewer, await in_full(request, db, viewer, meeting))


@post("/meetings/{meeting_id:str}/send", status_code=200)
async def send(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Announce the meeting as it stands to everybody who does not hold just that; `note` goes with the mails.

    409 when there is nothing new to tell. `answer_anew` asks everybody again although only the place changed. 422 naming
    `vacancy_reason` while a member agency that is asked has neither a liaison in office nor an address of its own: say why it is sent
    all the same."""
    given = body(await request.body(), SendGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await announcing.send(
        db,
        viewer,
        meeting,
        note=given.note,
        answer_anew=given.answer_anew,
        vacancy_reason=given.vacancy_reason,
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, await in_full(request, db, viewer, meeting))


@post("/meetings/{meeting_id:str}/move", status_code=200)
async def move(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Another time, perhaps another place."""
    given = body(await request.body(), MoveGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await scheduling.move(
        db,
        viewer,
        meeting,
        local_start=local(given.starts_at, meeting.timezone),
        duration_minutes=given.duration_minutes,
        location=scheduling.UNSET if given.location is UNSET else given.location,
        reason=given.reason,
        version=seen(request, given.version),
    )
    return await _done(request, db, viewer, meeting, tell=given.send)


@post("/meetings/{meeting_id:str}/postpone", status_code=200)
async def postpone(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """It will take place, but not then; the new date follows with `reinstate`."""
    given = body(await request.body(), OffGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    version = seen(request, given.version)
    await scheduling.postpone(db, viewer, meeting, reason=given.reason, version=version)
    return await _done(request, db, viewer, meeting, tell=given.send)


@post("/meetings/{meeting_id:str}/cancel", status_code=200)
async def cancel(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """It will not take place. Who was never told is not told of this either."""
    given = body(await request.body(), OffGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await scheduling.cancel(db, viewer, meeting, reason=given.reason, version=seen(request, given.version))
    return await _done(request, db, viewer, meeting, tell=given.send)


@post("/meetings/{meeting_id:str}/reinstate", status_code=200)
async def reinstate(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """A postponed or cancelled meeting takes place after all, at a new date."""
    given = body(await request.body(), ReinstateGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await scheduling.reinstate(
        db,
        viewer,
        meeting,
        local_start=local(given.starts_at, meeting.timezone),
        duration_minutes=given.duration_minutes,
        location=scheduling.UNSET if given.location is UNSET else given.location,
        version=seen(request, given.version),
    )
    return await _done(request, db, viewer, meeting, tell=given.send)


@post("/meetings/{meeting_id:str}/remind", status_code=200)
async def remind(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """One mail to each address behind which somebody has not answered, and to nobody else."""
    body(await request.body(), RemindGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await announcing.remind(db, viewer, meeting)
    return await reply(request, db, viewer, await in_full(request, db, viewer, meeting))


async def _done(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting, *, tell: bool) -> Response[bytes]:
    """The act's answer; with `tell` it is announced in the same transaction, unless nobody ever heard of the meeting."""
    if tell and not (meeting.announced_at is None and meeting.state in ("cancelled", "postponed")):
        await announcing.send(db, viewer, meeting)
    return await reply(request, db, viewer, await in_full(request, db, viewer, meeting))


HANDLERS = [
    all_meetings,
    meetings_of_mechanism,
    schedule,
    one_meeting,
    change,
    send,
    move,
    postpone,
    cancel,
    reinstate,
    remind,
]
