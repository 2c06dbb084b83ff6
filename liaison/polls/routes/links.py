"""What the mailed link opens: the times, and the agency's answer without an account. After the date or the end it says so (410)."""

from typing import Any

import msgspec
from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import NOBODY, Viewer
from liaison.db import Session
from liaison.errors import Conflict, Gone, Invalid, NotFound
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.polls import answering, queries
from liaison.polls.models import PollAnswer, TimePoll
from liaison.polls.routes.common import answer_form, answer_labels, names, read_choices
from liaison.polls.showing import times
from liaison.polls.wording import LATE
from liaison.web.api import Body, body
from liaison.web.forms import Form, FormAgain
from liaison.web.links import LinkPages, opened
from liaison.web.pages import AnyRequest, page, words_of

NOT_YOURS = N_("You no longer answer for this agency.")
ITS_OWN = N_("Your agency has a liaison by now, who answers for it.")


class ChoicesGiven(Body):
    """What a program answers for the agency whose liaison the link was mailed to: {"choices": {"7": "can", …}, "comment"?}, or
    {"withdraw": true}."""

    choices: dict[str, str] = msgspec.field(default_factory=dict)
    comment: str | None = None
    withdraw: bool = False


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The times and what can be answered; changes nothing."""
    poll, row = await _asked(db, link, viewer)
    return await _page(request, db, viewer, poll, row, answer_form(row))


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Record the answer, or take it back, and say so."""
    poll, row = await _asked(db, link, viewer)
    form, speaks_json = await _read(request)
    try:
        if form.ticked("withdraw"):
            await answering.withdraw(db, viewer, poll, row.agency_id)
        else:
            version = form.whole("version")
            said, comment = read_choices(form, poll), form.raw("comment")
            await answering.answer(db, viewer, poll, row.agency_id, said, comment=comment, version=version)
    except (Invalid, Conflict) as refusal:
        if speaks_json:
            raise
        await db.rollback()
        link, viewer = await opened(request, db, request.path_params["token"])
        poll, row = await _asked(db, link, viewer)
        stale = isinstance(refusal, Conflict)
        if isinstance(refusal, Invalid):
            form.take(refusal)
        else:
            form.values["version"] = [str(row.version)]
        raise FormAgain(
            await _page(request, db, viewer, poll, row, form, theirs={"stale": stale} if stale else {}), refusal.status
        ) from None
    await db.flush()
    said_now = "withdrawn" if form.ticked("withdraw") else "answered"
    return await _page(request, db, viewer, poll, row, answer_form(row), said=said_now)


async def _read(request: AnyRequest) -> tuple[Form, bool]:
    if request.content_type[0] != "application/json":
        return await Form.read(request), False
    given = body(await request.body(), ChoicesGiven)
    said = {f"choices.{candidate_id}": choice for candidate_id, choice in given.choices.items()}
    return Form.of(comment=given.comment, withdraw="1" if given.withdraw else None, **said), True


async def _asked(db: Session, link: Link, viewer: Viewer) -> tuple[TimePoll, PollAnswer]:
    """What the link is about, and the line of its agency. Raises Gone: ended, late, no longer theirs, or an agency's own link
    although it has a liaison by now."""
    try:
        if viewer.person_id == NOBODY:
            poll = await queries.of_agency(db, viewer.agency_id, link.object_id)
        else:
            poll = await queries.get(db, viewer, link.object_id)
    except NotFound:
        raise Gone(NOT_YOURS) from None
    row = poll.answer_of(link.agency_id)
    today = db.clock.today(poll.mechanism.timezone)
    in_office = await mechanisms.in_office(db, poll.mechanism_id, today)
    if row is None or row.agency_id not in in_office:
        raise Gone(NOT_YOURS)
    if viewer.person_id == NOBODY and in_office[row.agency_id] is not None:
        raise Gone(ITS_OWN)
    try:
        poll.refuse_ended()
    except Conflict as refusal:
        raise Gone(refusal.message.msgid, **refusal.message.params) from None
    if not poll.takes_answers_on(today):
        raise Gone(LATE)
    return poll, row


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    poll: TimePoll,
    row: PollAnswer,
    form: Form,
    *,
    said: str | None = None,
    theirs: dict[str, Any] | None = None,
) -> Response[str]:
    words = words_of(request)
    return page(
        request,
        "polls/link.html",
        **names(words),
        form=form,
        labels=answer_labels(words, poll),
        poll=poll,
        row=row,
        times=await times(db, viewer, poll),
        zone=poll.mechanism.timezone,
        said=said,
        theirs=theirs or {},
        viewer=None,
        path=request.url.path,
    )


PAGES = {links.TIME_POLL: LinkPages(show, act)}
