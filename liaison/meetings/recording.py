"""What is written down of a meeting: notes that save themselves, and decisions (议定事项) with their numbers."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries, recorded
from liaison.meetings.audience import may_see_item
from liaison.meetings.decision_models import Decision, DecisionSupport
from liaison.meetings.locking import audit_line, lock, taking_place
from liaison.meetings.models import AgendaItem, Meeting, Note
from liaison.meetings.permissions import (
    NOT_RECORDER,
    may_read_decision,
    may_read_record,
    may_record,
    may_record_item,
    reads_before,
)
from liaison.meetings.scheduling import UNSET, Unset

MOST_NOTES = 50_000
MOST_DECISION = 2000
SENT_TWICE = timedelta(minutes=1)
"""The same words of the same person again within so short a time come from a button pressed twice."""
_NO_ITEM = N_("Please choose an item of this meeting's agenda.")


async def save_note(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    text: str,
    *,
    agenda_item_id: int | None = None,
    version: int | None = None,
    tried: str | None = None,
) -> Note:
    """Keep the notes of one item, or of the meeting as a whole. `version` is what the writer saw (0: nothing yet); `tried` is what the
    same page sent before without getting an answer: where just that was kept, it is the writer's own, and no other's.

    Raises NotPermitted, Invalid, Conflict: held already, or somebody else saved in between (`theirs` has their text)."""
    await lock(db, meeting)
    # An item that was taken off while somebody was typing still takes their notes.
    item = await _item(db, viewer, meeting, agenda_item_id, removed=True)
    if not await may_write(db, viewer, meeting, item):
        raise NotPermitted(NOT_RECORDER)
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
        if tried is None or note.saved_by != viewer.person_id or note.text != _lines(tried):
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
    lead_agency_id: int | None = None,
    supporting_agency_ids: Collection[int] = (),
    due_on: date | None = None,
    of_list: bool = False,
) -> Decision:
    """议定: what the meeting decided, under the next number of the mechanism and the meeting's year, and if it charges somebody, which
    agency leads, which support it and by when (a local date of the meeting's zone).

    From the start of the meeting on, also after it was held. A form that is sent twice within a minute is one decision, since a
    number is never free again; one `of_list` counts however often it stands there. Raises NotPermitted, Conflict,
    Invalid (text, agenda_item_id, lead_agency_id, supporting_agency_ids, due_on)."""
    mechanism = await locked(db, Mechanism, meeting.mechanism_id)
    await lock(db, meeting)
    item = await _item(db, viewer, meeting, agenda_item_id)
    if not await may_write(db, viewer, meeting, item):
        raise NotPermitted(NOT_RECORDER)
    taking_place(db, meeting)
    if item is None and agenda_item_id is not None:
        raise Invalid({"agenda_item_id": _NO_ITEM})
    decision = Decision(
        mechanism_id=mechanism.id, meeting_id=meeting.id, agenda_item_id=agenda_item_id, version=1, supports=[]
    )
    await _say(db, decision, meeting, text, lead_agency_id, supporting_agency_ids, due_on)
    if not of_list and (same := await _just_decided(db, viewer, decision)) is not None:
        return same
    year = meeting.local_on.year
    last = select(func.max(Decision.number)).where(Decision.mechanism_id == mechanism.id, Decision.year == year)
    decision.meeting, decision.year = meeting, year
    decision.number = ((await db.execute(last)).scalar_one() or 0) + 1
    decision.decided_at, decision.decided_by = db.now(), viewer.person_id or None
    db.add(decision)
    await db.flush()
    audit_line(
        db, viewer, "decide", meeting, decision=decision.id, year=year, number=decision.number, **_told(decision)
    )
    return decision


async def correct(
    db: Session,
    viewer: Viewer,
    decision: Decision,
    *,
    text: str | Unset = UNSET,
    lead_agency_id: int | Unset | None = UNSET,
    supporting_agency_ids: Collection[int] | Unset = UNSET,
    due_on: date | Unset | None = UNSET,
    reason: str | None = None,
    version: int | None = None,
) -> Decision:
    """Another wording of a decision, or other agencies or another date that it names; once the meeting was held with the reason. The
    number stays, and so does an action item that came of it.

    Raises NotPermitted, Conflict (revoked, or a stale form), Invalid (reason, and as `decide`)."""
    await _open(db, viewer, decision, version)
    if decision.revoked_at is not None:
        raise Conflict(N_("This decision has been revoked."))
    before, reason = _told(decision), _reason(decision.meeting, reason)
    await _say(
        db,
        decision,
        decision.meeting,
        decision.text if isinstance(text, Unset) else text,
        decision.lead_agency_id if isinstance(lead_agency_id, Unset) else lead_agency_id,
        [one.agency_id for one in decision.supports]
        if isinstance(supporting_agency_ids, Unset)
        else supporting_agency_ids,
        decision.due_on if isinstance(due_on, Unset) else due_on,
    )
    decision.reason = reason
    decision.touch()
    told = {"before": before["text"], **_told(decision)} | {
        f"before_{name}": before.get(name)
        for name in ("lead_agency", "supporting", "due_on")
        if before.get(name) != _told(decision).get(name)
    }
    audit_line(db, viewer, "correct_decision", decision.meeting, decision=decision.id, reason=reason, **told)
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


async def _just_decided(db: Session, viewer: Viewer, this: Decision) -> Decision | None:
    query = select(Decision).where(
        Decision.meeting_id == this.meeting_id,
        Decision.agenda_item_id.is_not_distinct_from(this.agenda_item_id),
        Decision.text == this.text,
        Decision.lead_agency_id.is_not_distinct_from(this.lead_agency_id),
        Decision.due_on.is_not_distinct_from(this.due_on),
        Decision.decided_by == viewer.person_id,
        Decision.decided_at > db.now() - SENT_TWICE,
        Decision.revoked_at.is_(None),
    )
    return (await db.scalars(query.options(joinedload(Decision.meeting), *recorded.CHARGED).limit(1))).first()


async def _open(db: Session, viewer: Viewer, decision: Decision, version: int | None) -> None:
    await lock(db, decision.meeting)
    await locked(db, Decision, decision.id, joinedload(Decision.meeting), *recorded.CHARGED)
    if not await may_correct(db, viewer, decision):
        raise NotPermitted(NOT_RECORDER)
    decision.check_version(version, text=decision.text)


def _lines(text: str) -> str:
    """A text as `save_note` keeps it."""
    return Check().text("text", text, most=MOST_NOTES, lines=True) or ""


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


async def _say(
    db: Session,
    decision: Decision,
    meeting: Meeting,
    text: str,
    lead_agency_id: int | None,
    supporting_agency_ids: Collection[int],
    due_on: date | None,
) -> None:
    check = Check()
    members = {one.agency_id for one in await mechanisms.members_on(db, meeting.mechanism_id, meeting.local_on)}
    # Whom it names already may have left since: that must not stand in the way of another wording.
    members |= {one.agency_id for one in decision.supports} | {decision.lead_agency_id or 0}
    text = check.required_text("text", text, most=MOST_DECISION, lines=True)
    lead = await db.get(Agency, lead_agency_id) if lead_agency_id in members else None
    supporting = [await db.get(Agency, one) for one in dict.fromkeys(supporting_agency_ids) if one in members]
    if lead is None and (lead_agency_id is not None or supporting_agency_ids):
        check.refuse("lead_agency_id", N_("Please choose the one member agency that is responsible."))
    if len(supporting) != len(set(supporting_agency_ids)):
        check.refuse("supporting_agency_ids", N_("Supporting agencies are members of the mechanism."))
    if lead_agency_id is not None and lead_agency_id in set(supporting_agency_ids):
        check.refuse("supporting_agency_ids", N_("The responsible agency does not support itself."))
    item = await db.get(AgendaItem, decision.agenda_item_id) if decision.agenda_item_id else None
    audience = item.audience if item is not None and lead_agency_id is not None else None
    if audience is not None and not audience.issuperset({lead_agency_id, *supporting_agency_ids}):
        check.refuse(
            "lead_agency_id", N_("What was decided on a restricted item is done by agencies that may know of it.")
        )
    check.day("due_on", due_on)
    if due_on is not None and due_on < meeting.local_on:
        check.refuse("due_on", N_("The due date lies before the day of the meeting."))
    check.done()
    decision.text, decision.due_on = text, due_on
    decision.lead_agency_id, decision.lead_agency = (lead.id, lead) if lead else (None, None)
    kept = {one.agency_id: one for one in decision.supports}
    decision.supports = [
        kept.get(one.id) or DecisionSupport(agency_id=one.id, agency=one) for one in supporting if one is not None
    ]


def _told(decision: Decision) -> dict[str, Any]:
    """What a line of the trail says of it."""
    told: dict[str, Any] = {"text": decision.text}
    if decision.lead_agency_id is not None:
        told |= {"lead_agency": decision.lead_agency_id, "supporting": [one.agency_id for one in decision.supports]}
    return told | ({"due_on": decision.due_on.isoformat()} if decision.due_on else {})


def _reason(meeting: Meeting, reason: str | None) -> str | None:
    check = Check()
    reason = check.text("reason", reason, most=500, lines=True, required=meeting.held_at is not None)
    check.done()
    return reason
