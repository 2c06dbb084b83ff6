"""Answers given on the pages of somebody who is signed in: the own one, an agency's slip, and what was said another way (代登记)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.db import Session
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_, Words
from liaison.meetings import queries, replies
from liaison.meetings.due import replies_due_on
from liaison.meetings.models import REGISTERED_WAYS, AgencyInvitation, Attendee, Meeting
from liaison.meetings.permissions import may_fill_slip, may_register
from liaison.meetings.replies import Registered, SlipName
from liaison.meetings.routes.asking import attendee_of, invitation_of
from liaison.meetings.routes.common import (
    both_versions,
    filled_rows,
    keep_version,
    labels_of,
    renamed,
    row_numbers,
    shown,
)
from liaison.meetings.routes.show import NAMES, region
from liaison.meetings.showing import answer_of
from liaison.meetings.wording import ANSWER_NAMES, REGISTERED_NAMES
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, fragment, see_other, words_of

SUBSTITUTE = ("name", "job_title", "phone")
SLIP_NAME = ("name", "job_title", "phone", "note")
ANSWER_LABELS = {"partstat": N_("Answer"), "substitute.name": N_("Who comes instead"), "comment": N_("Comment")}
SLIP_LABELS = {
    "names": N_("Names"),
    "comment": N_("Comment"),
    "how": N_("How it came"),
    "said_by": N_("Who said it"),
    "said_on": N_("Said on"),
    "said_at": N_("Said at"),
}
SAID = {"registered.how": "how", "registered.said_by": "said_by", "registered.at": "said_on"}


@post("/attendees/{attendee_id:int}/answer")
async def answer(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], attendee_id: FromPath[int]
) -> Response[Any]:
    """One's own answer, from the meeting's page or the page for it alone."""
    form = await Form.read(request)
    attendee = await attendee_of(db, viewer, attendee_id)
    meeting_id = attendee.meeting_id
    act = replies.answer(db, viewer, attendee, **read_answer(form), version=form.whole("version"))
    await attempt(
        db, form, act, lambda theirs: _answer_page(request, db, viewer, attendee_id, form, theirs=theirs, again=True)
    )
    if not request.htmx:
        return see_other(f"/meetings/{meeting_id}?done=answered#own-answer")
    meeting = await queries.get(db, viewer, meeting_id)
    return fragment(
        request,
        "meetings/_own_answer.html",
        meeting=meeting,
        own=attendee,
        act="",
        **region(db, request, meeting),
    )


@get("/attendees/{attendee_id:int}/answer")
async def answer_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], attendee_id: FromPath[int]
) -> Response[str]:
    """One's own answer on a page of its own (a substitute needs a name)."""
    attendee = await attendee_of(db, viewer, attendee_id)
    form = answer_of_form(attendee)
    if request.query_params.get("partstat") in ANSWER_NAMES:
        form.values["partstat"] = [request.query_params["partstat"]]
    return await _answer_page(request, db, viewer, attendee_id, form)


@get("/attendees/{attendee_id:int}/register")
async def register_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], attendee_id: FromPath[int]
) -> Response[str]:
    """代登记: what this person said by phone, in person, on paper or in a chat."""
    attendee = await attendee_of(db, viewer, attendee_id)
    form = answer_of_form(attendee)
    form.values |= said_now(db, attendee.meeting, attendee.name).values
    return await _register_page(request, db, viewer, attendee_id, form)


@post("/attendees/{attendee_id:int}/register")
async def register(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], attendee_id: FromPath[int]
) -> Response[Any]:
    """Save it; it counts, and is shown as registered."""
    form = await Form.read(request)
    attendee = await attendee_of(db, viewer, attendee_id)
    meeting_id = attendee.meeting_id

    async def act() -> None:
        said = registered_of(form, attendee.meeting)
        try:
            await replies.register(db, viewer, attendee, said, **read_answer(form), version=form.whole("version"))
        except Invalid as refusal:
            raise renamed(refusal, SAID) from None

    await attempt(db, form, act(), lambda theirs: _register_page(request, db, viewer, attendee_id, form, theirs=theirs))
    return see_other(f"/meetings/{meeting_id}?done=registered#answers")


