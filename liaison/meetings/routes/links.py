"""`/r/…`: what a mailed link opens, without account or cookie. GET shows, POST acts; only that one thing, only that one's rights."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict, Gone, Invalid, Message, NotFound
from liaison.i18n import N_, known_locale
from liaison.mechanisms.models import Designation
from liaison.meetings import queries, replies
from liaison.meetings.due import replies_due_on
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.meetings.permissions import NOBODY
from liaison.meetings.routes.answering import (
    SLIP_LABELS,
    SLIP_NAME,
    SUBSTITUTE,
    answer_of_form,
    read_answer,
    read_names,
    slip_of_form,
    slip_rows,
)
from liaison.meetings.routes.calendar import calendar_file
from liaison.meetings.routes.common import labels_of, renamed
from liaison.meetings.routes.show import NAMES
from liaison.meetings.showing import answer_of
from liaison.web.forms import Form, FormAgain
from liaison.web.pages import AnyRequest, page, words_of

PUBLIC = {"public": True}
OVER = N_("This link went with an office that has ended. Please ask your agency's present liaison.")
ANSWERS = ("accepted", "substitute", "tentative", "declined")


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


@get("/{token:str}", opt=PUBLIC)
async def follow(request: AnyRequest, db: NamedDependency[Session], token: FromPath[str]) -> Response[str]:
    """Shows what can be done; changes nothing, however often a mail scanner fetches it."""
    opened = await _open(request, db, token)
    if opened.invitation is not None:
        return await _slip(request, db, opened, await slip_of_form(db, opened.invitation))
    assert opened.attendee is not None
    form = answer_of_form(opened.attendee)
    if (chosen := request.query_params.get("partstat", "")) in ANSWERS:
        form.values["partstat"] = [chosen]
    return await _answer(request, db, opened, form)


@get("/{token:str}/calendar.ics", opt=PUBLIC)
async def calendar(request: AnyRequest, db: NamedDependency[Session], token: FromPath[str]) -> Response[bytes]:
    """The meeting as a file for the calendar."""
    opened = await _open(request, db, token)
    return await calendar_file(request, db, opened.meeting)


@post("/{token:str}", opt=PUBLIC, status_code=200)
async def act(request: AnyRequest, db: NamedDependency[Session], token: FromPath[str]) -> Response[str]:
    """Does it, and says what was recorded and how to change it."""
    opened = await _open(request, db, token)
    form = await _read(request)
    try:
        if opened.invitation is not None:
            names, places = read_names(form)
            try:
                await replies.return_slip(
                    db,
                    opened.viewer,
                    opened.invitation,
                    names,
                    declined=form.ticked("declined"),
                    comment=form.raw("comment"),
                )
            except Invalid as refusal:
                raise renamed(refusal, places) from None
        else:
            assert opened.attendee is not None
            await replies.answer(db, opened.viewer, opened.attendee, **_chosen(form))
    except Invalid as refusal:
        form.take(refusal)
        await db.rollback()
        opened = await _open(request, db, token)
        show = _slip if opened.invitation is not None else _answer
        raise FormAgain(await show(request, db, opened, form)) from None
    await db.flush()
    return await _done(request, db, opened)


def _chosen(form: Form) -> dict[str, Any]:
    """The answer; programs also write the partstat in capitals, and with hyphens, as calendars do."""
    form.values["partstat"] = [form.raw("partstat").strip().lower().replace("-", "_")]
    if not form.raw("partstat"):
        check = Check()
        check.refuse("partstat", N_("Please choose your answer."))
        check.done()
    return read_answer(form)


async def _read(request: AnyRequest) -> Form:
    """A browser's form, or the same fields as JSON: {"partstat", "comment"?, "substitute"?: {"name", …}}, {"names": [{…}], …}."""
    if request.content_type[0] != "application/json":
        form = await Form.read(request)
        if name := form.given("substitute"):
            form.values.setdefault("substitute.name", [name])
        return form
    try:
        data = await request.json()
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise Invalid({"body": N_("The body is not valid JSON.")})
    values: dict[str, list[str]] = {}
    for name, value in data.items():
        if name == "substitute" and isinstance(value, dict):
            values |= {f"substitute.{part}": [str(value[part] or "")] for part in SUBSTITUTE if part in value}
        elif name == "substitute" and value:
            values["substitute.name"] = [str(value)]
        elif name == "names" and isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, dict):
                    values |= {f"names.{number}.{part}": [str(row[part] or "")] for part in SLIP_NAME if part in row}
        elif value not in (None, False):
            values[name] = ["1" if value is True else str(value)]
    return Form(values)


