"""Loading what the papers of a meeting say, and the templates that agencies brought."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from liaison.accounts.viewer import Viewer
from liaison.actions.beside import beside
from liaison.actions.models import ActionItem
from liaison.actions.queries import audiences
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import NotFound
from liaison.i18n import Words
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import activity_queries
from liaison.meetings import queries as meetings
from liaison.meetings.due import replies_due_on
from liaison.meetings.holding import next_ordinals
from liaison.meetings.models import ACTIVITIES, NUMBERED_KINDS, Meeting
from liaison.meetings.snapshot import organizer_of
from liaison.paperwork.models import LETTER, DocumentTemplate, MeetingLetter
from liaison.paperwork.wording import Asked, Said, cited, guests_of, item_said


async def letter_of(db: Session, meeting_id: int) -> MeetingLetter | None:
    """The head of the meeting's letter as it was typed; None until somebody did."""
    query = select(MeetingLetter).where(MeetingLetter.meeting_id == meeting_id)
    return (await db.execute(query.options(joinedload(MeetingLetter.issuing_agency)))).scalar_one_or_none()


async def templates_of(db: Session, agency_id: int) -> list[DocumentTemplate]:
    """The templates of an agency that are in use."""
    query = select(DocumentTemplate).where(
        DocumentTemplate.agency_id == agency_id, DocumentTemplate.removed_at.is_(None)
    )
    return list(await db.scalars(query.order_by(DocumentTemplate.kind)))


async def template(db: Session, agency_id: int, kind: str) -> DocumentTemplate | None:
    """An agency's template for one kind of paper, with its bytes."""
    query = select(DocumentTemplate).where(
        DocumentTemplate.agency_id == agency_id, DocumentTemplate.kind == kind, DocumentTemplate.removed_at.is_(None)
    )
    return (await db.execute(query.options(undefer(DocumentTemplate.content)))).scalar_one_or_none()


async def template_of_agency(db: Session, viewer: Viewer, template_id: int) -> DocumentTemplate:
    """One template of the viewer's own agency, with its bytes. Raises NotFound."""
    query = select(DocumentTemplate).where(
        DocumentTemplate.id == template_id, DocumentTemplate.agency_id == viewer.agency_id
    )
    found = (await db.execute(query.options(undefer(DocumentTemplate.content)))).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def said(db: Session, viewer: Viewer, meeting: Meeting, words: Words, *, only_to: int | None = None) -> Said:
    """Everything that the papers say of this meeting, in `words` (those of the mechanism); `meeting` with mechanism and host.

    A paper is read by everybody, or `only_to` one agency: of a restricted item it says what all its readers and the viewer may know."""
    attendees = await meetings.attendees(db, meeting.id)
    invitations = await meetings.invitations(db, meeting.id)
    today = db.clock.today(meeting.timezone)
    liaison = (await mechanisms.in_office(db, meeting.mechanism_id, today)).get(meeting.host_agency_id)
    contact = await db.get(Person, liaison.person_id) if liaison else None
    agreement = await mechanisms.agreement(db, meeting.mechanism_id)
    letter = await letter_of(db, meeting.id)
    due = replies_due_on(meeting, db.now())
    items = await meetings.agenda(db, meeting.id, states=("accepted",))
    chairs = [one for one in attendees if one.role == "chair"]
    return Said(
        title=meeting.title,
        day=words._("a day to be announced") if meeting.is_off else words.full_date(meeting.local_on),
        when=words._("to be announced")
        if meeting.is_off
        else words.full_span(
            meeting.local_start, meeting.local_start + (meeting.ends_at - meeting.starts_at), named_zone=False
        ),
        location=meeting.location or "",
        host=meeting.host_agency.name,
        mechanism=meeting.mechanism.name,
        agreement=cited(words, agreement),
        replies_due=words.full_date(due) if due and invitations else "",
        contact=contact.name if contact else "",
        phone=(contact.phone or "") if contact else "",
        mail=meeting.organizer or organizer_of(meeting, db.settings.mail_from),
        issuing_agency=letter.issuing_agency.name if letter else meeting.host_agency.name,
        genre=letter.genre if letter else LETTER,
        doc_no=(letter.doc_no or "") if letter else "",
        dated_on=(letter.dated_on if letter else None) or today,
        ordinal=await _ordinal(db, meeting, words),
        items=[item_said(one, words, {viewer.agency_id, only_to or 0}) for one in items],
        begins_with_actions=await meetings.follows_another(db, meeting),
        guests=guests_of(attendees, words),
        asked=[
            Asked(one.id, one.agency.name, one.seats, one.requirement or "", one.returned_at is not None)
            for one in invitations
            if one.agency_id != (letter.issuing_agency_id if letter else meeting.host_agency_id)
        ],
        open_actions=await _open_actions(db, viewer, meeting, words),
        co_hosts=words._(", ").join(one.agency.name for one in await activity_queries.co_hosts(db, meeting.id))
        if meeting.kind in ACTIVITIES
        else "",
        audience_groups=words._(", ").join(meeting.audience_groups or ()),
        chair=" ".join(filter(None, (chairs[0].job_title, chairs[0].name))) if chairs else "",
    )


async def _open_actions(db: Session, viewer: Viewer, meeting: Meeting, words: Words) -> list[list[str]]:
    """Without what was decided on an item with an audience: the agenda lies on everybody's table."""
    found = await beside(db, viewer, meeting)
    ids = [one.id for one in found.before]
    if not ids:
        return []
    closed = await audiences(db, await db.scalars(select(ActionItem).where(ActionItem.id.in_(ids))))
    return [
        [
            one.title,
            f"{one.lead_agency.short_name} {one.owner.name}" if one.owner else one.lead_agency.short_name,
            words.date(one.due_on) if one.due_on else "",
            words.ngettext("time %(n)d", "time %(n)d", n) if (n := found.carried.get(one.id, 0)) else "",
        ]
        for one in found.before
        if one.id not in closed
    ]


async def _ordinal(db: Session, meeting: Meeting, words: Words) -> str:
    """会次 as the chair says it; empty for kinds that are not numbered."""
    if meeting.kind not in NUMBERED_KINDS:
        return ""
    ordinal = meeting.ordinal
    if ordinal is None:
        ordinal, _ = await next_ordinals(db, meeting.mechanism, meeting.local_on)
    return words._(", the %(n)s. of this mechanism", n=ordinal)
