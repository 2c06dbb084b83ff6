"""Notices for programs: write, send, read, acknowledge, answer, put off, pass on, close."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response, get, patch, post
from litestar.response import Stream

from liaison.checks import CHOOSE_ONE_OF
from liaison.db import Session
from liaison.errors import Invalid, Message
from liaison.files.store import Brought
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.paper_queries import largest
from liaison.notices import answering, closing, deadlines, papers, queries, writing
from liaison.notices.api.common import Db, Id, Me, Page, answered, line_for, registered, shown
from liaison.notices.leads import Lead
from liaison.notices.models import FOR_INFORMATION, INFORMATION, KINDS, REFERRAL, Notice
from liaison.notices.permissions import refuse_not_a_draft, refuse_unchangeable
from liaison.notices.values import notice_json
from liaison.web.api import Body, RegisteredGiven, body, listed, named, named_if_given, replay, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest, settings_of
from liaison.web.papers import kept_file
from liaison.web.uploads import STREAMED, Received, received, take


class NoticeGiven(Body):
    subject: str
    text: str
    to_agency_ids: list[str]
    kind: str = INFORMATION
    purpose: str = FOR_INFORMATION
    copy_to_agency_ids: list[str] = msgspec.field(default_factory=list)
    deadline_days: int | None = None
    doc_no: str | None = None
    answers_id: str | None = None
    case_code: str | None = None
    activity_id: str | None = None
    category: str | None = None
    clause_id: str | None = None
    phones_ok: bool = False
    draft: bool = False


class NoticeChange(Body):
    subject: str | None = None
    text: str | None = None
    to_agency_ids: list[str] | None = None
    purpose: str | None = None
    copy_to_agency_ids: list[str] | None = None
    deadline_days: int | msgspec.UnsetType | None = msgspec.UNSET
    doc_no: str | msgspec.UnsetType | None = msgspec.UNSET
    case_code: str | msgspec.UnsetType | None = msgspec.UNSET
    category: str | msgspec.UnsetType | None = msgspec.UNSET
    clause_id: str | msgspec.UnsetType | None = msgspec.UNSET
    phones_ok: bool = False
    version: int | None = None


class SendGiven(Body):
    version: int | None = None


class OpenGiven(Body):
    pass


class AcknowledgeGiven(Body):
    text: str | None = None
    agency_id: str | None = None
    registered: RegisteredGiven | None = None


class AnswerGiven(Body):
    text: str
    agency_id: str | None = None
    registered: RegisteredGiven | None = None


class OfferGiven(Body):
    due_on: date
    text: str


class AgreeGiven(Body):
    agency_id: str
    due_on: date | None = None


class RefuseGiven(Body):
    agency_id: str
    text: str
    due_on: date | None = None


class PassOnGiven(Body):
    to_agency_id: str
    text: str


class CorrectGiven(Body):
    text: str


class CloseGiven(Body):
    reason: str | None = None


@get("/mechanisms/{mechanism_id:str}/notices")
async def notices_of_mechanism(db: Db, viewer: Me, paging: Page, mechanism_id: Id) -> dict[str, Any]:
    """Those that your agency wrote or was sent in this mechanism, newest first."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    limit, last = paging.limits()
    rows = await queries.of_mechanism(db, viewer, mechanism.id, before=last or None, limit=limit + 1)
    return listed(rows, limit, notice_json)


