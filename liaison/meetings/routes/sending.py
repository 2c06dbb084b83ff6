"""Before sending: who gets which mail and why, and the mails themselves to read. Then sending, reminding, sending once more."""

import html
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.itip import Method
from liaison.db import Session
from liaison.errors import NotFound
from liaison.i18n import LANGUAGE_NAMES
from liaison.meetings import announcing, mails, overview, queries
from liaison.meetings.models import Meeting
from liaison.meetings.planning import Plan, PlannedMail, plan
from liaison.meetings.routes.common import meeting_to_change, shown
from liaison.meetings.routes.show import region
from liaison.meetings.showing import WHY_UNREACHABLE
from liaison.meetings.vacancies import vacancies
from liaison.meetings.wording import CHANGE_NAMES, CHANGE_REASONS
from liaison.web.access import CSP
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, fragment, see_other

PREVIEW_CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
PARTS = ("html", "text", "calendar")


@get("/meetings/{meeting_id:int}/send")
async def review(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """What sending now would mean."""
    return await _page(request, db, viewer, meeting_id, Form())


@post("/meetings/{meeting_id:int}/send")
async def send(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """Send it; or, with `then=review`, show the page again with the line and the tick that were given."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)
    if form.raw("then") == "review":
        return await _page(request, db, viewer, meeting_id, form)
    act = announcing.send(
        db,
        viewer,
        meeting,
        note=form.raw("note"),
        answer_anew=form.ticked("answer_anew"),
        vacancy_reason=form.raw("vacancy_reason"),
        version=form.whole("version"),
    )
    announcement = await attempt(
        db,
        form,
        act,
        lambda theirs: _page(request, db, viewer, meeting_id, form, is_stale=bool(theirs)),
    )
    done = "sent" if await queries.calls_for_mail(db, announcement) else "noted"
    return see_other(f"/meetings/{meeting_id}?done={done}")


@get("/meetings/{meeting_id:int}/send/preview")
async def preview(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """One mail as it would go out (`?address=`, `?part=` html, text or calendar), for a frame that may do nothing."""
    meeting = await meeting_to_change(db, viewer, meeting_id)
    query = request.query_params
    planned = await plan(db, meeting, answer_anew=query.get("answer_anew") == "1")
    mail = _mail_to(planned, query.get("address"))
    if mail is None:
        raise NotFound
    message = await mails.preview(db, viewer, meeting, planned, mail, note=(query.get("note") or "")[:500] or None)
    part = query.get("part", "html")
    if part == "html":
        content = message.html
    else:
        plain = message.text if part == "text" else _unfolded(message.calendar)
        content = f'<!doctype html><meta charset="utf-8"><pre style="{_PRE}">{html.escape(plain)}</pre>'
    return Response(content, media_type="text/html", headers={"Content-Security-Policy": PREVIEW_CSP})


_PRE = (
    "white-space:pre-wrap;overflow-wrap:anywhere;margin:16px;font:14px/1.7 'Noto Sans Mono CJK SC',Consolas,monospace"
)


@post("/meetings/{meeting_id:int}/remind")
async def remind(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """提醒: only those who have not answered."""
    meeting = await queries.get(db, viewer, meeting_id)
    await announcing.remind(db, viewer, meeting)
    if not request.htmx:
        return see_other(f"/meetings/{meeting_id}?done=reminded#waiting")
    await db.flush()
    return fragment(
        request,
        "meetings/_waiting.html",
        meeting=meeting,
        answers=await overview.answers(db, viewer, meeting),
        **region(db, request, meeting),
    )


@post("/meetings/{meeting_id:int}/resend")
async def resend(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """The newest notice once more to one address."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    await announcing.resend(db, viewer, meeting, form.raw("address"))
    return see_other(f"/meetings/{meeting_id}?done=resent#mails")


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form, *, is_stale: bool = False
) -> Response[str]:
    meeting: Meeting = await meeting_to_change(db, viewer, meeting_id)
    planned = await plan(db, meeting, answer_anew=form.ticked("answer_anew"))
    chosen = _mail_to(planned, request.query_params.get("address") or form.raw("address"))
    chosen = chosen or (planned.mails[0] if planned.mails else None)
    part = request.query_params.get("part", "html")
    people = {a.id: a for a in await queries.attendees(db, meeting_id)}
    invitations = {i.id: i for i in await queries.invitations(db, meeting_id)}
    response = shown(
        request,
        "meetings/send.html",
        path=f"/meetings/{meeting_id}/send",
        form=form,
        meeting=meeting,
        plan=planned,
        is_cancel=planned.method is Method.CANCEL,
        vacant=vacancies(planned.asked.on_duty, planned.asked.invitations),
        chosen=chosen,
        part=part if part in PARTS else "html",
        people=people,
        invitations=invitations,
        change_names=CHANGE_NAMES,
        change_reasons=CHANGE_REASONS,
        why_unreachable=WHY_UNREACHABLE,
        language_names=LANGUAGE_NAMES,
        zone=meeting.timezone,
        is_stale=is_stale,
        is_past=not meeting.is_off and meeting.starts_at <= db.now(),
        past=announcing.PAST,
        is_nobody_asked=not people and not invitations and not planned.mails,
    )
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response


def _mail_to(planned: Plan, address: str | None) -> PlannedMail | None:
    return next((mail for mail in planned.mails if mail.addressee.address == address), None)


def _unfolded(calendar: bytes | None) -> str:
    """The calendar text with its folded lines joined, as a person can read it."""
    return (calendar or b"").replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode("utf-8", "replace")


handlers = [review, send, preview, remind, resend]
