"""What mailed links to notices open, without account: the notice with what its agency can do, and an offer with what its sender can say."""

from typing import Literal

from litestar.response import Response, Stream

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import NOBODY, Viewer
from liaison.db import Session
from liaison.errors import Conflict, Gone, Invalid, NotFound
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.notices import answering, deadlines, queries, referring
from liaison.notices.models import Addressee, Notice
from liaison.notices.routes.common import field_names, names
from liaison.notices.saying import asks
from liaison.notices.wording import IS_CLOSED, IS_PASSED_ON
from liaison.web.api import Body, body
from liaison.web.forms import Form, FormAgain
from liaison.web.links import LinkPages, opened
from liaison.web.pages import AnyRequest, page, settings_of, words_of
from liaison.web.papers import kept_file

NOT_YOURS = N_("You no longer answer for this agency.")
ITS_OWN = N_("Your agency has a liaison by now, who answers for it.")
NOT_OFFERED = N_("This offer was settled already.")
CHOOSE = N_("Please choose one.")


class NoticeGiven(Body):
    """What a program does for the agency that the link was mailed to: {"acknowledge": true}, {"answer": text}, {"due_on", "text"}; of a
    referral {"act": "accept"}, {"act": "decline" | "return", "reason"}, {"act": "feedback", "text"}."""

    acknowledge: bool = False
    answer: str | None = None
    due_on: str | None = None
    text: str | None = None
    act: Literal["accept", "decline", "return", "feedback"] | None = None
    reason: str | None = None
    phones_ok: bool = False


class OfferGiven(Body):
    """What a program says to an offered date: {"agree": true}, or {"refuse": reason}."""

    agree: bool = False
    refuse: str | None = None


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The notice, what the agency has said, and what it can say; changes nothing."""
    line = await _asked(db, link, viewer)
    return _page(request, line, Form())


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Record what the agency says, and show that."""
    line = await _asked(db, link, viewer)
    form, speaks_json = await _read(request)
    what = form.raw("act")
    try:
        if what == "acknowledge":
            await answering.acknowledge(db, viewer, line, text=form.raw("text"))
        elif what == "answer":
            await answering.answer(db, viewer, line, text=form.raw("text"))
        elif what == "offer":
            wanted = form.date("due_on")
            form.done()
            await deadlines.offer(db, viewer, line, due_on=wanted, text=form.raw("text"))
        elif what in ("accept", "feedback"):
            verb = referring.accept if what == "accept" else referring.give_feedback
            await verb(db, viewer, line, text=form.raw("text"), phones_ok=form.ticked("phones_ok"))
        elif what in ("decline", "return"):
            decide = referring.decline if what == "decline" else referring.return_
            await decide(db, viewer, line, reason=form.raw("reason"), phones_ok=form.ticked("phones_ok"))
        else:
            raise Invalid({"act": CHOOSE})
    except (Invalid, Conflict) as refusal:
        if speaks_json:
            raise
        await db.rollback()
        link, viewer = await opened(request, db, request.path_params["token"])
        line = await _asked(db, link, viewer)
        if isinstance(refusal, Invalid):
            form.take(refusal)
        refused = refusal.message.worded(words_of(request)._) if isinstance(refusal, Conflict) else None
        raise FormAgain(_page(request, line, form, at=what, refused=refused), refusal.status) from None
    await db.flush()
    await db.refresh(line.acts[-1], ["by"])
    return _page(request, line, Form(), said=what)


async def paper(request: AnyRequest, db: Session, link: Link, viewer: Viewer, paper_id: int) -> Stream:
    """The file of one of its papers."""
    line = await _asked(db, link, viewer)
    found = line.notice.paper(paper_id)
    found.refuse_unread(scanner=bool(settings_of(request).scanner))
    return await kept_file(request, found.stored_name, file_name=found.file_name, media_type=found.media_type)


