"""Loading the record that minutes are drafted from, whole: whoever drafts them, a restricted item's section is written from its own
notes and decisions, and shown to its audience alone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from liaison.accounts.viewer import Viewer
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN
from liaison.countersigning.content import Section
from liaison.countersigning.permissions import may_read_section
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.meetings import queries as meetings
from liaison.meetings.audience import restricts
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import NUMBERED_KINDS, AgendaItem, Meeting, Note
from liaison.meetings.recorded import CHARGED
from liaison.meetings.recorded import decisions as decisions_of
from liaison.minutes import drafting
from liaison.minutes.models import Minutes

MOST_LAST = 100
"""So many action items of earlier meetings are written out; the ledger has them all."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What the record says by now and the newest text does not."""

    head: bool
    """Who took part, or when and where it was."""
    decisions: list[Decision]

    def __bool__(self) -> bool:
        return self.head or bool(self.decisions)


async def behind(db: Session, viewer: Viewer, minutes: Minutes) -> Behind:
    """What was changed in the record since: the head, and decisions that were recorded after the draft was begun and whose words stand
    in no section, as far as this viewer may know of them."""
    newest = minutes.document.newest
    said = "\n".join(one.text for one in newest.sections if may_read_section(viewer, one.audience))
    found = [
        one
        for one in await decisions_of(db, viewer, minutes.meeting_id, revoked=False)
        if one.decided_at >= minutes.document.created_at and one.text.strip().rstrip("。.") not in said
    ]
    head = await head_of(db, minutes.meeting, newest.head.get("corrects"))
    return Behind(head != newest.head, found)


async def head_of(db: Session, meeting: Meeting, corrects: dict[str, Any] | None = None) -> dict[str, Any]:
    """What is signed besides the text, as the record stands now; `meeting` with mechanism and host."""
    recorder = await db.get(Person, meeting.recorder_id) if meeting.recorder_id else None
    attendees = await meetings.attendees(db, meeting.id)
    return drafting.head(meeting, attendees, recorder=recorder.name if recorder else None, corrects=corrects)


async def sections_of(db: Session, meeting: Meeting) -> list[Section]:
    """The first draft of the text, in the mechanism's language."""
    words = Words(meeting.mechanism.locale, meeting.timezone)
    items = await meetings.agenda(db, meeting.id, states=("accepted",))
    notes = list(await db.scalars(select(Note).where(Note.meeting_id == meeting.id)))
    decided = select(Decision).where(Decision.meeting_id == meeting.id, Decision.revoked_at.is_(None))
    decisions = list(await db.scalars(decided.options(*CHARGED).order_by(Decision.number)))
    on_agenda = {item.id for item in items}
    for one in decisions:  # what was decided on an item that was taken off or deferred since
        if one.agenda_item_id is not None and one.agenda_item_id not in on_agenda:
            items.append(await db.get_one(AgendaItem, one.agenda_item_id))
            on_agenda.add(one.agenda_item_id)
    return drafting.sections(
        words,
        meeting,
        await meetings.attendees(db, meeting.id),
        items,
        notes,
        decisions,
        await _last(db, words, meeting),
    )


async def _last(db: Session, words: Words, meeting: Meeting) -> list[str]:
    """How the action items of earlier meetings stood when this one began, one line each: those that everybody may know of."""
    if meeting.kind not in NUMBERED_KINDS:
        return []
    query = (
        select(ActionItem)
        .join(Meeting, Meeting.id == ActionItem.meeting_id)
        .where(
            ActionItem.mechanism_id == meeting.mechanism_id,
            Meeting.starts_at < meeting.starts_at,
            or_(ActionItem.ended_at.is_(None), ActionItem.ended_at > meeting.starts_at),
            or_(ActionItem.decision_id.is_(None), ~restricts(ActionItem.decision_id).exists()),
        )
        .order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)
        .limit(MOST_LAST)
        .options(*SHOWN)
    )
    items = (await db.scalars(query)).unique().all()
    return [drafting.last_action(words, one) for one in items]