@post("/mechanisms/{mechanism_id:str}/notices")
async def write(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Send one at once to the liaison in office of each agency, or with `draft` only keep it for your agency.

    With `kind` referral it is a lead, to one agency, to be decided in five working days unless `deadline_days` says otherwise. Phone numbers
    in its text are refused (`text`) unless `phones_ok` says that they are of contacts."""
    given = body(await request.body(), NoticeGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    if given.kind not in KINDS:
        raise Invalid({"kind": Message(CHOOSE_ONE_OF, {"choices": ", ".join(KINDS)})})
    lead = Lead(
        given.case_code,
        given.category,
        named_if_given(given.clause_id),
        named_if_given(given.activity_id),
        given.phones_ok,
    )
    if given.kind == INFORMATION and lead != Lead(phones_ok=given.phones_ok):
        raise Invalid({"kind": N_("A case code, a cause and a clause belong to a referral.")})
    notice = await writing.draft(
        db,
        viewer,
        mechanism.id,
        subject=given.subject,
        text=given.text,
        purpose=given.purpose,
        to_agency_ids=[named(one) for one in given.to_agency_ids],
        copy_to_agency_ids=[named(one) for one in given.copy_to_agency_ids],
        deadline_days=given.deadline_days,
        doc_no=given.doc_no,
        answers_id=named_if_given(given.answers_id),
        lead=lead if given.kind == REFERRAL else None,
    )
    if not given.draft:
        await writing.send(db, viewer, notice)
    return await reply(request, db, viewer, await shown(db, viewer, notice.id), status=201)


@get("/notices/{notice_id:str}")
async def one_notice(db: Db, viewer: Me, notice_id: Id) -> dict[str, Any]:
    """One notice with how each agency stands to it. Reading it so opens it for nobody."""
    return notice_json(await queries.get(db, viewer, row_id(notice_id)))


@patch("/notices/{notice_id:str}")
async def change(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Change a draft; what was sent never changes."""
    given = body(await request.body(), NoticeChange)
    notice = await queries.get(db, viewer, row_id(notice_id))
    refuse_not_a_draft(viewer, notice)
    to, copies = given.to_agency_ids, given.copy_to_agency_ids
    await writing.change(
        db,
        viewer,
        notice,
        subject=notice.subject if given.subject is None else given.subject,
        text=notice.text if given.text is None else given.text,
        purpose=given.purpose or notice.purpose,
        to_agency_ids=[one.agency_id for one in notice.addressees if one.asked]
        if to is None
        else [named(one) for one in to],
        copy_to_agency_ids=[one.agency_id for one in notice.addressees if not one.asked]
        if copies is None
        else [named(one) for one in copies],
        deadline_days=notice.deadline_days if given.deadline_days is msgspec.UNSET else given.deadline_days,
        doc_no=notice.doc_no if given.doc_no is msgspec.UNSET else given.doc_no,
        lead=_lead(notice, given),
        version=seen(request, given.version),
    )
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/send")
async def send(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Send a draft: one mail to each liaison and deputy, at once. Twice is once."""
    given = body(await request.body(), SendGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    await writing.send(db, viewer, notice, version=seen(request, given.version))
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/open")
async def open_(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Say that your agency reads it; the sender sees since when."""
    body(await request.body(), OpenGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    await answering.open_(db, viewer, line_for(viewer, notice))
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/acknowledge")
async def acknowledge(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """签收 for your agency. With `registered` what `agency_id` told you another way."""
    given = body(await request.body(), AcknowledgeGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    line = line_for(viewer, notice, given.agency_id)
    await answering.acknowledge(db, viewer, line, text=given.text, registered=registered(given.registered))
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/answer")
async def answer(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Your agency's answer, which is mailed to the sender. With `registered` what `agency_id` told you another way."""
    given = body(await request.body(), AnswerGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    line = line_for(viewer, notice, given.agency_id)
    await answering.answer(db, viewer, line, text=given.text, registered=registered(given.registered))
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/offer")
async def offer(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Offer a later date for your agency's answer; one on a free day moves to the next working day (`offered_due_on` says which)."""
    given = body(await request.body(), OfferGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    await deadlines.offer(db, viewer, line_for(viewer, notice), due_on=given.due_on, text=given.text)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/agree")
async def agree(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Agree, for the sending agency, to the date that `agency_id` offers."""
    given = body(await request.body(), AgreeGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    await deadlines.agree(db, viewer, notice.line_of(named(given.agency_id)), due_on=given.due_on)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/refuse")
async def refuse(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Refuse it, with the reason."""
    given = body(await request.body(), RefuseGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    line = notice.line_of(named(given.agency_id))
    await deadlines.refuse(db, viewer, line, text=given.text, due_on=given.due_on)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/pass-on")
async def pass_on(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """It concerns another member agency, which is asked instead from now on."""
    given = body(await request.body(), PassOnGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    to = named(given.to_agency_id)
    await answering.pass_on(db, viewer, line_for(viewer, notice), to_agency_id=to, text=given.text)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/correct")
async def correct(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """What was registered for your agency is not so: it is open again."""
    given = body(await request.body(), CorrectGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    await answering.correct(db, viewer, line_for(viewer, notice), text=given.text)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/close")
async def close(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[bytes]:
    """No answer is needed any more; a `reason` is asked for while somebody owes one."""
    given = body(await request.body(), CloseGiven)
    notice = await queries.get(db, viewer, row_id(notice_id))
    await closing.close(db, viewer, notice, reason=given.reason)
    return await answered(request, db, viewer, notice)


@post("/notices/{notice_id:str}/papers", **STREAMED)
async def add_paper(request: AnyRequest, viewer: Me, notice_id: Id) -> Response[bytes]:
    """Bring a paper to a draft: multipart/form-data with one `file`. The same file once more is the same paper."""

    async def act(db: Session, got: Received, file: Brought) -> Response[bytes]:
        digest = got.digest(request)
        await replay(request, db, viewer, digest=digest)
        await papers.add(db, viewer, await queries.get(db, viewer, row_id(notice_id)), file)
        made = await shown(db, viewer, row_id(notice_id))
        return await reply(request, db, viewer, made, status=201, digest=digest)

    async with request.app.state.database.reading() as db:
        refuse_unchangeable(viewer, await queries.get(db, viewer, row_id(notice_id)))
        most = await largest(db)
    async with received(request, most=most) as got:
        return await take(request, got, act)


@get("/notices/{notice_id:str}/papers/{notice_paper_id:str}/file")
async def paper_file(request: AnyRequest, db: Db, viewer: Me, notice_id: Id, notice_paper_id: Id) -> Stream:
    """The file of one of its papers."""
    notice = await queries.get(db, viewer, row_id(notice_id))
    paper = notice.paper(row_id(notice_paper_id))
    paper.refuse_unread(scanner=bool(settings_of(request).scanner))
    return await kept_file(request, paper.stored_name, file_name=paper.file_name, media_type=paper.media_type)


def _lead(notice: Notice, given: NoticeChange) -> Lead | None:
    """What a draft of a referral says from now on; None for a notice, unless something of a referral is said."""
    said = (given.case_code, given.category, given.clause_id)
    if not notice.is_referral and all(one is msgspec.UNSET for one in said):
        return None
    return Lead(
        notice.case_code if given.case_code is msgspec.UNSET else given.case_code,
        notice.category if given.category is msgspec.UNSET else given.category,
        notice.clause_id if given.clause_id is msgspec.UNSET else named_if_given(given.clause_id),
        notice.activity_id,
        given.phones_ok,
    )


handlers = [
    notices_of_mechanism,
    write,
    one_notice,
    change,
    send,
    open_,
    acknowledge,
    answer,
    offer,
    agree,
    refuse,
    pass_on,
    correct,
    close,
    add_paper,
    paper_file,
]
