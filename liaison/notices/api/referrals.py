"""线索移送 for programs: what becomes of a lead that was referred. It is written and sent like any notice, with `kind` referral."""

from litestar import Response, post

from liaison.notices import queries, referring
from liaison.notices.api.common import Db, Id, Me, answered, line_for, registered
from liaison.web.api import Body, RegisteredGiven, body
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class AcceptGiven(Body):
    text: str | None = None
    phones_ok: bool = False
    agency_id: str | None = None
    registered: RegisteredGiven | None = None


class ReasonGiven(Body):
    reason: str
    phones_ok: bool = False
    agency_id: str | None = None
    registered: RegisteredGiven | None = None


class FeedbackGiven(Body):
    text: str
    phones_ok: bool = False
    agency_id: str | None = None
    registered: RegisteredGiven | None = None


class SupplementGiven(Body):
    text: str
    phones_ok: bool = False


@post("/notices/{notice_id:str}/accept")
async def accept(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """受理 for your agency: the days are over, and feedback is waited for. With `registered` what `agency_id` told you another way."""
    given = body(await request.body(), AcceptGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    line = line_for(viewer, notice, given.agency_id)
    said = registered(given.registered)
    await referring.accept(db, viewer, line, text=given.text, phones_ok=given.phones_ok, registered=said)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/decline")
async def decline(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """不予受理, with the reason."""
    given = body(await request.body(), ReasonGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    line = line_for(viewer, notice, given.agency_id)
    said = registered(given.registered)
    await referring.decline(db, viewer, line, reason=given.reason, phones_ok=given.phones_ok, registered=said)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/return")
async def return_(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """退回补充: `reason` says what is missing; the days stop until the sender has supplied it."""
    given = body(await request.body(), ReasonGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    line = line_for(viewer, notice, given.agency_id)
    said = registered(given.registered)
    await referring.return_(db, viewer, line, reason=given.reason, phones_ok=given.phones_ok, registered=said)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/supplement")
async def supplement(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Supply, for the sending agency, what was missing: the working days begin again."""
    given = body(await request.body(), SupplementGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    await referring.supplement(db, viewer, notice.lead_line(), text=given.text, phones_ok=given.phones_ok)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/feedback")
async def feedback(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """反馈: what came of a lead that your agency accepted; a further one is kept beside the first."""
    given = body(await request.body(), FeedbackGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    line = line_for(viewer, notice, given.agency_id)
    said = registered(given.registered)
    await referring.give_feedback(db, viewer, line, text=given.text, phones_ok=given.phones_ok, registered=said)
    return await answered(request, db, viewer, notice)


handlers = [accept, decline, return_, supplement, feedback]
