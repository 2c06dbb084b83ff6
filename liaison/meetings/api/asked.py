"""Who is asked to a meeting and what they answer: persons by name, agencies with their slips."""

from typing import Any

from litestar import Response, delete, get, patch, post, put
from msgspec import UNSET, UnsetType

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotFound
from liaison.meetings import asking, holding, leave, queries, replies
from liaison.meetings.api.meetings import AskedGiven
from liaison.meetings.api.shared import Db, Id, Me, Page, delivery, list_of
from liaison.meetings.checking_in import check_in_oneself
from liaison.meetings.models import PRESENT, AgencyInvitation, Attendee, Meeting
from liaison.meetings.permissions import may_see_remarks
from liaison.meetings.values import attendee_json, invitation_json
from liaison.web.api import Body, RegisteredGiven, body, listed, named_if_given, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest


class SubstituteGiven(Body):
    name: str
    job_title: str | None = None
    phone: str | None = None


class AttendeeGiven(AskedGiven):
    """Whom to ask; or by `name` and `agency_id`, from the day of the meeting on, who is there without having been asked."""

    name: str | None = None
    job_title: str | None = None
    attendance: str = PRESENT


class AttendeeChange(Body):
    partstat: str | UnsetType = UNSET
    comment: str | UnsetType | None = UNSET
    substitute: SubstituteGiven | UnsetType | None = UNSET
    registered: RegisteredGiven | None = None
    role: str | UnsetType = UNSET
    attendance: str | UnsetType | None = UNSET
    leave: str | UnsetType = UNSET
    checked_in: bool = False
    version: int | None = None

    @property
    def answers(self) -> bool:
        """Whether it says anything of the answer."""
        return not (self.partstat is self.comment is self.substitute is UNSET) or self.registered is not None


class NameGiven(Body):
    name: str
    job_title: str | None = None
    phone: str | None = None
    note: str | None = None


class SlipGiven(Body):
    names: list[NameGiven]
    declined: bool = False
    comment: str | None = None
    registered: RegisteredGiven | None = None
    version: int | None = None


@get("/meetings/{meeting_id:str}/attendees")
async def attendees_of_meeting(request: AnyRequest, db: Db, viewer: Me, paging: Page, meeting_id: Id) -> dict[str, Any]:
    """Everybody asked by name or named on a slip, as far as you may see the list."""
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    limit, after = paging.limits()
    attendees, _, reached = await list_of(db, viewer, meeting)
    rows = sorted((one for one in attendees if one.id > after), key=lambda one: one.id)
    return listed(
        rows,
        limit,
        lambda one: attendee_json(
            one,
            meeting.zone,
            delivery(request, reached.attendees.get(one.id)),
            with_remarks=may_see_remarks(viewer, meeting, one.agency_id),
        ),
    )