async def _open(request: AnyRequest, db: Session, token: str) -> Opened:
    """Who may do what by this link now. Raises NotFound (never existed), Gone (expired, revoked, the office ended)."""
    request.state.form_path = request.url.path
    link = await links.resolve(db, token)
    if link.purpose == links.ANSWER:
        attendee, invitation = await _still(queries.attendee(db, link.object_id)), None
    elif link.purpose == links.SLIP:
        attendee, invitation = None, await _still(queries.invitation(db, link.object_id))
    else:
        raise NotFound
    meeting = (attendee or invitation).meeting  # type: ignore[union-attr]
    if link.designation_id is not None:
        designation = await db.get(Designation, link.designation_id)
        if designation is None or not designation.is_in_term_on(db.clock.today(meeting.timezone)):
            raise Gone(OVER)
    if link.person_id is not None:
        viewer = await request.app.state.load_viewer(db, link.person_id, via="link")
        if viewer is None:
            raise Gone(OVER)
        person = await db.get(Person, link.person_id)
        agency = await db.get(Agency, person.agency_id) if person else None
        locale = (person.locale if person else None) or (agency.locale if agency else None)
    else:
        viewer = Viewer(person_id=NOBODY, agency_id=link.agency_id or 0, via="link")
        agency = await db.get(Agency, link.agency_id)
        locale = agency.locale if agency else None
    request.state.reader_locale = known_locale(locale)
    return Opened(link, viewer, attendee, invitation)


async def _still(loading: Any) -> Any:
    """Whoever was taken off the list has nothing to answer any more."""
    try:
        return await loading
    except NotFound:
        raise Gone(N_("You are no longer asked to this meeting, so there is nothing to answer.")) from None


async def _answer(request: AnyRequest, db: Session, opened: Opened, form: Form) -> Response[str]:
    attendee = opened.attendee
    assert attendee is not None
    return await _page(
        request,
        db,
        opened,
        "meetings/link_answer.html",
        form=form,
        attendee=attendee,
        present=answer_of(attendee),
        closed=_closed(db, opened.meeting),
    )


async def _slip(request: AnyRequest, db: Session, opened: Opened, form: Form) -> Response[str]:
    invitation, meeting = opened.invitation, opened.meeting
    assert invitation is not None
    closed = _closed(db, meeting)
    if closed is None:
        try:
            replies.refuse_late(db, meeting)
        except Conflict as refusal:
            closed = refusal.message
    names = [a for a in await queries.attendees(db, meeting.id) if a.agency_invitation_id == invitation.id]
    return await _page(
        request,
        db,
        opened,
        "meetings/link_slip.html",
        form=form,
        labels=labels_of(words_of(request), form, SLIP_LABELS),
        invitation=invitation,
        names=names,
        rows=slip_rows(form, invitation.seats),
        closed=closed,
    )


async def _done(request: AnyRequest, db: Session, opened: Opened) -> Response[str]:
    attendees = await queries.attendees(db, opened.meeting.id)
    return await _page(
        request,
        db,
        opened,
        "meetings/link_done.html",
        attendee=opened.attendee,
        invitation=opened.invitation,
        present=answer_of(opened.attendee) if opened.attendee else None,
        names=[a for a in attendees if opened.invitation and a.agency_invitation_id == opened.invitation.id],
    )


async def _page(request: AnyRequest, db: Session, opened: Opened, template: str, **context: Any) -> Response[str]:
    meeting = opened.meeting
    return page(
        request,
        template,
        meeting=meeting,
        items=await queries.agenda(db, meeting.id, states=("accepted",)),
        due=replies_due_on(meeting, db.now()),
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


async def ignore_cookies(request: Request[Any, Any, Any]) -> None:
    """Whoever is signed in in this browser is not asked: the link alone says who acts."""
    request.state.viewer = None


router = Router("/r", route_handlers=[follow, calendar, act], before_request=ignore_cookies)
