"""来信: the mail that came in, and what officers do with what waits."""

import asyncio
from datetime import datetime
from typing import Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from liaison.accounts.viewer import Viewer
from liaison.calendaring.subaddress import masked
from liaison.db import Session
from liaison.directory import queries as directory
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.meetings.models import Attendee
from liaison.meetings.permissions import may_register
from liaison.meetings.wording import ANSWER_NAMES
from liaison.postroom import queries, settling
from liaison.postroom.models import VERDICTS, IncomingMail
from liaison.postroom.outcome import answers_earlier_time
from liaison.postroom.plain import own_words
from liaison.postroom.reading import head_text, read_mail
from liaison.postroom.wording import DOOR_NAMES, REASONS, VERDICT_NAMES
from liaison.web.forms import Form, attempt, row_id
from liaison.web.pages import AnyRequest, page, see_other

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
PAGE = 50
TAGS = {"applied": "ok", "stale": "", "held": "warn", "ignored": ""}
_PARTSTATS = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined", "DELEGATED": "substitute"}


@get("/incoming")
async def index(
    request: AnyRequest, db: Db, viewer: Me, show: FromQuery[str] = "held", before: FromQuery[str | None] = None
) -> Response[str]:
    """What waits for the viewer, or everything that came in, newest first."""
    state = show if show in VERDICTS else None
    found = await queries.listing(db, viewer, state=state, before=row_id(before) if before else None, limit=PAGE + 1)
    mails = found[:PAGE]
    return page(
        request,
        "postroom/index.html",
        nav="meetings",
        mails=mails,
        shown=state or "all",
        waiting=await queries.waiting(db, viewer),
        reasons=REASONS,
        verdict_names=VERDICT_NAMES,
        tags=TAGS,
        next_url=f"/incoming?show={state or 'all'}&before={mails[-1].id}" if len(found) > PAGE else None,
        first=before is None,
    )


