"""Another due date for an action item without an extension: how the viewer may set it, by facts that the rule does not load."""

from datetime import date

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.actions import permissions
from liaison.actions.due import told_from
from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mail.models import OutboxMail
from liaison.meetings.queries import chairs

LATER = N_("A later date is agreed by the other agencies: please ask for another date on the item's page.")
NOT_YOURS = N_(
    "The due date of another agency's item is changed by an extension that the agency asks for; a wrong date is corrected, with a reason, by the host agency's liaison or the chair of the meeting."
)


async def dates_as(db: Session, viewer: Viewer, item: ActionItem, due_on: date | None) -> str | None:
    """How the viewer sets that date (`permissions.dates_as`). Needs `mechanism` and `meeting`."""
    chaired = await chairs(db, item.meeting_id) if item.meeting_id is not None else frozenset()
    return permissions.dates_as(viewer, item, due_on, told=await _was_told(db, item), chairs=chaired)


async def asked_as(db: Session, viewer: Viewer, item: ActionItem, due_on: date | None) -> str:
    """The same. Raises NotPermitted, Invalid (due_on: the own agency asks for an extension) where nothing but an extension will do."""
    found = await dates_as(db, viewer, item, due_on)
    if found is not None:
        return found
    if viewer.acts_for(item.mechanism_id) == item.lead_agency_id:
        raise Invalid({"due_on": LATER})
    raise NotPermitted(NOT_YOURS)


async def sets_date_as(db: Session, viewer: Viewer, item: ActionItem) -> str | None:
    """FREE, OWN (an earlier date) or CORRECTS: what a form about the date offers this viewer; None for nothing."""
    return await dates_as(db, viewer, item, None) or (
        permissions.OWN if viewer.acts_for(item.mechanism_id) == item.lead_agency_id else None
    )


async def may_correct(db: Session, viewer: Viewer, item: ActionItem) -> bool:
    """Whether the viewer may put a wrong date right from outside the responsible agency."""
    return await dates_as(db, viewer, item, None) == permissions.CORRECTS


async def _was_told(db: Session, item: ActionItem) -> bool:
    """The clock's mail may have spoken of it, or a mail about it was called for: handed over, reminded of by hand."""
    if db.now() >= told_from(item.assigned_at, item.mechanism.timezone):
        return True
    mailed = select(OutboxMail.id).where(OutboxMail.about == f"action:{item.id}").limit(1)
    return (await db.execute(mailed)).first() is not None
