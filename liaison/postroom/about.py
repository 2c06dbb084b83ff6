"""What a mail of ours was about, for whatever comes back to it: whose officers are to see that."""

from dataclasses import dataclass

from sqlalchemy import select

from liaison.actions.models import ActionItem
from liaison.countersigning.models import Document, DocumentVersion, Signer
from liaison.db import Session
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Designation
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.minutes.models import Minutes
from liaison.notices.models import Addressee, Notice, NoticeEscalation
from liaison.proposals.models import Proposal
from liaison.reminders.bundling import KIND as REMINDERS
from liaison.reminders.rules import ACTION, ATTENDEE, NOTICE_SENT, RECORD, SIGN, SLIP

_MEETING, _ADDRESSEE = "meeting", "notice_addressee"
_OF_REMINDERS = {NOTICE_SENT: _ADDRESSEE}
"""What a kind of line of the clock's mail is about, where a mail of that name is about something else."""
_MECHANISM_OF = {
    _MEETING: select(Meeting.mechanism_id, Meeting.id),
    ACTION: select(ActionItem.mechanism_id, ActionItem.id),
    "minutes": select(Meeting.mechanism_id, Minutes.id).join(Minutes, Minutes.meeting_id == Meeting.id),
    "proposal": select(Proposal.mechanism_id, Proposal.id),
    "notice": select(Notice.mechanism_id, Notice.id),
    "notice_escalation": select(Notice.mechanism_id, NoticeEscalation.id).join(
        NoticeEscalation, NoticeEscalation.notice_id == Notice.id
    ),
    _ADDRESSEE: select(Notice.mechanism_id, Addressee.id).join(Addressee, Addressee.notice_id == Notice.id),
    "designation": select(Designation.mechanism_id, Designation.id),
    ATTENDEE: select(Meeting.mechanism_id, Attendee.id).join(Attendee, Attendee.meeting_id == Meeting.id),
    SIGN: select(Document.mechanism_id, Signer.id)
    .join(DocumentVersion, DocumentVersion.document_id == Document.id)
    .join(Signer, Signer.document_version_id == DocumentVersion.id),
    RECORD: select(Meeting.mechanism_id, Meeting.id),
    SLIP: select(Meeting.mechanism_id, AgencyInvitation.id).join(
        AgencyInvitation, AgencyInvitation.meeting_id == Meeting.id
    ),
}
"""By the kind of a thing, the mechanism of each."""


@dataclass(frozen=True, slots=True)
class About:
    """The one mechanism that a mail spoke of, None if it was of several or of none, and its meeting if it was a meeting's."""

    mechanism_id: int | None
    meeting_id: int | None = None


async def about(db: Session, mail: OutboxMail) -> About:
    """What that mail was about; the bundled one of a morning by each of its lines."""
    if mail.kind == REMINDERS:
        lines = [(str(line["kind"]), int(line["id"])) for line in mail.params["lines"]]
        things = {(_OF_REMINDERS.get(kind, kind), id_) for kind, id_ in lines}
    else:
        kind, _, id_ = mail.about.partition(":")
        things = {(kind, int(id_))} if id_.isdecimal() else set()
    mechanisms: set[int] = set()
    for kind, query in _MECHANISM_OF.items():
        if ids := [id_ for each, id_ in things if each == kind]:
            rows = await db.execute(query.where(query.selected_columns[1].in_(ids)))
            mechanisms |= {row[0] for row in rows}
    meetings = [id_ for kind, id_ in things if kind == _MEETING]
    return About(mechanisms.pop() if len(mechanisms) == 1 else None, meetings[0] if meetings else None)
