"""What all routes about meetings share: their parameters, one meeting in full, a local start from an instant."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import wall_of
from liaison.db import Session
from liaison.errors import Invalid
from liaison.i18n import N_, gettext_for
from liaison.mail.reasons import worded
from liaison.meetings import following, queries
from liaison.meetings.agenda_queries import shown
from liaison.meetings.attendance import attendance_of
from liaison.meetings.due import replies_due_on
from liaison.meetings.models import AgencyInvitation, AgendaItem, Attendee, Meeting
from liaison.meetings.permissions import may_change, may_see_list, may_see_remarks
from liaison.meetings.queries import Reached
from liaison.meetings.quorum import quorum_of
from liaison.meetings.step_values import deadlines_json
from liaison.meetings.stepping import steps_shown
from liaison.meetings.values import (
    Delivery,
    agenda_item_json,
    attendee_json,
    invitation_json,
    meeting_json,
    quorum_json,
)
from liaison.web.api import Paging, reply
from liaison.web.pages import AnyRequest, locale_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


def brief(meeting: Meeting, now: datetime) -> dict[str, Any]:
    """One meeting, as a list shows it."""
    return meeting_json(meeting, replies_due_on(meeting, now))


async def in_full(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    """One meeting with its deadlines, everybody asked, and what became of their mails, as far as this viewer may see."""
    attendees, invitations, reached = await list_of(db, viewer, meeting)
    everybody = attendees if may_see_list(viewer, meeting) else await queries.attendees(db, meeting.id)
    there = attendance_of(everybody, await quorum_of(db, meeting))
    return {
        **brief(meeting, db.now()),
        "quorum": quorum_json(there),
        "next_meeting_id": str(found.id) if (found := await following.fixed(db, viewer, meeting)) else None,
        "deadlines": deadlines_json(
            await steps_shown(db, meeting), meeting.zone, with_reasons=may_change(viewer, meeting)
        ),
        "attendees": [
            attendee_json(
                one,
                meeting.zone,
                delivery(request, reached.attendees.get(one.id)),
                with_remarks=may_see_remarks(viewer, meeting, one.agency_id),
            )
            for one in attendees
        ],
        "agency_invitations": [
            invitation_json(
                one,
                [name for name in attendees if name.agency_invitation_id == one.id],
                meeting.zone,
                delivery(request, reached.invitations.get(one.id)),
                with_remarks=may_see_remarks(viewer, meeting, one.agency_id),
            )
            for one in invitations
        ],
    }


async def answer_item(
    request: AnyRequest, db: Session, viewer: Viewer, item: AgendaItem, *, status: int = 200
) -> Response[bytes]:
    """The answer to an act on an agenda item: the item as this viewer may know it."""
    return await reply(request, db, viewer, agenda_item_json(await shown(db, viewer, item)), status=status)


async def list_of(
    db: Session, viewer: Viewer, meeting: Meeting
) -> tuple[list[Attendee], list[AgencyInvitation], Reached]:
    """Who is asked; of a hidden list only the viewer's own line."""
    attendees = await queries.attendees(db, meeting.id)
    invitations = await queries.invitations(db, meeting.id)
    if not may_see_list(viewer, meeting):
        attendees = [one for one in attendees if one.person_id == viewer.person_id]
        invitations = []
    return attendees, invitations, await queries.reached(db, meeting.id)


def delivery(request: AnyRequest, found: tuple[str, str | None] | None) -> Delivery | None:
    """State and reason of a mail, the reason in the caller's language; None where no mail was called for."""
    if found is None:
        return None
    state, reason = found
    return {"state": state, **({"reason": worded(reason, gettext_for(locale_of(request)))} if reason else {})}


def local(starts_at: datetime, timezone: str) -> datetime:
    """The wall time that an instant of a body names in the meeting's zone."""
    if not 1949 <= starts_at.year < 2200:
        raise Invalid({"starts_at": N_("Please give a date between 1949 and 2199.")})
    return wall_of(starts_at, ZoneInfo(timezone)).replace(microsecond=0)
