"""An action item of what the meeting has just decided, in the same step, and that step taken back."""

import re
from datetime import timedelta

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, queries
from liaison.actions.assigning import assign
from liaison.actions.locking import lock
from liaison.actions.models import NOT_POSSIBLE, ActionItem, Progress
from liaison.db import Session, locked
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.meetings import recording
from liaison.meetings.decision_models import Decision
from liaison.meetings.permissions import NOT_RECORDER

UNDO_FOR = timedelta(minutes=10)
MOST_TITLE = 300
_STEM = re.compile(r"(?:会议议定|The meeting decides)[:：,，]\s*")
_SENTENCE_END = re.compile(r"[。；\n]|[.;](?=\s|$)")


async def assign_decided(db: Session, viewer: Viewer, decision: Decision) -> ActionItem:
    """落实事项 of a decision: its first sentence as the title, and the agencies and the date that it names. From then on the item goes
    its own way; the decision keeps what was decided. One that the decision has already is given back. Raises NotPermitted, Invalid."""
    if decision.lead_agency_id is None:
        raise Invalid({"lead_agency_id": N_("Please choose the one member agency that is responsible.")})
    await locked(db, Mechanism, decision.mechanism_id)
    found = await _of(db, decision)
    if found:
        return await queries.get(db, viewer, found[0].id)
    return await assign(
        db,
        viewer,
        decision.mechanism_id,
        title=_title_of(decision.text),
        lead_agency_id=decision.lead_agency_id,
        meeting=decision.meeting,
        decision_id=decision.id,
        supporting_agency_ids=[one.agency_id for one in decision.supports],
        due_on=decision.due_on,
    )


async def take_back(db: Session, viewer: Viewer, decision: Decision) -> None:
    """Undo what was just recorded: the decision is struck, and an item made with it ends as no longer possible.

    For whoever recorded it, within ten minutes and until the meeting is held; an item that was worked on since is left. Twice
    changes nothing. Raises NotPermitted, Conflict (later than that: `recording.revoke`)."""
    if not await recording.may_correct(db, viewer, decision):
        raise NotPermitted(NOT_RECORDER)
    late = decision.decided_by != viewer.person_id or decision.decided_at < db.now() - UNDO_FOR
    if late or decision.meeting.held_at is not None:
        raise Conflict(N_("This can no longer be undone here. Revoke the decision instead."))
    await recording.revoke(db, viewer, decision)
    for item in await _of(db, decision):
        await lock(db, item)
        reported = (await db.execute(select(Progress.id).where(Progress.action_item_id == item.id).limit(1))).first()
        if item.ended_at is None and item.version == 1 and item.assigned_by == viewer.person_id and reported is None:
            item.ended_at, item.ended_how = db.now(), NOT_POSSIBLE
            item.ended_by, item.ended_via = viewer.person_id, viewer.via
            item.touch()
            assigning.audit_line(db, viewer, "not_possible", item, because="decision_taken_back")


def _title_of(text: str) -> str:
    """What is to be done in the words of the decision: its first sentence, without 会议议定 before it."""
    said = _STEM.sub("", text.strip(), count=1) if _STEM.match(text.strip()) else text.strip()
    said = _SENTENCE_END.split(said, maxsplit=1)[0].strip() or said
    return said if len(said) <= MOST_TITLE else said[: MOST_TITLE - 1] + "…"


async def _of(db: Session, decision: Decision) -> list[ActionItem]:
    query = select(ActionItem).where(ActionItem.meeting_id == decision.meeting_id)
    return list(await db.scalars(query.where(ActionItem.decision_id == decision.id).order_by(ActionItem.id)))
