"""An agency's own answer on the page, and answers registered for others (代登记)."""

from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.db import Session
from liaison.errors import Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.meetings.models import REGISTERED_WAYS
from liaison.meetings.replies import Registered
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.polls import answering, queries
from liaison.polls.models import PollAnswer, TimePoll
from liaison.polls.permissions import may_register
from liaison.polls.routes.common import Db, Id, Me, answer_form, answer_labels, read_choices, shown
from liaison.polls.routes.show import poll_page
from liaison.polls.showing import times
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

SAID = {"registered.how": "how", "registered.said_by": "said_by", "registered.at": "said_on"}


@post("/time-polls/{poll_id:int}/answer")
async def answer(request: AnyRequest, db: Db, viewer: Me, poll_id: Id) -> Response[Any]:
    """The own agency's answer, as often as needed until the date."""
    form = await Form.read(request)
    poll = await queries.get(db, viewer, poll_id)
    own = viewer.acts_for(poll.mechanism_id) or 0
    act = answering.answer(
        db,
        viewer,
        poll,
        own,
        read_choices(form, poll),
        comment=form.raw("comment"),
        version=form.whole("version"),
    )
    await attempt(db, form, act, lambda theirs: poll_page(request, db, viewer, poll_id, form, theirs=theirs))
    return see_other(f"/time-polls/{poll_id}?done=answered")


@post("/time-polls/{poll_id:int}/withdraw")
async def withdraw(db: Db, viewer: Me, poll_id: Id) -> Response[Any]:
    """Take the own agency's answer back."""
    poll = await queries.get(db, viewer, poll_id)
    await answering.withdraw(db, viewer, poll, viewer.acts_for(poll.mechanism_id) or 0)
    return see_other(f"/time-polls/{poll_id}?done=withdrawn")


@get("/time-polls/{poll_id:int}/agencies/{agency_id:int}/register")
async def register_form(request: AnyRequest, db: Db, viewer: Me, poll_id: Id, agency_id: Id) -> Response[str]:
    """What an agency said by phone or on paper, with its present answer."""
    poll, row = await _asked(db, viewer, poll_id, agency_id)
    now = db.now().astimezone(poll.zone)
    form = answer_form(row)
    form.values |= Form.of(how="phone", said_on=now.date(), said_at=f"{now:%H:%M}").values
    return await _register_page(request, db, viewer, poll_id, agency_id, form)


@post("/time-polls/{poll_id:int}/agencies/{agency_id:int}/register")
async def register(request: AnyRequest, db: Db, viewer: Me, poll_id: Id, agency_id: Id) -> Response[Any]:
    """Register it; it counts, and is shown as registered."""
    form = await Form.read(request)
    poll, _ = await _asked(db, viewer, poll_id, agency_id)

    async def act() -> None:
        try:
            await answering.answer(
                db,
                viewer,
                poll,
                agency_id,
                read_choices(form, poll),
                comment=form.raw("comment"),
                registered=_registered(form, poll),
                version=form.whole("version"),
            )
        except Invalid as refusal:
            raise Invalid({SAID.get(name, name): why for name, why in refusal.errors.items()}) from None

    def again(theirs: Mapping[str, Any]) -> Awaitable[Response[str]]:
        return _register_page(request, db, viewer, poll_id, agency_id, form, theirs=theirs)

    await attempt(db, form, act(), again)
    return see_other(f"/time-polls/{poll_id}?done=registered")


async def _asked(db: Session, viewer: Viewer, poll_id: int, agency_id: int) -> tuple[TimePoll, PollAnswer]:
    poll = await queries.get(db, viewer, poll_id)
    row = poll.answer_of(agency_id)
    if row is None:
        raise NotFound
    return poll, row


def _registered(form: Form, poll: TimePoll) -> Registered:
    """How, by whom and when it was said. Raises Invalid on the fields of the form."""
    at = form.local_start("said_on", "said_at")
    form.day("said_on", at.date() if at else None)
    form.done()
    assert isinstance(at, datetime)
    try:
        return Registered(form.raw("how"), form.raw("said_by"), instant_of(at, poll.zone))
    except NoSuchTime:
        raise Invalid(
            {"said_at": N_("This time does not exist on that day: the clocks are put forward then.")}
        ) from None


async def _register_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    poll_id: int,
    agency_id: int,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    poll, row = await _asked(db, viewer, poll_id, agency_id)
    if not may_register(viewer, poll, row.agency_id):
        raise NotPermitted(answering.NOT_TO_REGISTER)
    if theirs:
        form.values["version"] = [str(row.version)]
    words = words_of(request)
    labels = {
        "how": words._("How it came"),
        "said_by": words._("Who said it"),
        "said_on": words._("Said on"),
        "said_at": words._("Said at"),
    }
    return shown(
        request,
        "polls/register.html",
        path=f"/time-polls/{poll_id}/agencies/{agency_id}/register",
        form=form,
        labels=answer_labels(words, poll, **labels),
        poll=poll,
        row=row,
        times=await times(db, viewer, poll),
        ways=[(way, words._(REGISTERED_NAMES[way])) for way in REGISTERED_WAYS],
        theirs=theirs or {},
    )


handlers = [answer, withdraw, register_form, register]
