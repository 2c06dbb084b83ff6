"""Who was told, and telling those who were not: the delivery ledger of a meeting, sending to exactly those, 已电话告知."""

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.meetings import announcing, queries
from liaison.meetings.address_models import ToldByHand
from liaison.meetings.delivery import Line, ledger, missing
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.meetings.permissions import NOT_YOURS, may_change
from liaison.meetings.planning import everybody_of, holding
from liaison.meetings.replies import Registered, registration

TOO_EARLY = N_("This lies before the meeting was announced.")


async def lines_of(db: Session, viewer: Viewer, meeting: Meeting) -> list[Line]:
    """The ledger of a meeting that was announced; empty before. Raises NotPermitted for all but those who run it."""
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    last = await queries.newest_announcement(db, meeting.uid)
    if last is None:
        return []
    by_hand = select(ToldByHand).where(ToldByHand.meeting_id == meeting.id, ToldByHand.uid == meeting.uid)
    asked = await everybody_of(db, meeting)
    return ledger(
        last,
        meeting.answers_from,
        attendees=asked.attendees,
        invitations=asked.invitations,
        mails=await outbox.told(db, f"meeting:{meeting.id}"),
        held=await holding(db, meeting.uid),
        told=await db.scalars(by_hand.order_by(ToldByHand.id)),
        present=asked.addressees(db.settings.locale)[0],
    )


async def resend_to_missing(db: Session, viewer: Viewer, meeting: Meeting, *, count: int) -> int:
    """Send the newest notice once more to exactly those addresses that do not hold it; how many.

    Raises NotPermitted, Conflict (it is another number of addresses than the officer was shown, or nobody)."""
    await lock(db, meeting)
    addresses = missing(await lines_of(db, viewer, meeting))
    if not addresses:
        raise Conflict(N_("Everybody who can be reached holds the newest notice, or a mail is on its way there."))
    if len(addresses) != count:
        raise Conflict(
            N_("By now it is %(found)s addresses, not %(count)s. Please look again."), found=len(addresses), count=count
        )
    for address in addresses:
        await announcing.resend(db, viewer, meeting, address)
    return len(addresses)


async def note_told(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    registered: Registered,
    attendee_id: int | None = None,
    invitation_id: int | None = None,
) -> ToldByHand:
    """已电话告知: note that a person, or an agency, was told another way: how, to whom one spoke (`said_by`) and when.

    Raises NotPermitted, NotFound, Invalid (registered.how, registered.said_by, registered.at), Conflict (nothing was announced)."""
    await lock(db, meeting)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    last = await queries.newest_announcement(db, meeting.uid)
    if last is None:
        raise Conflict(N_("Nobody has been told of this meeting yet, so there is nothing to note."))
    asked = await db.get(Attendee, attendee_id) if attendee_id else await db.get(AgencyInvitation, invitation_id or 0)
    if asked is None or asked.meeting_id != meeting.id or asked.removed_at is not None:
        raise NotFound
    facts = registration(db, registered, viewer, since=last.at, too_early=TOO_EARLY)
    note = ToldByHand(
        meeting_id=meeting.id,
        uid=meeting.uid,
        sequence=last.sequence,
        attendee_id=attendee_id,
        invitation_id=None if attendee_id else invitation_id,
        how=facts["how"],
        to_whom=facts["said_by"],
        at=registered.at,
        by_id=viewer.person_id or None,
        noted_at=db.now(),
    )
    db.add(note)
    audit_line(db, viewer, "note_told", meeting, attendee=attendee_id, invitation=invitation_id, how=facts["how"])
    return note