@get("/incoming/{incoming_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[str]:
    """One mail: what it came to and why, what it says, and what can be done about it."""
    row = await queries.get(db, viewer, incoming_id)
    return await _page(request, db, viewer, row, _form_of(row))


@post("/incoming/{incoming_id:int}/apply")
async def apply(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[Any]:
    """Count the answer in it."""
    form = await Form.read(request)
    row = await queries.get(db, viewer, incoming_id)
    attendee_id, partstat = form.id("attendee_id"), form.raw("partstat")
    if attendee_id is None:
        form.refuse("attendee_id", N_("Please choose whose answer this is."))
    substitute = form.given("substitute") if partstat == "substitute" else None
    if partstat == "substitute" and not substitute:
        form.refuse("substitute", N_("Please say who comes instead."))

    async def act() -> None:
        form.done()
        await settling.count_answer(
            db,
            viewer,
            row,
            attendee_id=attendee_id or 0,
            partstat="accepted" if partstat == "substitute" else partstat,
            substitute=substitute,
            comment=form.given("comment"),
        )

    await attempt(db, form, act(), lambda theirs: _again(request, db, viewer, incoming_id, form))
    return see_other(f"/incoming/{incoming_id}")


@post("/incoming/{incoming_id:int}/name")
async def name_sender(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[Any]:
    """Say whose address it is; the mail is sorted once more."""
    form = await Form.read(request)
    row = await queries.get(db, viewer, incoming_id)
    person_id = form.id("person_id")
    if person_id is None:
        form.refuse("person_id", N_("Please choose a person."))

    async def act() -> None:
        form.done()
        try:
            await settling.name_sender(db, viewer, row, person_id=person_id or 0, kind=form.raw("kind"))
        except Invalid as refusal:
            raise Invalid(
                {"person_id" if name == "address" else name: each for name, each in refusal.errors.items()}
            ) from None

    await attempt(db, form, act(), lambda theirs: _again(request, db, viewer, incoming_id, form))
    return see_other(f"/incoming/{incoming_id}")


@post("/incoming/{incoming_id:int}/dismiss")
async def dismiss(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[Any]:
    """Nothing is to be done about it."""
    await settling.dismiss(db, viewer, await queries.get(db, viewer, incoming_id))
    return see_other(f"/incoming/{incoming_id}")


@post("/incoming/{incoming_id:int}/settle")
async def settle(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[Any]:
    """What it asks for was done another way."""
    await settling.settle_by_hand(db, viewer, await queries.get(db, viewer, incoming_id))
    return see_other(f"/incoming/{incoming_id}")


@post("/incoming/{incoming_id:int}/reopen")
async def reopen(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[Any]:
    """Undo a dismissal."""
    await settling.reopen(db, viewer, await queries.get(db, viewer, incoming_id))
    return see_other(f"/incoming/{incoming_id}")


@post("/incoming/{incoming_id:int}/decline-proposal")
async def decline_proposal(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[Any]:
    """The time proposed is not taken, and its sender is told so."""
    await settling.decline_proposal(db, viewer, await queries.get(db, viewer, incoming_id))
    return see_other(f"/incoming/{incoming_id}")


def _form_of(row: IncomingMail) -> Form:
    return Form.of(
        attendee_id=row.attendee_id,
        partstat=_PARTSTATS.get(str(row.params.get("partstat"))),
        comment=row.params.get("comment"),
        kind="alias" if row.reason == "uninvited" else "contact",
    )


async def _again(request: AnyRequest, db: Session, viewer: Viewer, incoming_id: int, form: Form) -> Response[str]:
    return await _page(request, db, viewer, await queries.get(db, viewer, incoming_id), form, status=422)


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, row: IncomingMail, form: Form, *, status: int = 200
) -> Response[str]:
    concerns = await queries.concerns(db, row)
    meeting = concerns.meeting
    mine = [one for one in concerns.attendees if meeting and may_register(viewer, meeting, one.agency_id, db.now())]
    message = (await asyncio.to_thread(read_mail, row.raw)).message if row.raw is not None else None
    asked = next((one for one in concerns.attendees if one.id == row.attendee_id), None)
    quotes = message is not None and await queries.may_read_quoted(db, viewer, row, message.heading.refers_to)
    return page(
        request,
        "postroom/show.html",
        status=status,
        nav="meetings",
        mail=row,
        meeting=meeting,
        text=masked(own_words(message.text)) if message else "",
        whole_text=masked(message.text) if message and quotes else "",
        head=masked(head_text(row.raw)) if row.raw is not None else "",
        proposed=_instant(row, "starts_at"),
        proposed_until=_instant(row, "ends_at"),
        reasons=REASONS,
        verdict_names=VERDICT_NAMES,
        door_names=DOOR_NAMES,
        tags=TAGS,
        waits=row.waits,
        earlier=row.waits and meeting is not None and answers_earlier_time(row.params, meeting),
        can_reopen=row.verdict == "held" and row.settled_as in settling.UNDONE_BY_REOPENING,
        attendees=[(one.id, one.name) for one in mine] if meeting and meeting.state == "announced" else [],
        answer_names=ANSWER_NAMES,
        asked=asked,
        people=await _whose_it_may_be(db, viewer, row, asked) if row.waits else [],
        partstat=_PARTSTATS.get(str(row.params.get("partstat"))),
        form=form,
    )


async def _whose_it_may_be(
    db: Session, viewer: Viewer, row: IncomingMail, asked: Attendee | None
) -> list[tuple[int, str]]:
    """The people of the viewer's agency whose address it may be; nobody where it is known already, or answers for another agency."""
    if not row.sender or row.reason not in settling.NAMEABLE or (asked and asked.agency_id != viewer.agency_id):
        return []
    if row.reason == "uninvited" and await directory.people_at(db, row.address_in_question):
        return []
    people = await directory.people_of(db, viewer, viewer.agency_id)
    return [(each.id, each.name) for each in people if each.deactivated_at is None]


def _instant(row: IncomingMail, name: str) -> datetime | None:
    stored = row.params.get(name)
    return datetime.fromisoformat(stored) if stored else None


router = Router(
    "/",
    route_handlers=[index, show, apply, name_sender, dismiss, settle, reopen, decline_proposal],
)
