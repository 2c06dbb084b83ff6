"""What is written down of a meeting: notes that save themselves, and decisions (议定事项) with their numbers."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries, recorded
from liaison.meetings.audience import may_see_item
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import AgendaItem, Decision, Meeting, Note
from liaison.meetings.permissions import (
    may_read_decision,
    may_read_record,
    may_record,
    may_record_item,
    reads_before,
)

MOST_NOTES = 50_000
MOST_DECISION = 2000
SENT_TWICE = timedelta(minutes=1)
"""The same words of the same person again within so short a time come from a button pressed twice."""
_NO_ITEM = N_("Please choose an item of this meeting's agenda.")
_NOT_YOURS = N_("A meeting is recorded by the host's liaison, the recorder and the chair.")


async def save_note(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    text: str,
    *,
    agenda_item_id: int | None = None,
    version: int | None = None,
) -> Note:
    """Keep the notes of one item, or of the meeting as a whole. `version` is what the writer saw (0: nothing yet).

    Raises NotPermitted, Invalid, Conflict: held already, or somebody else saved in between (`theirs` has their text)."""
    await lock(db, meeting)
    # An item that was taken off while somebody was typing still takes their notes.
    item = await _item(db, viewer, meeting, agenda_item_id, removed=True)
    if not await may_write(db, viewer, meeting, item):
        raise NotPermitted(_NOT_YOURS)
    if meeting.held_at is not None:
        raise Conflict(N_("This meeting has been held; its notes can no longer be changed."))
    check = Check()
    text = check.text("text", text, most=MOST_NOTES, lines=True) or ""
    check.done()
    if item is None and agenda_item_id is not None:
        raise Invalid({"agenda_item_id": _NO_ITEM})
    note = await recorded.note(db, viewer, meeting.id, agenda_item_id)
    if note is None:
        if version:
            raise Conflict(
                N_("Somebody changed this in the meantime. Compare both versions and save again."), theirs={"text": ""}
            )
        note = Note(meeting_id=meeting.id, agenda_item_id=agenda_item_id, version=0, text="")
        db.add(note)
    elif note.text == text:
        return note
    else:
        note.check_version(version, text=note.text)
    note.text, note.saved_at, note.saved_by = text, db.now(), viewer.person_id
    note.touch()
    await db.flush()
    audit_line(db, viewer, "save_note", meeting, item=agenda_item_id, characters=len(text))
    return note


async def notes_of(db: Session, viewer: Viewer, meeting: Meeting) -> list[Note]:
    """The notes, of the meeting and of its items, but for those that the viewer may not know of. Raises NotPermitted for those who do not record or run the mechanism."""
    if not may_read_record(viewer, meeting, await queries.chairs(db, meeting.id)):
        raise NotPermitted(N_("The notes are read by those who record the meeting, and by the mechanism's liaisons."))
    return await recorded.notes(db, viewer, meeting.id)


async def decisions_of(db: Session, viewer: Viewer, meeting: Meeting) -> list[Decision]:
    """What the meeting decided, by number, as far as this viewer may read it: struck ones only with the record."""
    attendees = await queries.attendees(db, meeting.id)
    reads = may_read_record(viewer, meeting, queries.chairs_among(attendees))
    before = reads_before(viewer, meeting, [one.person_id for one in attendees], db.now())
    found = await recorded.decisions(db, viewer, meeting.id)
    return [one for one in found if may_read_decision(one, reads_record=reads, before=before)]


async def decide(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    text: str,
    agenda_item_id: int | None = None,
    of_list: bool = False,
) -> Decision:
    """议定: what the meeting decided, under the next number of the mechanism and the meeting's year.

    From the start of the meeting on, also after it was held. A form that is sent twice within a minute is one decision, since a
    number is never free again; one `of_list` counts however often it stands there. Raises NotPermitted, Invalid (text, agenda_item_id), Conflict."""
    mechanism = await locked(db, Mechanism, meeting.mechanism_id)
    await lock(db, meeting)
    item = await _item(db, viewer, meeting, agenda_item_id)
    if not await may_write(db, viewer, meeting, item):
        raise NotPermitted(_NOT_YOURS)
    if meeting.state in ("cancelled", "postponed"):
        raise Conflict(N_("This meeting is cancelled or postponed. Reinstate it with a date instead."))
    if db.clock.today(meeting.timezone) < meeting.local_on:
        raise Conflict(N_("This can be noted from the day of the meeting on."))
    text = _checked(text)
    if item is None and agenda_item_id is not None:
        raise Invalid({"agenda_item_id": _NO_ITEM})
    if not of_list and (same := await _just_decided(db, viewer, meeting, text, agenda_item_id)) is not None:
        return same
    year = meeting.local_on.year
    last = select(func.max(Decision.number)).where(Decision.mechanism_id == mechanism.id, Decision.year == year)
    decision = Decision(
        mechanism_id=mechanism.id,
        meeting_id=meeting.id,
        meeting=meeting,
        agenda_item_id=agenda_item_id,
        year=year,
        number=((await db.execute(last)).scalar_one() or 0) + 1,
        text=text,
        decided_at=db.now(),
        decided_by=viewer.person_id,
        version=1,
    )
    db.add(decision)
    await db.flush()
    audit_line(db, viewer, "decide", meeting, decision=decision.id, year=year, number=decision.number, text=text)
    return decision


async def correct(
    db: Session, viewer: Viewer, decision: Decision, *, text: str, reason: str | None = None, version: int | None = None
) -> Decision:
    """Another wording of a decision; once the meeting was held with the reason. The number stays.

    Raises NotPermitted, Invalid (text, reason), Conflict (revoked, or a stale form)."""
    await _open(db, viewer, decision, version)
    if decision.revoked_at is not None:
        raise Conflict(N_("This decision has been revoked."))
    before, text = decision.text, _checked(text)
    decision.reason = _reason(decision.meeting, reason)
    decision.text = text
    decision.touch()
    audit_line(
        db, viewer, "correct_decision", decision.meeting, decision=decision.id, before=before, text=text, reason=reason
    )
    return decision


async def revoke(
    db: Session, viewer: Viewer, decision: Decision, *, reason: str | None = None, version: int | None = None
) -> Decision:
    """Strike a decision that was entered by mistake; its number is not used again. `restore` undoes it. Twice changes nothing."""
    await _open(db, viewer, decision, version)
    if decision.revoked_at is None:
        decision.reason = _reason(decision.meeting, reason)
        decision.revoked_at, decision.revoked_by = db.now(), viewer.person_id
        decision.touch()
        audit_line(db, viewer, "revoke_decision", decision.meeting, decision=decision.id, reason=reason)
    return decision


async def restore(db: Session, viewer: Viewer, decision: Decision, *, version: int | None = None) -> Decision:
    """Undo `revoke`: the decision stands again under its number."""
    await _open(db, viewer, decision, version)
    if decision.revoked_at is not None:
        decision.revoked_at = decision.revoked_by = decision.reason = None
        decision.touch()
        audit_line(db, viewer, "restore_decision", decision.meeting, decision=decision.id)
    return decision


async def decision_of(db: Session, viewer: Viewer, decision_id: int) -> Decision:
    """One decision that this viewer may read, of a meeting they see. Raises NotFound."""
    decision = await db.get(Decision, decision_id)
    if decision is None:
        raise NotFound
    meeting = await queries.get(db, viewer, decision.meeting_id)
    if decision not in await decisions_of(db, viewer, meeting):
        raise NotFound
    await db.refresh(decision, ["meeting"])
    assert decision.meeting is meeting
    return decision


async def _just_decided(
    db: Session, viewer: Viewer, meeting: Meeting, text: str, agenda_item_id: int | None
) -> Decision | None:
    query = select(Decision).where(
        Decision.meeting_id == meeting.id,
        Decision.agenda_item_id.is_not_distinct_from(agenda_item_id),
        Decision.text == text,
        Decision.decided_by == viewer.person_id,
        Decision.decided_at > db.now() - SENT_TWICE,
        Decision.revoked_at.is_(None),
    )
    return (await db.scalars(query.options(joinedload(Decision.meeting)).limit(1))).first()


async def _open(db: Session, viewer: Viewer, decision: Decision, version: int | None) -> None:
    await lock(db, decision.meeting)
    await locked(db, Decision, decision.id, joinedload(Decision.meeting))
    if not await may_correct(db, viewer, decision):
        raise NotPermitted(_NOT_YOURS)
    decision.check_version(version, text=decision.text)


async def may_write(db: Session, viewer: Viewer, meeting: Meeting, item: AgendaItem | None) -> bool:
    """Whether the viewer writes down what is said and decided on this item, or on the meeting as a whole."""
    chairs = await queries.chairs(db, meeting.id)
    return may_record_item(viewer, meeting, chairs, item) if item else may_record(viewer, meeting, chairs)


async def may_correct(db: Session, viewer: Viewer, decision: Decision) -> bool:
    """Whether the viewer corrects or revokes a decision, which they may read."""
    item = await db.get(AgendaItem, decision.agenda_item_id) if decision.agenda_item_id else None
    return await may_write(db, viewer, decision.meeting, item)


async def _item(
    db: Session, viewer: Viewer, meeting: Meeting, agenda_item_id: int | None, *, removed: bool = False
) -> AgendaItem | None:
    """An item of this agenda that the viewer may know of; None for every other."""
    item = await db.get(AgendaItem, agenda_item_id) if agenda_item_id else None
    if item is None or item.meeting_id != meeting.id or not may_see_item(viewer, item):
        return None
    return item if item.removed_at is None or removed else None


def _checked(text: str) -> str:
    check = Check()
    text = check.required_text("text", text, most=MOST_DECISION, lines=True)
    check.done()
    return text


def _reason(meeting: Meeting, reason: str | None) -> str | None:
    check = Check()
    reason = check.text("reason", reason, most=500, lines=True, required=meeting.held_at is not None)
    check.done()
    return reason
