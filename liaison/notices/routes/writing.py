"""The form of a notice: written, changed, sent, thrown away and taken back."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import PAPER, Mechanism
from liaison.meetings import queries as meetings
from liaison.notices import queries, telling, writing
from liaison.notices.addressing import Told
from liaison.notices.due import DEFAULT_DAYS
from liaison.notices.leads import Lead
from liaison.notices.models import (
    FOR_ACTION,
    FOR_COMMENT,
    FOR_INFORMATION,
    IN_RESPONSE,
    INFORMATION,
    REFERRAL,
    Notice,
)
from liaison.notices.permissions import NOT_YOURS, is_sender, may_write, refuse_not_a_draft
from liaison.notices.routes.common import Db, Id, Me, shown
from liaison.notices.saying import category as category_in
from liaison.notices.wording import PURPOSE_HINTS, PURPOSE_NAMES
from liaison.web.forms import Form, attempt, whole_number
from liaison.web.pages import AnyRequest, see_other, words_of


@get("/mechanisms/{mechanism_id:int}/notices/new")
async def new(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The empty form; with `?kind=referral` that of a lead; with `?answers=` the form of an answer to that notice;
    with `?activity=` that of a lead which was found at that joint activity."""
    mechanism = await _mechanism(db, viewer, mechanism_id)
    answered = await _answered(db, viewer, whole_number(request.query_params.get("answers")))
    kind = REFERRAL if request.query_params.get("kind") == REFERRAL and answered is None else INFORMATION
    form = Form.of(kind=kind, purpose=FOR_INFORMATION, deadline_days=DEFAULT_DAYS)
    if answered is not None:
        subject = words_of(request)._("Re: %(subject)s", subject=answered.subject)[:200]
        form = Form.of(subject=subject, to_agency_ids=[answered.from_agency_id], answers_id=answered.id)
    if kind == REFERRAL and (found_at := whole_number(request.query_params.get("activity"))):
        activity = await meetings.get(db, viewer, found_at)
        words = words_of(request)
        said = {"day": words.short_date(activity.local_on), "title": activity.title}
        form.values["activity_id"] = [str(activity.id)]
        form.values["text"] = [words._("The following lead was found at “%(title)s” on %(day)s:", **said) + "\n"]
    return await _page(request, db, viewer, mechanism, form, answered=answered)


