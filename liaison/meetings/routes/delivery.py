"""送达情况: who holds the present date, person by person, and what to do about those who do not."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.meetings import queries, telling
from liaison.meetings.delivery import missing
from liaison.meetings.routes.answering import SAID, registered_of, said_now
from liaison.meetings.routes.common import meeting_to_change, renamed, shown
from liaison.meetings.routes.show import region
from liaison.meetings.wording import REGISTERED_NAMES, VIA_NAMES
from liaison.web.confirming import confirm_page
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@get("/meetings/{meeting_id:int}/deliveries")
async def show(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """Everybody who was asked: which version they hold, how it got there, and whether they answered."""
    meeting = await meeting_to_change(db, viewer, meeting_id)
    return await _page(request, db, viewer, meeting_id, said_now(db, meeting, ""))


@post("/meetings/{meeting_id:int}/deliveries/resend")
async def resend(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """The newest notice once more, to exactly those who do not hold it, once their number was confirmed."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)
    if not form.ticked("confirmed"):
        return confirm_page(
            request,
            nav="meetings",
            question=N_("The newest notice goes once more to %(count)s addresses that do not hold it. Send it?"),
            button=N_("Send"),
            action=f"/meetings/{meeting_id}/deliveries/resend",
            back=f"/meetings/{meeting_id}/deliveries",
            hidden={"count": form.raw("count")},
            count=form.raw("count"),
        )
    await telling.resend_to_missing(db, viewer, meeting, count=form.whole("count") or 0)
    return see_other(f"/meetings/{meeting_id}/deliveries")


@post("/meetings/{meeting_id:int}/deliveries/told")
async def told(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """已电话告知: to whom, by whom, when."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)
    kind, _, id_ = form.raw("asked").partition(":")
    if kind not in ("attendee", "slip") or not id_.isdecimal():
        form.refuse("asked", N_("Please choose who was told."))

    async def act() -> None:
        said = registered_of(form, meeting)
        try:
            await telling.note_told(
                db,
                viewer,
                meeting,
                registered=said,
                attendee_id=int(id_) if kind == "attendee" else None,
                invitation_id=int(id_) if kind == "slip" else None,
            )
        except Invalid as refusal:
            raise renamed(refusal, SAID) from None

    await attempt(db, form, act(), lambda theirs: _page(request, db, viewer, meeting_id, form, status=422))
    return see_other(f"/meetings/{meeting_id}/deliveries")


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form, *, status: int = 200
) -> Response[str]:
    meeting = await meeting_to_change(db, viewer, meeting_id)
    lines = await telling.lines_of(db, viewer, meeting)
    return shown(
        request,
        "meetings/deliveries.html",
        path=f"/meetings/{meeting_id}/deliveries",
        status=status,
        meeting=meeting,
        **region(db, request, meeting),
        lines=lines,
        last=await queries.newest_announcement(db, meeting.uid),
        missing=missing(lines),
        unaware=sum(not line.knows for line in lines),
        form=form,
        via_names=VIA_NAMES,
        ways=[(way, words_of(request)._(name)) for way, name in REGISTERED_NAMES.items()],
        to_choose=[
            (f"{line.kind}:{line.id}", f"{line.agency} {line.name}" if line.kind == "attendee" else line.name)
            for line in lines
            if not line.knows
        ],
    )


handlers = [show, resend, told]
