"""Mail that came in, for programs."""

from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, Message
from liaison.i18n import N_
from liaison.postroom import queries, settling
from liaison.postroom.models import VERDICTS, IncomingMail
from liaison.postroom.wording import REASONS
from liaison.web.api import Body, Paging, body, named, reply
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


class ApplyGiven(Body):
    """Whose answer a mail that waits is, and what it says; `substitute` is the name of who comes instead."""

    attendee_id: str
    partstat: str
    substitute: str | None = None
    comment: str | None = None


@get("/incoming")
async def index(
    request: AnyRequest,
    db: Db,
    viewer: Me,
    paging: Page,
    in_state: Annotated[str | None, QueryParameter(name="state")] = None,
) -> dict[str, Any]:
    """The mail that came in, newest first: all, or those of one `?state=` (`held`: those that wait for somebody)."""
    limit, before = paging.limits()
    if in_state is not None and in_state not in VERDICTS:
        raise Invalid({"state": Message(N_("Please choose one of: %(choices)s."), {"choices": ", ".join(VERDICTS)})})
    rows = await queries.listing(db, viewer, state=in_state, before=before or None, limit=limit + 1)
    items = [_json(request, row) for row in rows[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(rows) > limit else None}


@post("/incoming/{incoming_id:str}/apply")
async def apply(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[bytes]:
    """Count the answer in it as registered by mail."""
    given = body(await request.body(), ApplyGiven)
    row = await queries.get(db, viewer, row_id(incoming_id))
    await settling.count_answer(
        db,
        viewer,
        row,
        attendee_id=named(given.attendee_id),
        partstat=given.partstat,
        substitute=given.substitute,
        comment=given.comment,
    )
    return await reply(request, db, viewer, _json(request, row))


@post("/incoming/{incoming_id:str}/dismiss")
async def dismiss(request: AnyRequest, db: Db, viewer: Me, incoming_id: Id) -> Response[bytes]:
    """Nothing is to be done about it."""
    row = await queries.get(db, viewer, row_id(incoming_id))
    await settling.dismiss(db, viewer, row)
    return await reply(request, db, viewer, _json(request, row))


def _json(request: AnyRequest, row: IncomingMail) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "received_at": row.received_at.isoformat(),
        "sender": row.sender,
        "sender_name": row.sender_name,
        "subject": row.subject,
        "state": row.verdict,
        "reason": {"code": row.reason, "text": words_of(request)._(REASONS[row.reason])},
        "partstat": str(row.params["partstat"]).lower() if "partstat" in row.params else None,
        "mechanism_id": str(row.mechanism_id) if row.mechanism_id else None,
        "meeting_id": str(row.meeting_id) if row.meeting_id else None,
        "attendee_id": str(row.attendee_id) if row.attendee_id else None,
        "person_id": str(row.person_id) if row.person_id else None,
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "settled_as": row.settled_as,
    }


api = Router("/", route_handlers=[index, apply, dismiss])
