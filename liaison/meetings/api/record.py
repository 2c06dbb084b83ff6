"""Holding a meeting: notes, decisions, and that it took place."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post, put
from msgspec import UNSET, UnsetType

from liaison.meetings import agenda, following, holding, queries, recording
from liaison.meetings.api.shared import Db, Id, Me, Page, answer_item, in_full, local
from liaison.meetings.values import decision_json, note_json
from liaison.web.api import Body, Instant, body, listed, named, named_if_given, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class HoldGiven(Body):
    ordinal: int | None = None
    ordinal_in_year: int | None = None
    quorum_reason: str | None = None
    version: int | None = None


class UnholdGiven(Body):
    reason: str
    version: int | None = None


class NoteGiven(Body):
    text: str
    agenda_item_id: str | None = None
    version: int | None = None


class DecisionGiven(Body):
    text: str
    agenda_item_id: str | None = None
    lead_agency_id: str | None = None
    supporting_agency_ids: list[str] = msgspec.field(default_factory=list)
    due_on: date | None = None
    with_action: bool = False


class DecisionChange(Body):
    text: str | UnsetType = UNSET
    lead_agency_id: str | UnsetType | None = UNSET
    supporting_agency_ids: list[str] | UnsetType = UNSET
    due_on: date | UnsetType | None = UNSET
    revoked: bool | UnsetType = UNSET
    reason: str | None = None
    version: int | None = None


class NextGiven(Body):
    starts_at: Instant
    duration_minutes: int | None = None
    location: str | None = None
    next_meeting_id: str | None = None


class ActGiven(Body):
    pass


@post("/meetings/{meeting_id:str}/hold", status_code=200)
async def hold(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """It took place: from a draft (entered afterwards, nobody is mailed) or announced, once its start has passed. Fixes the
    ordinals of a joint meeting, the next free ones unless given, and what its quorum was; `quorum_reason` says why it was held
    without."""
    given = body(await request.body(), HoldGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await holding.hold(
        db,
        viewer,
        meeting,
        ordinal=given.ordinal,
        ordinal_in_year=given.ordinal_in_year,
        quorum_reason=given.quorum_reason,
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, await in_full(request, db, viewer, meeting))


@post("/meetings/{meeting_id:str}/unhold", status_code=200)
async def unhold(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Correct a mistaken hold, with the reason; its numbers are free again."""
    given = body(await request.body(), UnholdGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    await holding.unhold(db, viewer, meeting, reason=given.reason, version=seen(request, given.version))
    return await reply(request, db, viewer, await in_full(request, db, viewer, meeting))


@get("/meetings/{meeting_id:str}/notes")
async def notes_of_meeting(db: Db, viewer: Me, paging: Page, meeting_id: Id) -> dict[str, Any]:
    """The notes, of the meeting (`agenda_item_id` null) and of its items."""
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    limit, after = paging.limits()
    rows = [note for note in await recording.notes_of(db, viewer, meeting) if note.id > after]
    return listed(rows, limit, lambda note: note_json(note, meeting.zone))


@put("/meetings/{meeting_id:str}/notes")
async def save_note(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Keep the notes of one item or of the meeting; 409 with the other text when somebody saved since `version`."""
    given = body(await request.body(), NoteGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    note = await recording.save_note(
        db,
        viewer,
        meeting,
        given.text,
        agenda_item_id=named_if_given(given.agenda_item_id),
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, note_json(note, meeting.zone))


@get("/meetings/{meeting_id:str}/decisions")
async def decisions_of_meeting(db: Db, viewer: Me, paging: Page, meeting_id: Id) -> dict[str, Any]:
    """What the meeting decided, by number. What was struck since (`revoked_at`) is listed to those who may read its notes; for the
    others it is gone."""
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    limit, after = paging.limits()
    rows = [one for one in await recording.decisions_of(db, viewer, meeting) if one.id > after]
    return listed(rows, limit, lambda one: decision_json(one, meeting.zone))


@post("/meetings/{meeting_id:str}/decisions")
async def decide(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Record a decision; it gets the next number of the mechanism and the meeting's year. `with_action` gives the agency that leads its
    action item in the same step (`action_item_id` of the answer), with the agencies and the date that the decision names."""
    given = body(await request.body(), DecisionGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    made = await recording.decide(
        db,
        viewer,
        meeting,
        text=given.text,
        agenda_item_id=named_if_given(given.agenda_item_id),
        lead_agency_id=named_if_given(given.lead_agency_id),
        supporting_agency_ids=[named(one) for one in given.supporting_agency_ids],
        due_on=given.due_on,
    )
    answer = decision_json(made, meeting.zone)
    if given.with_action:
        item = await request.app.state.assign_decided(db, viewer, made)
        answer["action_item_id"] = str(item.id)
    return await reply(request, db, viewer, answer, status=201)


@get("/decisions/{decision_id:str}")
async def one_decision(db: Db, viewer: Me, decision_id: Id) -> dict[str, Any]:
    """One decision; one that was struck is found by those who may read the notes of its meeting."""
    found = await recording.decision_of(db, viewer, row_id(decision_id))
    return decision_json(found, found.meeting.zone)


@patch("/decisions/{decision_id:str}")
async def change_decision(request: AnyRequest, db: Db, viewer: Me, decision_id: Id) -> Response[bytes]:
    """Correct the text or whom it charges, strike it (`revoked` true) or let it stand again (false); after the meeting with a `reason`."""
    given = body(await request.body(), DecisionChange)
    decision = await recording.decision_of(db, viewer, row_id(decision_id))
    version = seen(request, given.version)
    if given.revoked is False:
        await recording.restore(db, viewer, decision, version=version)
        version = None
    changes: dict[str, Any] = {}
    if given.text is not UNSET:
        changes["text"] = given.text
    if given.lead_agency_id is not UNSET:
        changes["lead_agency_id"] = named_if_given(given.lead_agency_id)
    if given.supporting_agency_ids is not UNSET:
        changes["supporting_agency_ids"] = [named(one) for one in given.supporting_agency_ids]
    if given.due_on is not UNSET:
        changes["due_on"] = given.due_on
    if changes:
        await recording.correct(db, viewer, decision, **changes, reason=given.reason, version=version)
        version = None
    if given.revoked is True:
        await recording.revoke(db, viewer, decision, reason=given.reason, version=version)
    return await reply(request, db, viewer, decision_json(decision, decision.meeting.zone))


@post("/meetings/{meeting_id:str}/next", status_code=200)
async def fix_next(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Fix in this meeting when the next one is: `next_meeting_id`, one that is planned after it, is moved; else a new draft is made.
    Nobody is told. Answers the next meeting."""
    given = body(await request.body(), NextGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    found = await following.fix(
        db,
        viewer,
        meeting,
        local_start=local(given.starts_at, meeting.timezone),
        duration_minutes=given.duration_minutes,
        location=given.location,
        next_meeting_id=named_if_given(given.next_meeting_id),
    )
    return await reply(request, db, viewer, await in_full(request, db, viewer, found))


@delete("/meetings/{meeting_id:str}/next", status_code=204)
async def leave_next_open(db: Db, viewer: Me, meeting_id: Id) -> None:
    """It was not fixed after all; the meeting that was fixed stays as it is."""
    await following.leave_open(db, viewer, await queries.get(db, viewer, row_id(meeting_id)))


@post("/agenda-items/{item_id:str}/begin", status_code=200)
async def begin_item(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """Make it the current item of a meeting that is being held."""
    body(await request.body(), ActGiven)
    item = await agenda.item_of(db, viewer, row_id(item_id), unseen=True)
    await holding.begin_item(db, viewer, item)
    return await answer_item(request, db, viewer, item)


@post("/agenda-items/{item_id:str}/settle", status_code=200)
async def settle_item(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """The item is done with; the next open one becomes the current one."""
    body(await request.body(), ActGiven)
    item = await agenda.item_of(db, viewer, row_id(item_id), unseen=True)
    await holding.settle_item(db, viewer, item)
    return await answer_item(request, db, viewer, item)


@post("/agenda-items/{item_id:str}/skip", status_code=200)
async def skip_item(request: AnyRequest, db: Db, viewer: Me, item_id: Id) -> Response[bytes]:
    """The current item waits to be taken up again; the next open one becomes the current one. 409 when no other is open."""
    body(await request.body(), ActGiven)
    item = await agenda.item_of(db, viewer, row_id(item_id), unseen=True)
    await holding.skip_item(db, viewer, item)
    return await answer_item(request, db, viewer, item)


HANDLERS = [
    hold,
    unhold,
    notes_of_meeting,
    save_note,
    decisions_of_meeting,
    decide,
    one_decision,
    change_decision,
    fix_next,
    leave_next_open,
    begin_item,
    settle_item,
    skip_item,
]
