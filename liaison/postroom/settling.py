"""What officers do with mail that waits: count the answer in it, say whose address it came from, decline a proposal, dismiss it."""

import asyncio

from sqlalchemy.orm import undefer

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.directory import people
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.meetings import queries as meetings
from liaison.meetings import replies
from liaison.meetings.models import Attendee
from liaison.meetings.replies import Registered
from liaison.meetings.snapshot import listed
from liaison.postroom.models import HELD, IncomingMail
from liaison.postroom.outcome import answers_earlier_time
from liaison.postroom.permissions import may_read
from liaison.postroom.reading import read_mail
from liaison.postroom.replying import COUNTER_DECLINED
from liaison.postroom.sorting import sort_again

NAMEABLE = ("other_sender", "uninvited", "unknown_sender", "several_people")
"""Why a mail waits whose address somebody may say whose it is."""
BY_HAND = "by_hand"
"""How a mail was settled whose matter an officer dealt with elsewhere."""
UNDONE_BY_REOPENING = ("dismissed", BY_HAND)


async def count_answer(
    db: Session,
    viewer: Viewer,
    row: IncomingMail,
    *,
    attendee_id: int,
    partstat: str,
    substitute: str | None = None,
    comment: str | None = None,
) -> Attendee:
    """Enter the answer that this mail gives as registered (代登记) by mail: it counts, and the person can correct it.

    Raises NotPermitted, NotFound, Invalid, Conflict (settled already, it answers an earlier time, a newer answer is there, or the
    meeting is over)."""
    await _open(db, viewer, row)
    attendee = await meetings.attendee(db, attendee_id)
    if attendee.meeting_id != row.meeting_id:
        raise NotFound
    if answers_earlier_time(row.params, attendee.meeting):
        raise Conflict(
            N_(
                "This mail answers an earlier time of the meeting, so it says nothing of the present one. What you were told since can"
                " be registered on the page of the meeting."
            )
        )
    if (
        attendee.answered_at is not None
        and attendee.answered_at > row.received_at
        and attendee.partstat != "needs_action"
    ):
        raise Conflict(N_("This person has answered since this mail came; that answer stands."))
    said_by = " ".join(filter(None, (row.sender_name, row.sender)))[:80] or "?"
    instead = {"name": substitute} if substitute else None
    registered = Registered(how="mail", said_by=said_by, at=min(row.received_at, db.now()))
    await replies.register(db, viewer, attendee, registered, partstat=partstat, comment=comment, substitute=instead)
    _settle(db, viewer, row, "applied", attendee=attendee.id, partstat=partstat)
    row.attendee_id, row.person_id = attendee.id, attendee.person_id
    return attendee


async def name_sender(db: Session, viewer: Viewer, row: IncomingMail, *, person_id: int, kind: str) -> IncomingMail:
    """Say whose address this is: another one of the person (`alias`), or of somebody who answers for them (`contact`), from now on.
    The mail is then sorted once more, as if it came now for the first time.

    Only the person's own agency says so. Raises NotPermitted, Invalid, Conflict."""
    await _open(db, viewer, row)
    holder = row.sender_name or None
    await people.add_known_address(db, viewer, person_id, address=row.address_in_question, kind=kind, holder=holder)
    if row.raw is None:
        raise Conflict(N_("The text of this mail was deleted after 90 days, so it cannot be sorted once more."))
    await db.flush()
    mail = await asyncio.to_thread(read_mail, row.raw, size=row.size)
    await sort_again(db, row, mail)
    audit.add(
        db, viewer, "name_sender", f"incoming:{row.id}", mechanism_id=row.mechanism_id, person=person_id, as_=kind
    )
    if row.verdict != HELD:
        row.settled_at, row.settled_by, row.settled_as = db.now(), viewer.person_id or None, "applied"
    return row


async def decline_proposal(db: Session, viewer: Viewer, row: IncomingMail) -> None:
    """The time proposed is not taken: whoever proposed it is told so, and the meeting stays as it is (RFC 5546 3.2.8).

    Raises NotPermitted, Conflict."""
    await _open(db, viewer, row)
    meeting = await meetings.get(db, viewer, row.meeting_id or 0)
    address = str(row.params.get("asked", ""))
    if row.reason != "counter" or not address:
        raise Conflict(N_("This mail proposes no other time."))
    newest = await meetings.newest_announcement(db, meeting.uid)
    if newest is None or meeting.state != "announced":
        raise Conflict(N_("This meeting is not announced any more, so there is nothing to decline."))
    await outbox.enqueue(
        db,
        kind=COUNTER_DECLINED,
        about=f"meeting:{meeting.id}",
        address=address,
        display_to=f"{row.sender_name} <{address}>" if row.sender_name else address,
        locale=next((one.locale for one in listed(newest.snapshot) if one.address == address), db.settings.locale),
        person_ids=[row.person_id] if row.person_id else [],
        source_id=newest.id,
        params={"sequence": row.params.get("sequence", 0), "incoming": row.id},
        once_key=f"{COUNTER_DECLINED}:{row.id}",
        created_by=viewer.person_id,
    )
    _settle(db, viewer, row, "dismissed", declined=True)


async def dismiss(db: Session, viewer: Viewer, row: IncomingMail) -> None:
    """Nothing is to be done about it. Doing it twice changes nothing. Raises NotPermitted, Conflict (it never waited)."""
    await _lock(db, viewer, row)
    _refuse_what_never_waited(row)
    if row.settled_at is None:
        _settle(db, viewer, row, "dismissed")


async def settle_by_hand(db: Session, viewer: Viewer, row: IncomingMail) -> None:
    """What the mail asks for was done another way (a meeting moved as proposed, a progress note entered). Raises NotPermitted,
    Conflict (it never waited)."""
    await _lock(db, viewer, row)
    _refuse_what_never_waited(row)
    if row.settled_at is None:
        _settle(db, viewer, row, BY_HAND)


async def reopen(db: Session, viewer: Viewer, row: IncomingMail) -> None:
    """It was dismissed, or said to be settled, by mistake: it waits again. Raises NotPermitted, Conflict."""
    await _lock(db, viewer, row)
    if row.settled_as not in UNDONE_BY_REOPENING or row.verdict != HELD:
        raise Conflict(N_("Only what was dismissed or marked as settled can be taken up again."))
    row.settled_at = row.settled_by = row.settled_as = None
    audit.add(db, viewer, "reopen_mail", f"incoming:{row.id}", mechanism_id=row.mechanism_id)


async def _lock(db: Session, viewer: Viewer, row: IncomingMail) -> None:
    await locked(db, IncomingMail, row.id, undefer(IncomingMail.raw))
    if not may_read(viewer, row.mechanism_id):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))


def _refuse_what_never_waited(row: IncomingMail) -> None:
    """An answer that was counted must not look dismissed."""
    if row.verdict != HELD:
        raise Conflict(N_("This mail does not wait for anybody, so there is nothing to settle."))


async def _open(db: Session, viewer: Viewer, row: IncomingMail) -> None:
    await _lock(db, viewer, row)
    if not row.waits:
        raise Conflict(N_("This mail has been settled already."))


def _settle(db: Session, viewer: Viewer, row: IncomingMail, how: str, **params: object) -> None:
    row.settled_at, row.settled_by, row.settled_as = db.now(), viewer.person_id or None, how
    verb = "dismiss_mail" if how == "dismissed" else "apply_mail"
    audit.add(db, viewer, verb, f"incoming:{row.id}", mechanism_id=row.mechanism_id, **params)