@get("/agency-invitations/{invitation_id:int}")
async def slip_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], invitation_id: FromPath[int]
) -> Response[str]:
    """An agency's slip: its own liaison fills it in, the host enters what came another way."""
    invitation = await invitation_of(db, viewer, invitation_id)
    form = await slip_of_form(db, invitation)
    form.values |= said_now(db, invitation.meeting, "").values
    return await _slip_page(request, db, viewer, invitation_id, form)


@post("/agency-invitations/{invitation_id:int}")
async def return_slip(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], invitation_id: FromPath[int]
) -> Response[Any]:
    """Return it, as often as needed until the date."""
    form = await Form.read(request)
    invitation = await invitation_of(db, viewer, invitation_id)
    meeting_id = invitation.meeting_id
    names, places = read_names(form)
    own = may_fill_slip(viewer, invitation, invitation.meeting.mechanism_id)

    async def act() -> None:
        said = None if own and form.raw("as") != "registered" else registered_of(form, invitation.meeting)
        try:
            await replies.return_slip(
                db,
                viewer,
                invitation,
                names,
                declined=form.ticked("declined"),
                comment=form.raw("comment"),
                registered=said,
                version=form.whole("version"),
            )
        except Invalid as refusal:
            raise renamed(refusal, places | SAID) from None

    await attempt(db, form, act(), lambda theirs: _slip_page(request, db, viewer, invitation_id, form, theirs=theirs))
    return see_other(f"/meetings/{meeting_id}?done=slip#answers")


def read_answer(form: Form) -> dict[str, Any]:
    """`partstat` (or substitute), `comment`, and the substitute's fields, which count with that answer alone."""
    named = {name: form.raw(f"substitute.{name}") for name in SUBSTITUTE}
    partstat = form.raw("partstat")
    sends = partstat == "substitute"
    return {
        "partstat": "accepted" if sends else partstat,
        "comment": form.raw("comment"),
        "substitute": named if sends else None,
    }


def answer_of_form(attendee: Attendee) -> Form:
    """The present answer, to be changed."""
    if attendee.answered_for_earlier_time:
        return Form.of(version=attendee.version)
    values: dict[str, Any] = {"comment": attendee.comment, "version": attendee.version}
    if attendee.partstat != "needs_action":
        values["partstat"] = answer_of(attendee)
    for name in SUBSTITUTE:
        values[f"substitute.{name}"] = (attendee.substitute or {}).get(name)
    return Form.of(**values)


async def slip_of_form(db: Session, invitation: AgencyInvitation) -> Form:
    """The names returned so far, to be changed."""
    values: dict[str, Any] = {
        "comment": invitation.comment,
        "declined": "1" if invitation.declined else None,
        "version": invitation.version,
    }
    names = [a for a in await queries.attendees(db, invitation.meeting_id) if a.agency_invitation_id == invitation.id]
    for number, attendee in enumerate(sorted(names, key=lambda a: (a.position, a.id))):
        for name in SLIP_NAME:
            values[f"names.{number}.{name}"] = getattr(attendee, name)
    return Form.of(**values)


def read_names(form: Form) -> tuple[list[SlipName], dict[str, str]]:
    """The rows in which anything was typed, and by the verb's name of each its name in the form."""
    rows = filled_rows(form, "names", SLIP_NAME)
    names = [SlipName(**{name: form.raw(f"names.{row}.{name}") for name in SLIP_NAME}) for row in rows]
    return names, {f"names.{number}": f"names.{row}" for number, row in enumerate(rows)}


def slip_rows(form: Form, seats: int) -> list[int]:
    """As many rows as there are seats, and always one empty one more."""
    found = row_numbers(form, "names")
    return row_numbers(form, "names", spare=max(1, min(seats, 20) - len(found) + 1))


def both_slips(request: AnyRequest, form: Form, theirs: Mapping[str, Any]) -> list[Any]:
    """For a stale slip: the names and the comment that are stored by now, and those typed here; empty if it is not stale."""
    if not theirs:
        return []
    words = words_of(request)
    stored = {"names": _said_on(words, theirs["names"], declined=theirs["declined"]), "comment": theirs["comment"]}
    typed = [one.name for one in read_names(form)[0]]
    here = Form.of(names=_said_on(words, typed, declined=form.ticked("declined")), comment=form.raw("comment"))
    return both_versions(request, here, stored, {"names": words._("Names"), "comment": words._("Comment")})