@post("/meetings/{meeting_id:str}/attendees")
async def ask(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Ask a person (in a role) or an agency (for so many people); one already asked is changed. Told by the next `send`.

    With `name` who records the meeting notes that somebody of an agency is there who was not asked (`attendance` present or
    in_attendance)."""
    given = body(await request.body(), AttendeeGiven)
    meeting = await queries.get(db, viewer, row_id(meeting_id))
    if given.name is not None:
        agency_id = named_if_given(given.agency_id)
        one = await holding.add_present(
            db,
            viewer,
            meeting,
            agency_id=agency_id,
            name=given.name,
            job_title=given.job_title,
            attendance=given.attendance,
        )
        return await reply(request, db, viewer, await _attendee(request, db, viewer, meeting, one.id), status=201)
    try:
        (added,) = await asking.ask(db, viewer, meeting, [given.asked()])
    except Invalid as refusal:
        raise _of_this_body(refusal, given) from None
    if isinstance(added, Attendee):
        answer = await _attendee(request, db, viewer, meeting, added.id)
    else:
        answer = await _invitation(request, db, viewer, meeting, added.id)
    return await reply(request, db, viewer, answer, status=201)


@patch("/attendees/{attendee_id:str}")
async def change_attendee(request: AnyRequest, db: Db, viewer: Me, attendee_id: Id) -> Response[bytes]:
    """Answer for yourself; with `registered` enter what somebody said another way; `role` changes what they come as;
    `attendance` (present, in_attendance, apologies, absent, or null) is noted from the day of the meeting on by who records it, and
    with `checked_in` you check in yourself, from half an hour before the start. `leave` (approved, substitute_asked) is the word of
    the own agency's liaison.

    An answer is whole: with a new `partstat`, comment and substitute are those given with it."""
    given = body(await request.body(), AttendeeChange)
    attendee, meeting = await _seen_attendee(db, viewer, row_id(attendee_id))
    version = seen(request, given.version)
    if given.role is not UNSET:
        await asking.change_attendee(db, viewer, meeting, attendee, role=given.role, version=version)
        version = None  # it was compared under the lock that is still held
    if given.answers:
        await _answer(db, viewer, attendee, given, version)
        version = None
    if given.leave is not UNSET:
        await leave.decide_leave(db, viewer, attendee, given.leave, version=version)
        version = None
    if given.checked_in:
        await check_in_oneself(db, viewer, attendee, version=version)
        version = None
    if given.attendance is not UNSET:
        await holding.check_in(db, viewer, attendee, given.attendance, version=version)
    return await reply(request, db, viewer, await _attendee(request, db, viewer, meeting, attendee.id))


@delete("/attendees/{attendee_id:str}")
async def remove_attendee(db: Db, viewer: Me, attendee_id: Id) -> None:
    """Take a person off the list; who was told of the meeting is told of this by the next `send`."""
    attendee, meeting = await _seen_attendee(db, viewer, row_id(attendee_id))
    await asking.remove_attendee(db, viewer, meeting, attendee)


@get("/agency-invitations/{invitation_id:str}")
async def one_invitation(request: AnyRequest, db: Db, viewer: Me, invitation_id: Id) -> dict[str, Any]:
    """One agency's invitation and its slip."""
    invitation, meeting = await _seen_invitation(db, viewer, row_id(invitation_id))
    return await _invitation(request, db, viewer, meeting, invitation.id)


@put("/agency-invitations/{invitation_id:str}")
async def return_slip(request: AnyRequest, db: Db, viewer: Me, invitation_id: Id) -> Response[bytes]:
    """Return the slip: these names and no others come for the agency; no names and `declined` when nobody does.

    By the agency's liaison until the deadline; with `registered` also by the host for what came another way."""
    given = body(await request.body(), SlipGiven)
    invitation, meeting = await _seen_invitation(db, viewer, row_id(invitation_id))
    names = [replies.SlipName(one.name, one.job_title, one.phone, one.note) for one in given.names]
    await replies.return_slip(
        db,
        viewer,
        invitation,
        names,
        declined=given.declined,
        comment=given.comment,
        registered=_registered(given.registered) if given.registered else None,
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, await _invitation(request, db, viewer, meeting, invitation.id))


@delete("/agency-invitations/{invitation_id:str}")
async def remove_invitation(db: Db, viewer: Me, invitation_id: Id) -> None:
    """Take an agency, and the names on its slip, off the list."""
    invitation, meeting = await _seen_invitation(db, viewer, row_id(invitation_id))
    await asking.remove_invitation(db, viewer, meeting, invitation)


async def _answer(db: Session, viewer: Viewer, attendee: Attendee, given: AttendeeChange, version: int | None) -> None:
    fresh = given.partstat is not UNSET or given.substitute not in (UNSET, None)
    partstat = "accepted" if fresh else attendee.partstat
    if given.partstat is not UNSET:
        partstat = given.partstat
    comment = None if fresh else attendee.comment
    if given.comment is not UNSET:
        comment = given.comment
    substitute = None if fresh else attendee.substitute
    if given.substitute is not UNSET:
        one = given.substitute
        substitute = {"name": one.name, "job_title": one.job_title, "phone": one.phone} if one else None
    said: dict[str, Any] = {"partstat": partstat, "comment": comment, "substitute": substitute, "version": version}
    if given.registered is None:
        await replies.answer(db, viewer, attendee, **said)
    else:
        await replies.register(db, viewer, attendee, _registered(given.registered), **said)


def _registered(given: RegisteredGiven) -> replies.Registered:
    return replies.Registered(given.how, given.said_by, given.at)


def _of_this_body(refusal: Invalid, given: AskedGiven) -> Invalid:
    """The verb speaks of the first of a list; this body is that one itself."""
    whole = "agency_id" if given.agency_id is not None and given.person_id is None else "person_id"
    return Invalid({name.removeprefix("attendees.0.") if name != "attendees.0" else whole: message
                    for name, message in refusal.errors.items()})  # fmt: skip


async def _seen_attendee(db: Session, viewer: Viewer, attendee_id: int) -> tuple[Attendee, Meeting]:
    """One attendee whose meeting, and whose line on its list, this viewer sees. Raises NotFound."""
    attendee = await queries.attendee(db, attendee_id)
    meeting = await queries.get(db, viewer, attendee.meeting_id)
    if attendee.id not in {one.id for one in (await list_of(db, viewer, meeting))[0]}:
        raise NotFound
    return attendee, meeting


async def _seen_invitation(db: Session, viewer: Viewer, invitation_id: int) -> tuple[AgencyInvitation, Meeting]:
    invitation = await queries.invitation(db, invitation_id)
    meeting = await queries.get(db, viewer, invitation.meeting_id)
    if invitation.id not in {one.id for one in (await list_of(db, viewer, meeting))[1]}:
        raise NotFound
    return invitation, meeting


async def _attendee(
    request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting, attendee_id: int
) -> dict[str, Any]:
    attendees, _, reached = await list_of(db, viewer, meeting)
    one = next(one for one in attendees if one.id == attendee_id)
    return attendee_json(
        one,
        meeting.zone,
        delivery(request, reached.attendees.get(one.id)),
        with_remarks=may_see_remarks(viewer, meeting, one.agency_id),
    )


async def _invitation(
    request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting, invitation_id: int
) -> dict[str, Any]:
    attendees, invitations, reached = await list_of(db, viewer, meeting)
    one = next(one for one in invitations if one.id == invitation_id)
    names = [name for name in attendees if name.agency_invitation_id == one.id]
    return invitation_json(
        one,
        names,
        meeting.zone,
        delivery(request, reached.invitations.get(one.id)),
        with_remarks=may_see_remarks(viewer, meeting, one.agency_id),
    )


HANDLERS = [
    attendees_of_meeting,
    ask,
    change_attendee,
    remove_attendee,
    one_invitation,
    return_slip,
    remove_invitation,
]
