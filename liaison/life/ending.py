"""终止: the agencies work together no more from a day on. What was to come is called off; what was begun stays with its agencies, which finish
it; everything stays readable. Until that day it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions.models import ActionItem
from liaison.actions.queries import visible_to as items_visible_to
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.life import ending_mails
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import may_end, may_see
from liaison.mechanisms.queries import on_duty
from liaison.meetings import announcing, scheduling
from liaison.meetings.by_office import readers
from liaison.meetings.models import Meeting
from liaison.meetings.recipients import Unreachable
from liaison.meetings.seen import visible_to
from liaison.notices.models import WAS_SENT, Addressee, Notice
from liaison.polls import queries as polls
from liaison.polls import settling
from liaison.polls.models import TimePoll
from liaison.proposals import queries as proposals
from liaison.proposals.permissions import readable_versions

NOT_LEAD = N_("A mechanism is ended by the lead agency's liaison, on what the agencies agreed.")
_ENDED = N_("This mechanism has its end already.")
_OVER = N_(
    "This mechanism has ended. What was called off does not come back by itself; the operator can clear the day."
)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What an end on that day calls off, and what it leaves to be finished."""

    meetings: Sequence[Meeting]
    """To come on or after the day, or without a date: they are cancelled, and whoever was told of one is told so."""
    items: int
    """Action items that are open: their agencies report and finish them."""
    minutes: int
    """Minutes that are drafted or being signed: they are signed and issued as ever."""
    notices: int
    """Of the viewer's own agency: notices and referrals on which a word is owed."""
    proposals: int
    """What is put to the members or prepared: it comes in force no more."""
    polls: Sequence[TimePoll]
    """Questions for a time that could find none before that day: they are ended, and who was asked is told."""
    unreached: Sequence[Unreachable]
    """The agencies that no mail tells of the end."""


async def unfinished(db: Session, viewer: Viewer, mechanism: Mechanism, ends_on: date) -> Unfinished:
    """What stands open, as the viewer may know of it."""
    of_it = Meeting.mechanism_id == mechanism.id, visible_to(viewer)
    still = or_(Meeting.postponed_at.is_not(None), Meeting.local_start >= datetime.combine(ends_on, time.min))
    coming = select(Meeting).where(*of_it, Meeting.held_at.is_(None), Meeting.cancelled_at.is_(None), still)
    coming = coming.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    signing = select(func.count(Meeting.id)).where(
        *of_it, Meeting.minutes_drafted_at.is_not(None), Meeting.minutes_issued_at.is_(None)
    )
    items = select(func.count(ActionItem.id)).where(
        ActionItem.mechanism_id == mechanism.id, ActionItem.ended_at.is_(None), items_visible_to(viewer)
    )
    own = viewer.acts_for(mechanism.id) or 0
    owed = select(func.count(Addressee.id)).join(Notice, Notice.id == Addressee.notice_id)
    owed = owed.where(
        Notice.mechanism_id == mechanism.id,
        *WAS_SENT,
        Addressee.asked,
        Addressee.settled_at.is_(None),
        or_(Addressee.agency_id == own, Addressee.from_agency_id == own),
    )
    return Unfinished(
        (await db.scalars(coming.order_by(Meeting.starts_at, Meeting.id))).all(),
        (await db.execute(items)).scalar_one(),
        (await db.execute(signing)).scalar_one(),
        (await db.execute(owed)).scalar_one(),
        sum(bool(readable_versions(viewer, one, db.now())) for one in await proposals.open_in(db, [mechanism.id])),
        await polls.without_time_before(db, mechanism.id, ends_on),
        readers(await on_duty(db, mechanism, db.clock.today(mechanism.timezone)), db.settings.locale)[1],
    )


async def end(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    ends_on: date | None,
    reason: str | None,
    version: int | None = None,
) -> Mechanism:
    """End it from that local date on: meetings from then on are cancelled with `reason`, each told to whoever was told of it, and every
    member agency is mailed. Raises NotFound, NotPermitted, Invalid (ends_on, reason), Conflict (it has its end already, stale)."""
    mechanism = await _own(db, viewer, mechanism_id)
    mechanism.check_version(version, ended_on=mechanism.ended_on)
    if mechanism.ended_on is not None:
        raise Conflict(_ENDED)
    check, today = Check(), db.clock.today(mechanism.timezone)
    ends_on = check.day("ends_on", ends_on, required=True)
    if ends_on is not None and ends_on < today:
        check.refuse("ends_on", N_("This day has passed. Please choose today or a later one."))
    reason = check.required_text("reason", reason, most=500, lines=True)
    check.done()
    assert ends_on is not None, "it was checked"
    stands_open = await unfinished(db, viewer, mechanism, ends_on)
    called_off = stands_open.meetings
    mechanism.ended_on = ends_on
    mechanism.touch()
    for meeting in called_off:
        await _call_off(db, viewer, meeting, reason)
    await settling.call_off(db, viewer, stands_open.polls, reason=reason)
    said = {"on": ends_on.isoformat(), "reason": reason, "meetings": len(called_off), "polls": len(stands_open.polls)}
    audit.add(db, viewer, "end_mechanism", f"mechanism:{mechanism.id}", mechanism_id=mechanism.id, **said)
    await ending_mails.tell(db, mechanism, said, by=viewer.person_id)
    return mechanism


async def take_back(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    """It goes on after all, as long as the day has not come; meetings that were cancelled are reinstated one by one, with a date. Twice is
    once. Raises NotFound, NotPermitted, Conflict (it has ended)."""
    mechanism = await _own(db, viewer, mechanism_id)
    if mechanism.ended_on is None:
        return mechanism
    if mechanism.has_ended(db.clock.today(mechanism.timezone)):
        raise Conflict(_OVER)
    was, mechanism.ended_on = mechanism.ended_on, None
    mechanism.touch()
    audit.add(db, viewer, "take_end_back", f"mechanism:{mechanism.id}", mechanism_id=mechanism.id, was=was.isoformat())
    await ending_mails.tell(db, mechanism, {"was": was.isoformat()}, by=viewer.person_id)
    return mechanism


async def _own(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_see(viewer, mechanism_id):
        raise NotFound
    if not may_end(viewer, mechanism):
        raise NotPermitted(NOT_LEAD)
    return mechanism


async def _call_off(db: Session, viewer: Viewer, meeting: Meeting, reason: str) -> None:
    was_told = meeting.announced_at is not None and meeting.postponed_at is None
    await scheduling.cancel(db, viewer, meeting, reason=reason)
    if was_told or meeting.off_announced:
        try:
            await announcing.send(db, viewer, meeting)
        except announcing.NothingNew:
            return  # nobody holds it any more