@post("/mechanisms/{mechanism_id:int}/notices")
async def write(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Keep the draft; with `send` look once more at who gets it, and send it."""
    form = await Form.read(request)
    await _mechanism(db, viewer, mechanism_id)
    answered = await _answered(db, viewer, form.id("answers_id"))
    act = writing.draft(
        db,
        viewer,
        mechanism_id,
        answers_id=answered.id if answered else None,
        **_said(form, answered is not None, is_referral=form.raw("kind") == REFERRAL),
    )

    async def again(_: Mapping[str, Any]) -> Response[str]:
        again_answered = await _answered(db, viewer, form.id("answers_id"))
        return await _page(
            request, db, viewer, await _mechanism(db, viewer, mechanism_id), form, answered=again_answered
        )

    notice = await attempt(db, form, act, again)
    return see_other(f"/notices/{notice.id}/send" if form.ticked("send") else f"/notices/{notice.id}?done=kept")


@get("/notices/{notice_id:int}/edit")
async def edit_form(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[str]:
    """A draft, to be changed."""
    notice = await _draft(db, viewer, notice_id)
    return await _edit_page(request, db, viewer, notice, _form(notice, category_in(words_of(request), notice)))


@post("/notices/{notice_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Change it; with `send` look once more at who gets it."""
    form = await Form.read(request)
    notice = await _draft(db, viewer, notice_id)
    said = _said(form, notice.answers_id is not None, is_referral=notice.is_referral)
    act = writing.change(db, viewer, notice, version=form.whole("version"), **said)

    async def again(theirs: Mapping[str, Any]) -> Response[str]:
        stored = await _draft(db, viewer, notice_id)
        if theirs:
            form.values["version"] = [str(stored.version)]
        return await _edit_page(request, db, viewer, stored, form, theirs=theirs)

    await attempt(db, form, act, again)
    return see_other(f"/notices/{notice_id}/send" if form.ticked("send") else f"/notices/{notice_id}?done=kept")


@get("/notices/{notice_id:int}/send")
async def send_form(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Who gets it how, and how it reads, before it leaves."""
    notice = await queries.get(db, viewer, notice_id)
    if not is_sender(viewer, notice):
        raise NotPermitted(NOT_YOURS)
    if notice.sent_at is not None:
        return see_other(f"/notices/{notice_id}")
    return await _send_page(request, db, notice, Form())


@post("/notices/{notice_id:int}/send")
async def send(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Send it: everybody gets their mail at once."""
    form = await Form.read(request)
    notice = await queries.get(db, viewer, notice_id)
    act = writing.send(db, viewer, notice, version=form.whole("version"))

    async def again(theirs: Mapping[str, Any]) -> Response[str]:
        return await _send_page(request, db, await queries.get(db, viewer, notice_id), form, theirs=theirs)

    await attempt(db, form, act, again)
    return see_other(f"/notices/{notice_id}?done=sent")


@post("/notices/{notice_id:int}/discard")
async def discard(db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Throw the draft away, with an undo beside."""
    notice = await queries.get(db, viewer, notice_id)
    await writing.discard(db, viewer, notice)
    return see_other(f"/notices?box=drafts&discarded={notice_id}")


@post("/notices/{notice_id:int}/restore")
async def restore(db: Db, viewer: Me, notice_id: Id) -> Response[Any]:
    """Take it back."""
    await writing.restore(db, viewer, await queries.get(db, viewer, notice_id, discarded=True))
    return see_other(f"/notices/{notice_id}")


def _said(form: Form, answers: bool, *, is_referral: bool) -> dict[str, Any]:
    """What the form says; an answer has its purpose and its one addressee already."""
    return {
        "subject": form.raw("subject"),
        "text": form.raw("text"),
        "purpose": IN_RESPONSE if answers else form.raw("purpose"),
        "to_agency_ids": form.ids("to_agency_ids"),
        "copy_to_agency_ids": form.ids("copy_to_agency_ids"),
        "deadline_days": None if answers else form.whole("deadline_days"),
        "doc_no": form.raw("doc_no"),
        "lead": Lead(
            form.raw("case_code"),
            form.raw("category"),
            form.id("clause_id"),
            form.id("activity_id"),
            phones_ok=form.ticked("phones_ok"),
        )
        if is_referral
        else None,
    }


def _form(notice: Notice, category: str) -> Form:
    return Form.of(
        kind=notice.kind,
        case_code=notice.case_code,
        category=category,
        clause_id=notice.clause_id,
        activity_id=notice.activity_id,
        subject=notice.subject,
        text=notice.text,
        purpose=notice.purpose,
        to_agency_ids=[one.agency_id for one in notice.addressees if one.asked],
        copy_to_agency_ids=[one.agency_id for one in notice.addressees if not one.asked],
        deadline_days=notice.deadline_days,
        doc_no=notice.doc_no,
        answers_id=notice.answers_id,
        version=notice.version,
    )


async def _mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_write(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _draft(db: Session, viewer: Viewer, notice_id: int) -> Notice:
    notice = await queries.get(db, viewer, notice_id)
    refuse_not_a_draft(viewer, notice)
    return notice


async def _answered(db: Session, viewer: Viewer, notice_id: int | None) -> Notice | None:
    return await queries.get(db, viewer, notice_id) if notice_id else None


async def _edit_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    notice: Notice,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    answered = await _answered(db, viewer, notice.answers_id)
    return await _page(request, db, viewer, notice.mechanism, form, notice=notice, answered=answered, theirs=theirs)


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    mechanism: Mechanism,
    form: Form,
    *,
    notice: Notice | None = None,
    answered: Notice | None = None,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    own = viewer.acts_for(mechanism.id)
    members = [one for one in await mechanisms.members_on(db, mechanism.id, today) if one.agency_id != own]
    is_referral = form.raw("kind") == REFERRAL
    path = f"/mechanisms/{mechanism.id}/notices/new" + ("?kind=referral" if is_referral else "")
    if notice is not None:
        path = f"/notices/{notice.id}/edit"
    return shown(
        request,
        "notices/lead_form.html" if is_referral else "notices/form.html",
        path=path,
        form=form,
        mechanism=mechanism,
        notice=notice,
        answered=answered,
        members=members,
        clauses=await _clauses(db, mechanism) if is_referral else [],
        purposes=[
            (each, words._(PURPOSE_NAMES[each]), words._(PURPOSE_HINTS[each]))
            for each in (FOR_INFORMATION, FOR_COMMENT, FOR_ACTION)
        ],
        labels={
            "subject": words._("Subject"),
            "text": words._("Text"),
            "purpose": words._("Purpose"),
            "to_agency_ids": words._("Referred to") if is_referral else words._("To"),
            "copy_to_agency_ids": words._("Copies to"),
            "deadline_days": words._("Deadline in working days"),
            "doc_no": words._("Document number"),
            "case_code": words._("Lead code"),
            "category": words._("Cause of action"),
            "clause_id": words._("By clause"),
            "activity_id": words._("Found at"),
        },
        theirs=theirs or {},
    )


async def _clauses(db: Session, mechanism: Mechanism) -> list[tuple[int, str]]:
    """What a lead can be referred by, each with the beginning of its words."""
    return [
        (one.id, f"{one.number}. {one.text if len(one.text) <= 60 else one.text[:59] + '…'}")
        for one in await mechanisms.clauses(db, mechanism.id)
    ]


async def _send_page(
    request: AnyRequest, db: Session, notice: Notice, form: Form, *, theirs: Mapping[str, Any] | None = None
) -> Response[str]:
    told = await telling.those_told(db, notice, [(one.id, one.agency) for one in notice.addressees])
    reached: dict[int, list[Told]] = {}
    for each in told:
        for holder in each.holders:
            reached.setdefault(holder.addressee_id, []).append(each)
    today = db.clock.today(notice.mechanism.timezone)
    members = await mechanisms.members_on(db, notice.mechanism_id, today)
    return shown(
        request,
        "notices/send.html",
        path=f"/notices/{notice.id}/send",
        form=form,
        notice=notice,
        reached=reached,
        mails=len(told),
        on_paper={one.agency_id for one in members if one.takes_part == PAPER},
        due_on=writing.due_if_sent(db, notice),
        theirs=theirs or {},
    )


handlers = [new, write, edit_form, edit, send_form, send, discard, restore]
