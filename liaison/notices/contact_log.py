"""Keeping the contact log: note a contact in a line, change or remove it, and make a notice, an agenda item or an action item of it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions import assigning
from liaison.actions.models import ActionItem
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import agenda
from liaison.meetings import queries as meetings
from liaison.meetings.models import ACTIVITIES, REGISTERED_WAYS, AgendaItem, Meeting
from liaison.notices import writing
from liaison.notices.contact_models import ContactLog
from liaison.notices.contact_rules import NOT_YOURS, is_own
from liaison.notices.models import Notice

SENT_TWICE = timedelta(minutes=1)
"""Within this time the same line, sent again, is the same entry."""


async def log(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    subject: str,
    way: str,
    counterpart: str | None = None,
    with_agency_id: int | None = None,
    on: date | None = None,
    follow_up: str | None = None,
) -> ContactLog:
    """Note a contact, today's unless `on` says otherwise, with somebody (`counterpart`), a member agency or both. The same line sent twice
    within a minute is one entry. Raises NotPermitted, Invalid (each field)."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    own = viewer.acts_for(mechanism_id)
    if own is None:
        raise NotPermitted(NOT_YOURS)
    entry = ContactLog(
        mechanism_id=mechanism_id,
        mechanism=mechanism,
        agency_id=own,
        written_at=db.now(),
        written_by=viewer.person_id,
        version=1,
    )
    on = on or db.clock.today(mechanism.timezone)
    await _say(db, entry, subject, way, counterpart, with_agency_id, on, follow_up)
    if (same := await _just_written(db, entry)) is not None:
        return same
    db.add(entry)
    await db.flush()
    _audit_line(db, viewer, "log_contact", entry)
    return entry


async def change(
    db: Session,
    viewer: Viewer,
    entry: ContactLog,
    *,
    subject: str,
    way: str,
    counterpart: str | None,
    with_agency_id: int | None,
    on: date | None,
    follow_up: str | None,
    version: int | None = None,
) -> ContactLog:
    """Say it otherwise; what was made of it stays as it is. Raises NotPermitted, Invalid (each field), Conflict (a stale form)."""
    await _lock(db, viewer, entry)
    entry.check_version(version, subject=entry.subject, follow_up=entry.follow_up)
    await _say(db, entry, subject, way, counterpart, with_agency_id, on, follow_up)
    entry.touch()
    _audit_line(db, viewer, "change_contact", entry)
    return entry


async def remove(db: Session, viewer: Viewer, entry: ContactLog, *, version: int | None = None) -> ContactLog:
    """Take it away; `restore` undoes it, and what was made of it stays. Twice is once. Raises NotPermitted, Conflict (a stale form)."""
    await _lock(db, viewer, entry)
    entry.check_version(version, subject=entry.subject, follow_up=entry.follow_up)
    if entry.removed_at is None:
        entry.removed_at, entry.removed_by = db.now(), viewer.person_id
        entry.touch()
        _audit_line(db, viewer, "remove_contact", entry)
    return entry


async def restore(db: Session, viewer: Viewer, entry: ContactLog) -> ContactLog:
    """Undo `remove`. Raises NotPermitted."""
    await _lock(db, viewer, entry)
    if entry.removed_at is not None:
        entry.removed_at = entry.removed_by = None
        entry.touch()
        _audit_line(db, viewer, "restore_contact", entry)
    return entry


async def make_notice(db: Session, viewer: Viewer, entry: ContactLog) -> Notice:
    """转为通报: the draft of a notice to the agency that it was with, which nobody else sees before it is sent. Twice is once; anew after the
    draft was thrown away. Raises NotPermitted, Invalid (with_agency_id: none, or no member any more)."""
    await _lock(db, viewer, entry)
    made = await db.get(Notice, entry.notice_id) if entry.notice_id else None
    if made is not None and made.discarded_at is None:
        return made
    if entry.with_agency_id is None or entry.with_agency_id not in await _members(db, entry):
        raise Invalid({"with_agency_id": N_("Please say first which member agency this was with.")})
    made = await writing.draft(
        db,
        viewer,
        entry.mechanism_id,
        subject=entry.subject,
        text=entry.follow_up or entry.subject,
        to_agency_ids=[entry.with_agency_id],
    )
    entry.notice_id = made.id
    _made(db, viewer, "contact_to_notice", entry, notice=made.id)
    return made


