"""What pages, API, mails and the desk read of minutes. Everything that a viewer sees goes through `readable`."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.countersigning import queries as documents
from liaison.countersigning.content import Section
from liaison.countersigning.models import Document, DocumentVersion
from liaison.countersigning.standing import standing_of, state_of
from liaison.db import Session
from liaison.errors import NotFound
from liaison.meetings import queries as meetings
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.permissions import reads_before
from liaison.meetings.seen import visible_to
from liaison.minutes.drafting import item_of
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import may_edit, may_read_circulated, may_read_draft

MOST_LISTED = 100
_WHOLE = (
    joinedload(Minutes.meeting).joinedload(Meeting.mechanism),
    joinedload(Minutes.meeting).joinedload(Meeting.host_agency),
    joinedload(Minutes.issuing_agency),
)


async def all_of(db: Session, meeting_id: int) -> list[Minutes]:
    """Every set of minutes of a meeting, corrections after what they correct; each with its document whole."""
    rows = list(
        await db.scalars(select(Minutes).where(Minutes.meeting_id == meeting_id).options(*_WHOLE).order_by(Minutes.id))
    )
    known = await documents.documents(db, [one.document_id for one in rows]) if rows else {}
    for one in rows:
        one.document = known[one.document_id]
    return rows


async def by_id(db: Session, minutes_id: int) -> Minutes:
    """One set of minutes, whole. Raises NotFound."""
    found = (await db.execute(select(Minutes.document_id).where(Minutes.id == minutes_id))).scalar_one_or_none()
    if found is None:
        raise NotFound
    return await of_document(db, found)


async def of_document(db: Session, document_id: int) -> Minutes:
    """The minutes that a document holds, whole. Raises NotFound."""
    row = (
        await db.execute(select(Minutes).where(Minutes.document_id == document_id).options(*_WHOLE))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    row.document = await documents.document(db, document_id)
    return row


async def newest(db: Session, viewer: Viewer, meeting: Meeting) -> Minutes:
    """The newest set of minutes of a meeting that the viewer may read; `meeting` is one they may see. Raises NotFound."""
    for one in reversed(await all_of(db, meeting.id)):
        if await readable(db, viewer, one):
            return one
    raise NotFound


async def version(db: Session, viewer: Viewer, version_id: int) -> tuple[Minutes, DocumentVersion]:
    """One version by its id, with its minutes, if the viewer may read it. Raises NotFound."""
    found = await documents.version(db, version_id)
    minutes = await of_document(db, found.document_id)
    await meetings.get(db, viewer, minutes.meeting_id)
    version = next(one for one in minutes.document.versions if one.id == version_id)
    if not await readable(db, viewer, minutes, version):
        raise NotFound
    return minutes, version


async def readable(db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion | None = None) -> bool:
    """Whether the viewer, who may see the meeting, may read these minutes (`version`: that wording; None: the newest they would be
    shown): issued ones everybody, but a former member only what was issued until it left; what is countersigned those concerned; a
    draft those who write it."""
    meeting, document = minutes.meeting, minutes.document
    if minutes.issued_at is not None and version in (None, document.newest):
        people = [one.person_id for one in await meetings.attendees(db, meeting.id)]
        before = reads_before(viewer, meeting, people, db.now())
        return before is None or minutes.issued_at < before
    if may_edit(viewer, meeting):
        return True
    if (version or document.versions[0]).circulated_at is not None:
        return may_read_circulated(viewer, meeting, document, await meetings.chairs(db, meeting.id))
    return may_read_draft(viewer, meeting, await bringing(db, document))


async def seen_version(db: Session, viewer: Viewer, minutes: Minutes) -> DocumentVersion:
    """The version the viewer is shown first: the newest they may read, since a draft is for who writes it."""
    for one in reversed(minutes.document.versions):
        if await readable(db, viewer, minutes, one):
            return one
    raise NotFound


async def bringing(db: Session, document: Document) -> frozenset[int]:
    """The agencies that bring an item whose section not everybody may read: their officers write it with those who edit the minutes."""
    brought = await brought_by(db, [one for one in document.newest.sections if one.audience is not None])
    return frozenset(brought.values())


async def brought_by(db: Session, sections: Sequence[Section]) -> dict[str, int]:
    """By key, the agency that brings the item a section is about."""
    ids = {item_of(one.key): one.key for one in sections}
    query = select(AgendaItem.id, AgendaItem.agency_id).where(AgendaItem.id.in_([one for one in ids if one]))
    return {ids[item_id]: agency_id for item_id, agency_id in await db.execute(query) if agency_id is not None}


async def issued(db: Session, viewer: Viewer, mechanism_id: int, *, wanted: str | None = None) -> list[Minutes]:
    """The issued minutes of a mechanism that the viewer may read, the newest first and at most MOST_LISTED; `wanted`: a part of the
    number or of the meeting's title."""
    query = select(Minutes).join(Meeting, Meeting.id == Minutes.meeting_id).where(
        Meeting.mechanism_id == mechanism_id, Minutes.issued_at.is_not(None), visible_to(viewer)
    )  # fmt: skip
    if wanted:
        named = Minutes.doc_no.contains(wanted, autoescape=True), Meeting.title.contains(wanted, autoescape=True)
        query = query.where(or_(*named))
    newest_first = query.order_by(Minutes.issued_on.desc(), Minutes.id.desc()).limit(MOST_LISTED).options(*_WHOLE)
    rows = list(await db.scalars(newest_first))
    known = await documents.documents(db, [one.document_id for one in rows])
    for one in rows:
        one.document = known[one.document_id]
    return [one for one in rows if await readable(db, viewer, one)]


async def owed_by(db: Session, mechanism_id: int, agency_id: int) -> list[Minutes]:
    """The circulated minutes of a mechanism on whose newest version this agency still owes its word, in order of their meetings."""
    query = (
        select(Minutes)
        .join(Document, Document.id == Minutes.document_id)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
    )
    open_ = query.where(Document.mechanism_id == mechanism_id, Document.in_force_at.is_(None)).options(*_WHOLE)
    rows = list(await db.scalars(open_.order_by(Meeting.starts_at, Minutes.id)))
    known = await documents.documents(db, [one.document_id for one in rows]) if rows else {}
    for one in rows:
        one.document = known[one.document_id]
    circulated = [one for one in rows if one.document.newest.circulated_at is not None]
    return [one for one in circulated if agency_id in standing_of(one.document.newest).owes]


async def states(db: Session, meeting_ids: Sequence[int]) -> dict[int, str]:
    """By meeting, how its newest minutes stand: draft, circulating, agreed or issued; nothing for a meeting without."""
    rows = list(await db.scalars(select(Minutes).where(Minutes.meeting_id.in_(meeting_ids)).order_by(Minutes.id)))
    known = await documents.documents(db, [one.document_id for one in rows])
    return {one.meeting_id: state_of(known[one.document_id]) for one in rows}
