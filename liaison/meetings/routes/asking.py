"""Who is asked: people and agencies put on a meeting's list and taken off it; told by the next sending."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.meetings import asking, queries
from liaison.meetings.asking import Asked
from liaison.meetings.models import ATTENDEE_ROLES, AgencyInvitation, Attendee, Meeting
from liaison.meetings.permissions import is_host, may_ask, may_see_list
from liaison.meetings.routes.common import Choices, choices, labels_of, renamed, row_numbers, shown
from liaison.meetings.routes.new import read_asked
from liaison.meetings.wording import ROLE_NAMES
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@get("/meetings/{meeting_id:int}/people")
async def people_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """Whom else to ask, and with how many seats; those on the list already are ticked with what they have."""
    await queries.get(db, viewer, meeting_id)
    values: dict[str, list[str]] = {}
    for invitation in await queries.invitations(db, meeting_id):
        name = f"agency.{invitation.agency_id}"
        values |= {
            f"{name}.asked": ["1"],
            f"{name}.seats": [str(invitation.seats)],
            f"{name}.requirement": [invitation.requirement or ""],
        }
    for attendee in await queries.attendees(db, meeting_id):
        if attendee.agency_invitation_id is None and attendee.person_id is not None:
            values[f"person.{attendee.person_id}.asked"] = ["1"]
            values[f"person.{attendee.person_id}.role"] = [attendee.role]
    return await _page(request, db, viewer, meeting_id, Form(values))


@post("/meetings/{meeting_id:int}/people")
async def ask_people(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """Put those who are new or changed on the list; nobody is taken off here."""
    form = await Form.read(request)
    meeting = await _askable(db, viewer, meeting_id)

    async def act() -> None:
        asked, names = read_asked(form, await _choices(db, viewer, meeting))
        form.done()
        before = await _on_list(db, meeting_id)
        fresh = [one for one in asked if one not in before]
        places = {f"attendees.{fresh.index(one)}": f"attendees.{asked.index(one)}" for one in fresh}
        if not fresh:
            return
        try:
            await asking.ask(db, viewer, meeting, fresh)
        except Invalid as refusal:
            raise renamed(renamed(refusal, places), names) from None

    await attempt(db, form, act(), lambda _: _page(request, db, viewer, meeting_id, form))
    return see_other(f"/meetings/{meeting_id}?done=asked#answers")


@post("/attendees/{attendee_id:int}/remove")
async def remove_attendee(
    db: NamedDependency[Session], viewer: NamedDependency[Viewer], attendee_id: FromPath[int]
) -> Response[Any]:
    """Take a person off the list."""
    attendee = await attendee_of(db, viewer, attendee_id)
    await asking.remove_attendee(db, viewer, attendee.meeting, attendee)
    return see_other(f"/meetings/{attendee.meeting_id}?done=removed#answers")


@post("/agency-invitations/{invitation_id:int}/remove")
async def remove_invitation(
    db: NamedDependency[Session], viewer: NamedDependency[Viewer], invitation_id: FromPath[int]
) -> Response[Any]:
    """Take an agency off the list, with the names on its slip."""
    invitation = await invitation_of(db, viewer, invitation_id)
    await asking.remove_invitation(db, viewer, invitation.meeting, invitation)
    return see_other(f"/meetings/{invitation.meeting_id}?done=removed#answers")


async def attendee_of(db: Session, viewer: Viewer, attendee_id: int) -> Attendee:
    """An attendee whose line on the list of a meeting this viewer sees. Raises NotFound."""
    attendee = await queries.attendee(db, attendee_id)
    meeting = await queries.get(db, viewer, attendee.meeting_id)
    if not may_see_list(viewer, meeting) and attendee.person_id != viewer.person_id:
        raise NotFound
    return attendee


async def invitation_of(db: Session, viewer: Viewer, invitation_id: int) -> AgencyInvitation:
    """An agency's invitation on a list that this viewer sees. Raises NotFound."""
    invitation = await queries.invitation(db, invitation_id)
    if not may_see_list(viewer, await queries.get(db, viewer, invitation.meeting_id)):
        raise NotFound
    return invitation


async def _askable(db: Session, viewer: Viewer, meeting_id: int) -> Meeting:
    """A meeting to which this viewer may ask at least their own agency's people. Raises NotFound, NotPermitted."""
    meeting = await queries.get(db, viewer, meeting_id)
    if not is_host(viewer, meeting) and not may_ask(viewer, meeting, viewer.agency_id):
        raise NotPermitted(N_("You may ask your own agency's people; others are asked by the host."))
    return meeting


async def _on_list(db: Session, meeting_id: int) -> list[Asked]:
    """The list as it stands, as it would be asked."""
    agencies = [
        Asked(agency_id=i.agency_id, seats=i.seats, requirement=i.requirement or "")
        for i in await queries.invitations(db, meeting_id)
    ]
    people = [
        Asked(person_id=a.person_id, role=a.role)
        for a in await queries.attendees(db, meeting_id)
        if a.agency_invitation_id is None and a.person_id is not None
    ]
    return agencies + people


async def _choices(db: Session, viewer: Viewer, meeting: Meeting) -> Choices:
    """The host chooses from everybody, others from their own agency."""
    offered = await choices(db, meeting.local_on, meeting.mechanism_id, kept_by=meeting.host_agency_id)
    if is_host(viewer, meeting):
        return offered
    own = viewer.acts_for(meeting.mechanism_id)
    return Choices(
        members=[agency for agency in offered.members if agency.id == own],
        others=[],
        people=[one for one in offered.people if one[0].id == own],
        guests=[],
    )


async def _page(request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form) -> Response[str]:
    meeting = await _askable(db, viewer, meeting_id)
    words, offered = words_of(request), await _choices(db, viewer, meeting)
    return shown(
        request,
        "meetings/people.html",
        path=f"/meetings/{meeting_id}/people",
        form=form,
        labels=labels_of(words, form, {}, offered.agencies),
        meeting=meeting,
        choices=offered,
        roles=[(role, words._(ROLE_NAMES[role])) for role in ATTENDEE_ROLES],
        guest_rows=row_numbers(form, "guests", spare=2),
        other_rows=row_numbers(form, "others", spare=1),
        outside_rows=row_numbers(form, "outside", spare=1) if is_host(viewer, meeting) else [],
    )


handlers = [people_form, ask_people, remove_attendee, remove_invitation]