async def show_offer(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The date that an agency offers; changes nothing."""
    return _offer_page(request, await _offered(db, link, viewer), Form())


async def act_on_offer(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Say whether it will do."""
    line = await _offered(db, link, viewer)
    speaks_json = request.content_type[0] == "application/json"
    if speaks_json:
        given = body(await request.body(), OfferGiven)
        form = Form.of(act="agree" if given.agree else "refuse", text=given.refuse, due_on=line.offered_due_on)
    else:
        form = await Form.read(request)
    try:
        seen = form.date("due_on")
        if form.raw("act") == "agree":
            await deadlines.agree(db, viewer, line, due_on=seen)
        elif form.raw("act") == "refuse":
            await deadlines.refuse(db, viewer, line, text=form.raw("text"), due_on=seen)
        else:
            raise Invalid({"act": CHOOSE})
    except (Invalid, Conflict) as refusal:
        if speaks_json:
            raise
        await db.rollback()
        link, viewer = await opened(request, db, request.path_params["token"])
        line = await _offered(db, link, viewer)
        if isinstance(refusal, Invalid):
            form.take(refusal)
        refused = refusal.message.worded(words_of(request)._) if isinstance(refusal, Conflict) else None
        raise FormAgain(_offer_page(request, line, form, refused=refused), refusal.status) from None
    await db.flush()
    return _offer_page(request, line, Form(), said=form.raw("act"))


async def _read(request: AnyRequest) -> tuple[Form, bool]:
    if request.content_type[0] != "application/json":
        return await Form.read(request), False
    given = body(await request.body(), NoticeGiven)
    if given.act is not None:
        ticked = "1" if given.phones_ok else None
        return Form.of(act=given.act, text=given.text, reason=given.reason, phones_ok=ticked), True
    if given.answer is not None:
        return Form.of(act="answer", text=given.answer), True
    if given.due_on is not None:
        return Form.of(act="offer", due_on=given.due_on, text=given.text), True
    return Form.of(act="acknowledge" if given.acknowledge else "", text=given.text), True


async def _asked(db: Session, link: Link, viewer: Viewer) -> Addressee:
    """The agency's line of the notice that the link was mailed for. Raises Gone where its holder does not answer for the agency any more,
    it was closed or passed on, and for an agency's own link once it has a liaison."""
    line = await _line(db, link)
    notice = line.notice
    await _refuse_others(db, notice, viewer, line.agency_id)
    if line.passed_on_to is not None:
        raise Gone(IS_PASSED_ON, agency=line.passed_on_to.short_name)
    if notice.closed_at is not None:
        raise Gone(IS_CLOSED)
    return line


async def _offered(db: Session, link: Link, viewer: Viewer) -> Addressee:
    line = await _line(db, link)
    await _refuse_others(db, line.notice, viewer, line.from_agency_id)
    if line.offered_due_on is None:
        raise Gone(NOT_OFFERED)
    return line


async def _line(db: Session, link: Link) -> Addressee:
    try:
        notice = await queries.of_link(db, link.object_id)
    except NotFound:
        raise Gone(NOT_YOURS) from None
    return next(one for one in notice.addressees if one.id == link.object_id)


async def _refuse_others(db: Session, notice: Notice, viewer: Viewer, agency_id: int) -> None:
    today = db.clock.today(notice.mechanism.timezone)
    in_office = await mechanisms.in_office(db, notice.mechanism_id, today)
    if viewer.person_id == NOBODY:
        if viewer.agency_id != agency_id or agency_id not in in_office:
            raise Gone(NOT_YOURS)
        if in_office[agency_id] is not None:
            raise Gone(ITS_OWN)
    elif viewer.acts_for(notice.mechanism_id) != agency_id:
        raise Gone(NOT_YOURS)


def _page(
    request: AnyRequest,
    line: Addressee,
    form: Form,
    *,
    at: str = "",
    said: str | None = None,
    refused: str | None = None,
) -> Response[str]:
    words = words_of(request)
    return page(
        request,
        "notices/link.html",
        **names(),
        notice=line.notice,
        line=line,
        zone=line.notice.mechanism.timezone,
        lead=asks(words, line.notice),
        form=form,
        empty_form=Form(),
        at=at,
        said=said,
        refused=refused,
        labels={
            **field_names(words, at),
            "due_on": words._("Other date"),
            "act": words._("Your answer"),
        },
        viewer=None,
        path=request.url.path,
    )


def _offer_page(
    request: AnyRequest, line: Addressee, form: Form, *, said: str | None = None, refused: str | None = None
) -> Response[str]:
    words = words_of(request)
    return page(
        request,
        "notices/offer_link.html",
        **names(),
        notice=line.notice,
        line=line,
        form=form,
        said=said,
        refused=refused,
        labels={"text": words._("Reason"), "act": words._("Your answer")},
        viewer=None,
        path=request.url.path,
    )


PAGES = {links.NOTICE: LinkPages(show, act, paper=paper), links.OFFER: LinkPages(show_offer, act_on_offer)}
