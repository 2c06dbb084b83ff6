"""What the links of meeting mails open: one person's answer, one agency's slip."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.enums import RequestEncodingType
from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import NOBODY, Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, Gone, Invalid, Message, NotFound
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries, replies
from liaison.meetings.attendance import to_check_in
from liaison.meetings.audience import item_shown
from liaison.meetings.due import replies_due_on
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.meetings.planning import everybody_of
from liaison.meetings.routes.answering import (
    SLIP_LABELS,
    SLIP_NAME,
    SUBSTITUTE,
    answer_of_form,
    both_slips,
    read_answer,
    read_names,
    slip_of_form,
    slip_rows,
)
from liaison.meetings.routes.attendance import check_in_of
from liaison.meetings.routes.calendar import calendar_file
from liaison.meetings.routes.common import keep_version, labels_of, renamed
from liaison.meetings.routes.show import NAMES
from liaison.meetings.showing import answer_of
from liaison.web.api import Body, body
from liaison.web.forms import Form, FormAgain, row_id
from liaison.web.handlers import wants_problems
from liaison.web.links import LinkPages
from liaison.web.links import opened as open_link
from liaison.web.pages import AnyRequest, page, words_of

_ANYBODY = Viewer(NOBODY, NOBODY)
"""Who may open a mailed link, which is passed on to who answers for somebody: no restricted item is named behind it."""
ITS_OWN = N_("Your agency has a liaison by now, who returns its slip.")
ANSWERS = ("accepted", "substitute", "tentative", "declined")


class SubstituteGiven(Body):
    name: str
    job_title: str | None = None
    phone: str | None = None


class AnswerGiven(Body):
    """What a program answers for the person whom the link was mailed to, or that this person is there (`check_in`)."""

    partstat: str = ""
    comment: str | None = None
    substitute: SubstituteGiven | str | None = None
    check_in: bool = False


class NameGiven(Body):
    name: str
    job_title: str | None = None
    phone: str | None = None
    note: str | None = None


class SlipGiven(Body):
    """What a program returns for the agency: people, or that nobody comes; or (`check_in`: an attendee's id) that one of them is there."""

    names: list[NameGiven] = msgspec.field(default_factory=list)
    declined: bool = False
    comment: str | None = None
    check_in: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is good: who acts by it, and on what."""

    link: Link
    viewer: Viewer
    attendee: Attendee | None
    invitation: AgencyInvitation | None

    @property
    def meeting(self) -> Meeting:
        one = self.attendee or self.invitation
        assert one is not None
        return one.meeting


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """What can be answered, or named on the slip."""
    opened = await _open(db, link, viewer)
    if opened.invitation is not None:
        return await _slip(request, db, opened, await slip_of_form(db, opened.invitation))
    assert opened.attendee is not None
    form = answer_of_form(opened.attendee)
    if (chosen := request.query_params.get("partstat", "")) in ANSWERS:
        form.values["partstat"] = [chosen]
    return await _answer(request, db, opened, form)


async def calendar(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[bytes]:
    """The meeting as a file for the calendar."""
    return await calendar_file(request, db, (await _open(db, link, viewer)).meeting)


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Record the answer or the slip; what is refused is shown again as it was typed."""
    opened = await _open(db, link, viewer)
    form = await _read(request, opened)
    if form.given("check_in"):
        return await _check_in(request, db, opened, form)
    try:
        if opened.invitation is not None:
            names, places = read_names(form)
            version = form.whole("version")
            form.done()
            try:
                await replies.return_slip(
                    db,
                    opened.viewer,
                    opened.invitation,
                    names,
                    declined=form.ticked("declined"),
                    comment=form.raw("comment"),
                    version=version,
                )
            except Invalid as refusal:
                raise renamed(refusal, places) from None
            except Conflict as refusal:
                if not refusal.theirs or wants_problems(request):
                    raise
                stale = await _slip(request, db, await _again(request, db), form, theirs=refusal.theirs)
                raise FormAgain(stale, 409) from None
        else:
            assert opened.attendee is not None
            await replies.answer(db, opened.viewer, opened.attendee, **_chosen(form))
    except Invalid as refusal:
        if wants_problems(request):
            raise
        form.take(refusal)
        opened = await _again(request, db)
        shown = _slip if opened.invitation is not None else _answer
        raise FormAgain(await shown(request, db, opened, form)) from None
    await db.flush()
    return await _done(request, db, opened)


async def _check_in(request: AnyRequest, db: Session, opened: Opened, form: Form) -> Response[str]:
    """签到 of the person, or of one name on the agency's slip."""
    attendee = opened.attendee
    if attendee is None:
        attendee = await queries.attendee(db, row_id(form.raw("check_in")))
        if opened.invitation is None or attendee.agency_invitation_id != opened.invitation.id:
            raise NotFound
    try:
        await check_in_of(db, opened.viewer, attendee, form)
    except Invalid as refusal:
        if wants_problems(request):
            raise
        form.take(refusal)
        raise FormAgain(await _both(request, db, await _again(request, db), form)) from None
    await db.flush()
    return await _both(request, db, opened, Form())


async def _both(request: AnyRequest, db: Session, opened: Opened, check_in_form: Form) -> Response[str]:
    """The page of the link, with what was typed to check in."""
    if opened.invitation is not None:
        return await _slip(request, db, opened, await slip_of_form(db, opened.invitation), check_in_form=check_in_form)
    assert opened.attendee is not None
    return await _answer(request, db, opened, answer_of_form(opened.attendee), check_in_form=check_in_form)


def _chosen(form: Form) -> dict[str, Any]:
    """The answer; programs also write the partstat in capitals, and with hyphens, as calendars do."""
    form.values["partstat"] = [form.raw("partstat").strip().lower().replace("-", "_")]
    if not form.raw("partstat"):
        check = Check()
        check.refuse("partstat", N_("Please choose your answer."))
        check.done()
    return read_answer(form)


async def _read(request: AnyRequest, opened: Opened) -> Form:
    """A browser's form, or the same fields as JSON, which is read as strictly as below /api."""
    if not _is_json(request):
        form = await Form.read(request)
        if name := form.given("substitute"):
            form.values.setdefault("substitute.name", [name])
            form.values["partstat"] = [_with_substitute(form.raw("partstat"))]
        return form
    if opened.invitation is not None:
        slip = body(await request.body(), SlipGiven)
        values = {f"names.{n}.{part}": getattr(one, part) for n, one in enumerate(slip.names) for part in SLIP_NAME}
        declined = "1" if slip.declined else None
        return Form.of(**values, declined=declined, comment=slip.comment, check_in=slip.check_in, version=slip.version)
    given = body(await request.body(), AnswerGiven)
    instead = given.substitute
    one = SubstituteGiven(name=instead) if isinstance(instead, str) else instead
    values = {f"substitute.{part}": getattr(one, part, None) for part in SUBSTITUTE}
    if given.check_in:
        return Form.of(check_in="1", **{f"instead.{part}": getattr(one, part, None) for part in ("name", "job_title")})
    partstat = _with_substitute(given.partstat) if one else given.partstat
    return Form.of(**values, partstat=partstat, comment=given.comment)


def _with_substitute(partstat: str) -> str:
    """Programs say, as calendars do, that somebody comes, and name who comes instead beside it."""
    return "substitute" if partstat.strip().lower() == "accepted" else partstat


def _is_json(request: AnyRequest) -> bool:
    return request.content_type[0] == RequestEncodingType.JSON


async def _open(db: Session, link: Link, viewer: Viewer) -> Opened:
    """What the link is about. Raises Gone: no longer asked, or an agency's own link although it has a liaison by now."""
    if link.purpose == links.ANSWER:
        return Opened(link, viewer, await _still(queries.attendee(db, link.object_id)), None)
    invitation = await _still(queries.invitation(db, link.object_id))
    if link.person_id is None:
        meeting = invitation.meeting
        today = db.clock.today(meeting.timezone)
        if (await mechanisms.in_office(db, meeting.mechanism_id, today)).get(link.agency_id or 0) is not None:
            raise Gone(ITS_OWN)
    return Opened(link, viewer, None, invitation)


async def _again(request: AnyRequest, db: Session) -> Opened:
    """The same after a refusal, whose transaction is undone."""
    await db.rollback()
    return await _open(db, *await open_link(request, db, request.path_params["token"]))


async def _still(loading: Any) -> Any:
    """Whoever was taken off the list has nothing to answer any more."""
    try:
        return await loading
    except NotFound:
        raise Gone(N_("You are no longer asked to this meeting, so there is nothing to answer.")) from None


async def _answer(
    request: AnyRequest, db: Session, opened: Opened, form: Form, *, check_in_form: Form | None = None
) -> Response[str]:
    attendee = opened.attendee
    assert attendee is not None
    return await _page(
        request,
        db,
        opened,
        "meetings/link_answer.html",
        form=form,
        attendee=attendee,
        contact_of=_contact_of(attendee),
        present=answer_of(attendee),
        closed=_closed(db, opened.meeting),
        to_check_in=to_check_in(opened.viewer, opened.meeting, [attendee], db.now()),
        check_in_form=check_in_form or Form(),
    )


async def _slip(
    request: AnyRequest,
    db: Session,
    opened: Opened,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
    check_in_form: Form | None = None,
) -> Response[str]:
    invitation, meeting = opened.invitation, opened.meeting
    assert invitation is not None
    closed = _closed(db, meeting)
    if closed is None:
        try:
            replies.refuse_late(db, meeting)
        except Conflict as refusal:
            closed = refusal.message
    names = [a for a in await queries.attendees(db, meeting.id) if a.agency_invitation_id == invitation.id]
    keep_version(form, invitation.version, stale=bool(theirs))
    return await _page(
        request,
        db,
        opened,
        "meetings/link_slip.html",
        form=form,
        stale=both_slips(request, form, theirs or {}),
        labels=labels_of(words_of(request), form, SLIP_LABELS),
        invitation=invitation,
        names=names,
        rows=slip_rows(form, invitation.seats),
        closed=closed,
        to_check_in=to_check_in(opened.viewer, meeting, names, db.now()),
        check_in_form=check_in_form or Form(),
    )


async def _done(request: AnyRequest, db: Session, opened: Opened) -> Response[str]:
    attendees = await queries.attendees(db, opened.meeting.id)
    return await _page(
        request,
        db,
        opened,
        "meetings/link_done.html",
        attendee=opened.attendee,
        contact_of=_contact_of(opened.attendee) if opened.attendee else None,
        invitation=opened.invitation,
        present=answer_of(opened.attendee) if opened.attendee else None,
        names=[a for a in attendees if opened.invitation and a.agency_invitation_id == opened.invitation.id],
    )


def _contact_of(attendee: Attendee) -> str | None:
    """Who reads this person's mail and answers for them; None where they read it themselves, or an office does."""
    address = attendee.person.effective_address() if attendee.person else None
    return address.holder if address is not None and address.via == "contact" else None


async def _page(request: AnyRequest, db: Session, opened: Opened, template: str, **context: Any) -> Response[str]:
    meeting = opened.meeting
    accepted = await queries.agenda(db, meeting.id, states=("accepted",))
    return page(
        request,
        template,
        meeting=meeting,
        items=[item_shown(_ANYBODY, item, arranges=False) for item in accepted],
        due=replies_due_on(meeting, db.now()),
        contact=(await everybody_of(db, meeting)).contact,
        zone=meeting.timezone,
        viewer=None,
        path=request.url.path,
        **{**NAMES, **context},
    )


def _closed(db: Session, meeting: Meeting) -> Message | None:
    """Why nothing can be answered now; None while it can."""
    if meeting.state == "cancelled":
        return Message(N_("This meeting has been cancelled; there is nothing to answer."))
    if meeting.state == "postponed":
        return Message(N_("This meeting has been postponed; you will be asked again with the new date."))
    if meeting.starts_at <= db.now():
        return Message(N_("The meeting has begun; please tell the liaison directly."))
    return None


PAGES = {purpose: LinkPages(show, act, calendar) for purpose in (links.ANSWER, links.SLIP)}
