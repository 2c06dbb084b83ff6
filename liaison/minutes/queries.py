"""What pages, API, mails and the desk read of minutes. Everything that a viewer sees goes through `readable`."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.countersigning import queries as documents
from liaison.countersigning.content import Section
from liaison.countersigning.models import Document, DocumentVersion
from liaison.countersigning.standing import standing_of
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.directory.queries import of_the_site
from liaison.errors import NotFound
from liaison.mechanisms.models import Member
from liaison.mechanisms.queries import OnDuty, members_on, on_duty
from liaison.meetings import queries as meetings
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.permissions import reads_before
from liaison.meetings.seen import visible_to
from liaison.minutes.drafting import item_of
from liaison.minutes.issued_to import Gets, gets_issued
from liaison.minutes.models import Minutes, MinutesDelivery
from liaison.minutes.permissions import may_edit, may_read_circulated, may_read_draft

MOST_LISTED = 100
_WHOLE = (
    joinedload(Minutes.meeting).joinedload(Meeting.mechanism),
    joinedload(Minutes.meeting).joinedload(Meeting.host_agency),
    joinedload(Minutes.issuing_agency),
)


async def all_of(db: Session, meeting_id: int) -> list[Minutes]:
    """Every set of minutes of a meeting, corrections after what they correct; each with its document whole."""
    return await _whole(db, select(Minutes).where(Minutes.meeting_id == meeting_id).order_by(Minutes.id))


async def of_meetings(db: Session, meeting_ids: Sequence[int]) -> dict[int, list[Minutes]]:
    """The same of many meetings; nothing for one without minutes."""
    found: dict[int, list[Minutes]] = {}
    query = select(Minutes).where(Minutes.meeting_id.in_(meeting_ids)).order_by(Minutes.id)
    for one in await _whole(db, query) if meeting_ids else ():
        found.setdefault(one.meeting_id, []).append(one)
    return found


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


async def of_version(db: Session, version_id: int) -> tuple[Minutes, DocumentVersion]:
    """One version by its id, with its minutes, whoever asks. Raises NotFound."""
    minutes = await of_document(db, await documents.document_of(db, version_id))
    return minutes, next(one for one in minutes.document.versions if one.id == version_id)


async def besides(db: Session, minutes: Minutes) -> list[Minutes]:
    """The other sets of the same meeting, whole: what these correct, and what corrects them."""
    others = select(Minutes).where(Minutes.meeting_id == minutes.meeting_id, Minutes.id != minutes.id)
    return await _whole(db, others.order_by(Minutes.id))


async def newest(db: Session, viewer: Viewer, meeting: Meeting) -> Minutes:
    """The newest set of minutes of a meeting that the viewer may read; `meeting` is one they may see. Raises NotFound."""
    for one in reversed(await all_of(db, meeting.id)):
        if await readable(db, viewer, one):
            return one
    raise NotFound


async def version(db: Session, viewer: Viewer, version_id: int) -> tuple[Minutes, DocumentVersion]:
    """One version by its id, with its minutes, if the viewer may read it. Raises NotFound."""
    minutes, version = await of_version(db, version_id)
    await meetings.get(db, viewer, minutes.meeting_id)
    if not await readable(db, viewer, minutes, version):
        raise NotFound
    return minutes, version


async def readable(db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion | None = None) -> bool:
    """Whether the viewer, who may see the meeting, may read that wording of the minutes; without `version`, the newest they would be
    shown: of issued minutes what was issued."""
    shown = version or (minutes.document.newest if minutes.issued_at is not None else None)
    versions = await readable_versions(db, viewer, minutes)
    return bool(versions) if shown is None else shown in versions


async def readable_versions(db: Session, viewer: Viewer, minutes: Minutes) -> list[DocumentVersion]:
    """The versions that the viewer, who may see the meeting, may read, in their order: what was issued everybody, but a former member
    only what was issued until it left; what is countersigned those concerned; a draft those who write it."""
    meeting, document = minutes.meeting, minutes.document
    issued = document.newest if minutes.issued_at is not None else None
    others = [one for one in document.versions if one is not issued]
    circulated = drafts = may_edit(viewer, meeting)
    if not drafts and any(one.circulated_at is None for one in others):
        drafts = may_read_draft(viewer, meeting, await bringing(db, document))
    if not circulated and any(one.circulated_at is not None for one in others):
        circulated = may_read_circulated(viewer, meeting, document, await meetings.chairs(db, meeting.id))
    found = [one for one in others if (drafts if one.circulated_at is None else circulated)]
    if issued is not None and await _reads_issued(db, viewer, minutes):
        found.append(issued)
    return found


async def several(db: Session, viewer: Viewer, ids: Collection[int]) -> dict[int, tuple[Minutes, DocumentVersion]]:
    """Many sets by id, each with the version that the viewer is shown first; those of which they may read nothing are left out."""
    query = select(Minutes).join(Meeting, Meeting.id == Minutes.meeting_id)
    found = {}
    for one in await _whole(db, query.where(Minutes.id.in_(ids), visible_to(viewer))):
        if versions := await readable_versions(db, viewer, one):
            found[one.id] = (one, versions[-1])
    return found


async def seen_version(db: Session, viewer: Viewer, minutes: Minutes) -> DocumentVersion:
    """The version the viewer is shown first: the newest they may read, since a draft is for who writes it. Raises NotFound."""
    versions = await readable_versions(db, viewer, minutes)
    if not versions:
        raise NotFound
    return versions[-1]


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
    rows = await _whole(db, query.order_by(Minutes.issued_on.desc(), Minutes.id.desc()).limit(MOST_LISTED))
    return [one for one in rows if await readable(db, viewer, one)]


async def _whole(db: Session, query: Select[Minutes]) -> list[Minutes]:
    rows = list(await db.scalars(query.options(*_WHOLE)))
    known = await documents.documents(db, [one.document_id for one in rows]) if rows else {}
    for one in rows:
        one.document = known[one.document_id]
    return rows


async def _reads_issued(db: Session, viewer: Viewer, minutes: Minutes) -> bool:
    if reads_before(viewer, minutes.meeting, (), db.now()) is None:
        return True
    people = [one.person_id for one in await meetings.attendees(db, minutes.meeting_id)]
    before = reads_before(viewer, minutes.meeting, people, db.now())
    return before is None or (minutes.issued_at is not None and minutes.issued_at < before)


async def members_told(db: Session, meeting: Meeting, duty: OnDuty) -> list[Member]:
    """The member agencies that issued minutes go to: not one that joined after the meeting and had no part in it."""
    then = {one.agency_id for one in await members_on(db, meeting.mechanism_id, meeting.local_on)}
    people = await meetings.attendees(db, meeting.id)
    concerned = {meeting.host_agency_id, *then, *(one.agency_id for one in people)}
    return [one for one in duty.members if not then or one.agency_id in concerned]


async def recipients(db: Session, minutes: Minutes, copy_to: Collection[str], report_to: Collection[str]) -> list[Gets]:
    """How the minutes would reach the member agencies and these names if they were issued today."""
    meeting, names = minutes.meeting, [*copy_to, *report_to]
    query = select(Agency).where(Agency.name.in_(names) | Agency.short_name.in_(names), Agency.deactivated_at.is_(None))
    query = query.where(of_the_site())
    rows = list(await db.scalars(query.order_by(Agency.id.desc()))) if names else []
    known = {name: one for one in rows for name in (one.short_name, one.name)}
    duty = await on_duty(db, meeting.mechanism, db.clock.today(meeting.timezone))
    told = await members_told(db, meeting, duty)
    return gets_issued(duty, told, list(copy_to), list(report_to), known)


async def deliveries(db: Session, minutes: Minutes) -> list[MinutesDelivery]:
    """To whom issued minutes are handed over, in the order of the issue."""
    query = select(MinutesDelivery).where(MinutesDelivery.minutes_id == minutes.id)
    return list(await db.scalars(query.order_by(MinutesDelivery.id)))


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