async def put_on_agenda(db: Session, viewer: Viewer, entry: ContactLog) -> AgendaItem:
    """列为议题: the own agency's item under the same subject for the next meeting, open to all its members. Twice is once; anew after that
    item was taken off. Raises NotPermitted, Conflict (no meeting is coming)."""
    await _lock(db, viewer, entry)
    made = await db.get(AgendaItem, entry.agenda_item_id) if entry.agenda_item_id else None
    if made is not None and made.removed_at is None:
        return made
    meeting = await next_meeting(db, viewer, entry.mechanism_id)
    if meeting is None:
        raise Conflict(N_("No meeting is coming on whose agenda it could be put."))
    made = await agenda.add_item(db, viewer, meeting, title=entry.subject, purpose="consult", agency_id=entry.agency_id)
    entry.agenda_item_id = made.id
    _made(db, viewer, "contact_to_agenda", entry, item=made.id)
    return made


async def assign(db: Session, viewer: Viewer, entry: ContactLog) -> ActionItem:
    """列为落实事项: of the own agency under the same subject, due in the days that the ledger proposes. Twice is once. Raises NotPermitted."""
    await _lock(db, viewer, entry)
    if entry.action_item_id is not None:
        return await db.get_one(ActionItem, entry.action_item_id)
    due_on = db.clock.today(entry.mechanism.timezone) + timedelta(days=assigning.DEFAULT_DAYS)
    made = await assigning.assign(
        db, viewer, entry.mechanism_id, title=entry.subject, lead_agency_id=entry.agency_id, due_on=due_on
    )
    entry.action_item_id = made.id
    _made(db, viewer, "contact_to_action", entry, item=made.id)
    return made


async def next_meeting(db: Session, viewer: Viewer, mechanism_id: int) -> Meeting | None:
    """The meeting on whose agenda an entry would be put: the soonest to come that is no activity."""
    coming = await meetings.upcoming(db, viewer, mechanism_id=mechanism_id)
    return next((one for one in coming if one.held_at is None and one.kind not in ACTIVITIES), None)


async def _lock(db: Session, viewer: Viewer, entry: ContactLog) -> None:
    await locked(db, ContactLog, entry.id)
    if not is_own(viewer, entry):
        raise NotPermitted(NOT_YOURS)


async def _members(db: Session, entry: ContactLog) -> set[int]:
    """The other member agencies of today."""
    today = db.clock.today(entry.mechanism.timezone)
    rows = await mechanisms.members_on(db, entry.mechanism_id, today)
    return {one.agency_id for one in rows} - {entry.agency_id}


async def _say(
    db: Session,
    entry: ContactLog,
    subject: str,
    way: str,
    counterpart: str | None,
    with_agency_id: int | None,
    on: date | None,
    follow_up: str | None,
) -> None:
    """Everything that the form says; all that is wrong is named at once."""
    check = Check()
    counterpart = check.text("counterpart", counterpart, most=80)
    if counterpart is None and with_agency_id is None:
        check.refuse("counterpart", N_("Please fill this in."))
    # Whom it names already may have left since: that must not stand in the way of another change.
    if with_agency_id not in {None, entry.with_agency_id} | await _members(db, entry):
        check.refuse("with_agency_id", N_("Please choose a member agency."))
    way = check.choice("way", way, REGISTERED_WAYS)
    subject = check.required_text("subject", subject, most=200)
    if check.day("on", on, required=True) and on is not None and on > db.clock.today(entry.mechanism.timezone):
        check.refuse("on", N_("This lies in the future."))
    follow_up = check.text("follow_up", follow_up, most=2000, lines=True)
    check.done()
    assert on is not None
    entry.counterpart, entry.with_agency_id, entry.way = counterpart, with_agency_id, way
    entry.subject, entry.on, entry.follow_up = subject, on, follow_up


async def _just_written(db: Session, entry: ContactLog) -> ContactLog | None:
    same = (
        "mechanism_id",
        "agency_id",
        "written_by",
        "on",
        "with_agency_id",
        "counterpart",
        "way",
        "subject",
        "follow_up",
    )
    query = select(ContactLog).where(
        *(getattr(ContactLog, name) == getattr(entry, name) for name in same),
        ContactLog.written_at > entry.written_at - SENT_TWICE,
        ContactLog.removed_at.is_(None),
    )
    return (await db.scalars(query.order_by(ContactLog.id).limit(1))).first()


def _made(db: Session, viewer: Viewer, verb: str, entry: ContactLog, **params: Any) -> None:
    entry.touch()
    _audit_line(db, viewer, verb, entry, **params)


def _audit_line(db: Session, viewer: Viewer, verb: str, entry: ContactLog, **params: Any) -> None:
    """One line of the audit trail about this entry, without its words."""
    audit.add(db, viewer, verb, f"contact:{entry.id}", mechanism_id=entry.mechanism_id, **params)