def _said_on(words: Words, names: list[str], *, declined: bool) -> str:
    return words._("Nobody comes") if declined else " · ".join(names)


def said_now(db: Session, meeting: Meeting, said_by: str) -> Form:
    """The fields of a 代登记, filled in as if it were said by phone at this moment."""
    now = db.now().astimezone(meeting.zone)
    return Form.of(**{"how": "phone", "said_by": said_by, "said_on": now.date(), "said_at": f"{now:%H:%M}"})


def registered_of(form: Form, meeting: Meeting) -> Registered:
    """How, by whom and when something was said. Raises Invalid on the fields of the form."""
    at = form.local_start("said_on", "said_at")
    form.required_text("said_by", form.raw("said_by"), most=80)
    form.day("said_on", at.date() if at else None)
    form.done()
    assert isinstance(at, datetime)
    try:
        instant = instant_of(at, meeting.zone)
    except NoSuchTime:
        raise Invalid(
            {"said_at": N_("This time does not exist on that day: the clocks are put forward then.")}
        ) from None
    return Registered(form.raw("how"), form.raw("said_by"), instant)


async def _answer_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    attendee_id: int,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
    again: bool = False,
) -> Response[str]:
    attendee = await attendee_of(db, viewer, attendee_id)
    if attendee.person_id != viewer.person_id:
        raise NotPermitted(
            N_("Everybody answers for themselves. What you were told by phone can be registered instead.")
        )
    response = shown(
        request,
        "meetings/answer.html",
        path=f"/attendees/{attendee_id}/answer",
        form=form,
        meeting=attendee.meeting,
        attendee=attendee,
        registering=False,
        stale=_both_answers(request, form, attendee, theirs),
        **_words(request),
    )
    if again and request.htmx:  # the form asked from within the meeting's page takes the page's place
        response.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"})
    return response


async def _register_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    attendee_id: int,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    attendee = await attendee_of(db, viewer, attendee_id)
    if not may_register(viewer, attendee.meeting, attendee.agency_id, db.now()):
        raise NotPermitted(N_("You may register answers of your own agency; others are registered by the host."))
    return shown(
        request,
        "meetings/answer.html",
        path=f"/attendees/{attendee_id}/register",
        form=form,
        meeting=attendee.meeting,
        attendee=attendee,
        registering=True,
        stale=_both_answers(request, form, attendee, theirs),
        **_words(request),
    )


def _both_answers(request: AnyRequest, form: Form, attendee: Attendee, theirs: Mapping[str, Any] | None) -> list[Any]:
    """For a stale form: the answer that is stored by now, and the one given here; empty if it is not stale."""
    keep_version(form, attendee.version, stale=bool(theirs))
    if not theirs:
        return []
    labels = {name: words_of(request)._(label) for name, label in ANSWER_LABELS.items()}
    return both_versions(request, form, {**theirs, "partstat": answer_of(attendee)}, labels)


async def _slip_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    invitation_id: int,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    invitation = await invitation_of(db, viewer, invitation_id)
    meeting = invitation.meeting
    own = may_fill_slip(viewer, invitation, meeting.mechanism_id)
    registers = may_register(viewer, meeting, invitation.agency_id, db.now())
    if not own and not registers:
        raise NotPermitted(N_("Only this agency's liaison returns its slip."))
    late = None
    try:
        replies.refuse_late(db, meeting)
    except Conflict as refusal:
        late = refusal.message
    keep_version(form, invitation.version, stale=bool(theirs))
    return shown(
        request,
        "meetings/slip.html",
        path=f"/agency-invitations/{invitation_id}",
        form=form,
        labels=labels_of(words_of(request), form, SLIP_LABELS),
        meeting=meeting,
        invitation=invitation,
        rows=slip_rows(form, invitation.seats),
        due=replies_due_on(meeting, db.now()),
        own=own and late is None,
        registers=registers,
        late=late,
        stale=both_slips(request, form, theirs or {}),
        **_words(request),
    )


def _words(request: AnyRequest) -> dict[str, Any]:
    words = words_of(request)
    return {**NAMES, "ways": [(way, words._(REGISTERED_NAMES[way])) for way in REGISTERED_WAYS]}


handlers = [answer, answer_form, register_form, register, slip_form, return_slip]
