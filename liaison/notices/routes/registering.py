"""代登记: what an agency said to a notice by phone, on paper or another way."""

from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.meetings.models import REGISTERED_WAYS
from liaison.meetings.replies import Registered
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.notices import answering, queries, referring
from liaison.notices.models import ACCEPTED, ACKNOWLEDGED, ANSWERED, FEEDBACK, Addressee, Notice
from liaison.notices.permissions import may_register
from liaison.notices.routes.common import Db, Id, Me, shown
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

SAID = {"registered.how": "how", "registered.said_by": "said_by", "registered.at": "said_on", "reason": "text"}


SAID_NAMES = {"acknowledged": N_("They have it"), "answered": N_("They answered")}
LEAD_SAID = {
    "acknowledged": N_("They have it"),
    "accepted": N_("They accept it"),
    "declined": N_("They do not accept it"),
    "returned": N_("They return it for completion"),
    "feedback": N_("They tell what came of it"),
}


@get("/notices/{notice_id:int}/agencies/{agency_id:int}/register")
async def register_form(request: AnyRequest, db: Db, viewer: Me, notice_id: Id, agency_id: Id) -> Response[str]:
    """That an agency acknowledged it, or what it answered."""
    notice = await queries.get(db, viewer, notice_id)
    now = db.now().astimezone(notice.zone)
    what = ANSWERED if notice.wants_answer else ACKNOWLEDGED
    if notice.is_referral:
        what = FEEDBACK if notice.line_of(agency_id).decision == ACCEPTED else ACCEPTED
    form = Form.of(what=what, how="phone", said_on=now.date(), said_at=f"{now:%H:%M}")
    return await _page(request, db, viewer, notice_id, agency_id, form)


@post("/notices/{notice_id:int}/agencies/{agency_id:int}/register")
async def register(request: AnyRequest, db: Db, viewer: Me, notice_id: Id, agency_id: Id) -> Response[Any]:
    """It counts like their own word, and is shown as registered."""
    form = await Form.read(request)
    notice = await queries.get(db, viewer, notice_id)
    line = notice.line_of(agency_id)

    async def act() -> None:
        registered = _registered(form, notice)
        try:
            await _say(db, viewer, line, form, registered)
        except Invalid as refusal:
            raise Invalid({SAID.get(name, name): why for name, why in refusal.errors.items()}) from None

    await attempt(db, form, act(), lambda _: _page(request, db, viewer, notice_id, agency_id, form))
    return see_other(f"/notices/{notice_id}?done=registered")


async def _say(db: Session, viewer: Viewer, line: Addressee, form: Form, registered: Registered) -> None:
    text, phones_ok = form.raw("text"), form.ticked("phones_ok")
    match form.raw("what"):
        case "answered":
            await answering.answer(db, viewer, line, text=text, registered=registered)
        case "accepted":
            await referring.accept(db, viewer, line, text=text, phones_ok=phones_ok, registered=registered)
        case "declined":
            await referring.decline(db, viewer, line, reason=text, phones_ok=phones_ok, registered=registered)
        case "returned":
            await referring.return_(db, viewer, line, reason=text, phones_ok=phones_ok, registered=registered)
        case "feedback":
            await referring.give_feedback(db, viewer, line, text=text, phones_ok=phones_ok, registered=registered)
        case _:
            await answering.acknowledge(db, viewer, line, text=text, registered=registered)


def _registered(form: Form, notice: Notice) -> Registered:
    at = form.local_start("said_on", "said_at")
    form.done()
    assert at is not None
    try:
        return Registered(form.raw("how"), form.raw("said_by"), instant_of(at, notice.zone))
    except NoSuchTime:
        raise Invalid(
            {"said_at": N_("This time does not exist on that day: the clocks are put forward then.")}
        ) from None


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, notice_id: int, agency_id: int, form: Form
) -> Response[str]:
    notice = await queries.get(db, viewer, notice_id)
    line: Addressee = notice.line_of(agency_id)
    if not may_register(viewer, notice, agency_id):
        raise NotPermitted(answering.NOT_TO_REGISTER)
    words = words_of(request)
    return shown(
        request,
        "notices/register.html",
        path=f"/notices/{notice_id}/agencies/{agency_id}/register",
        form=form,
        notice=notice,
        line=line,
        whats=[(code, words._(name)) for code, name in (LEAD_SAID if notice.is_referral else SAID_NAMES).items()],
        ways=[(way, words._(REGISTERED_NAMES[way])) for way in REGISTERED_WAYS],
        labels={
            "what": words._("What they said"),
            "text": words._("In their words"),
            "how": words._("How it came"),
            "said_by": words._("Who said it"),
            "said_on": words._("Said on"),
            "said_at": words._("Said at"),
        },
    )


handlers = [register_form, register]
