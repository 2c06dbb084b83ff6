"""What becomes of a notice in one press: an item of a meeting's agenda, or an action item."""

from datetime import date, timedelta

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning
from liaison.actions.assigning import DEFAULT_DAYS
from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import agenda
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.recording import SENT_TWICE
from liaison.notices.addressing import parties
from liaison.notices.locking import NOT_YOURS, add_act, lock
from liaison.notices.models import ACTION_ITEM, AGENDA_ITEM, Addressee, Notice
from liaison.notices.wording import NOT_SENT


async def put_on_agenda(db: Session, viewer: Viewer, notice: Notice, meeting: Meeting) -> AgendaItem:
    """列为议题: propose it for a meeting under its own subject. Who may know of the notice may know of the item, and nobody else; the agency
    that brings it can say otherwise there. Twice is once.

    Raises NotPermitted, Invalid (meeting_id), Conflict (a draft; the meeting has been held)."""
    line = await _begin(db, viewer, notice)
    if meeting.mechanism_id != notice.mechanism_id:
        raise Invalid({"meeting_id": N_("Please choose a meeting of this mechanism.")})
    for act in (act for one in notice.addressees for act in one.acts if act.what == AGENDA_ITEM):
        item = await db.get(AgendaItem, act.object_id)
        if item is not None and item.meeting_id == meeting.id and item.removed_at is None:
            return item
    today = db.clock.today(notice.mechanism.timezone)
    members = {one.agency_id for one in await mechanisms.members_on(db, notice.mechanism_id, today)}
    known = parties(notice)
    item = await agenda.add_item(
        db,
        viewer,
        meeting,
        title=notice.subject,
        purpose="report",
        audience=() if members <= known else sorted(known),
    )
    add_act(
        db,
        viewer,
        line,
        AGENDA_ITEM,
        of_sender=line.agency_id != viewer.acts_for(notice.mechanism_id),
        object_id=item.id,
    )
    return item


async def assign(
    db: Session,
    viewer: Viewer,
    notice: Notice,
    *,
    title: str = "",
    lead_agency_id: int | None = None,
    due_on: date | None = None,
) -> ActionItem:
    """列为落实事项: one agency is to do it, by default the viewer's own under the notice's subject, by the notice's deadline. Every member agency
    reads it in the ledger. Pressed twice within a minute it is one. Raises NotPermitted, Invalid (title, lead_agency_id, due_on),
    Conflict (a draft)."""
    line = await _begin(db, viewer, notice)
    if notice.is_referral:
        raise Conflict(N_("A lead concerns two agencies, and action items are read by every member agency."))
    own = viewer.acts_for(notice.mechanism_id)
    for act in line.acts:
        twice = act.what == ACTION_ITEM and act.by_id == viewer.person_id and act.at > db.now() - SENT_TWICE
        if twice and (made := await db.get(ActionItem, act.object_id)) is not None:
            return made
    today = db.clock.today(notice.mechanism.timezone)
    ahead = line.due_on if line.due_on is not None and line.due_on >= today else today + timedelta(days=DEFAULT_DAYS)
    item = await assigning.assign(
        db,
        viewer,
        notice.mechanism_id,
        title=title or notice.subject,
        lead_agency_id=lead_agency_id or own,
        due_on=due_on or ahead,
    )
    add_act(db, viewer, line, ACTION_ITEM, of_sender=line.agency_id != own, object_id=item.id)
    return item


async def _begin(db: Session, viewer: Viewer, notice: Notice) -> Addressee:
    """The line on which it is noted: the own agency's, or of the sender the first."""
    await lock(db, notice)
    if notice.sent_at is None:
        raise Conflict(NOT_SENT)
    own = viewer.acts_for(notice.mechanism_id)
    if own is None:
        raise NotPermitted(NOT_YOURS)
    line = notice.addressee(own) or next((one for one in notice.addressees if own == notice.from_agency_id), None)
    if line is None:
        raise NotPermitted(NOT_YOURS)
    return line
