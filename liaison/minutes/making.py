"""Making the papers of minutes, each for one viewer: who may read them, what they may know, and the file."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.audit import AuditLine
from liaison.countersigning.models import DocumentVersion
from liaison.countersigning.writing import NOT_CIRCULATED
from liaison.db import Session
from liaison.documents import minutes as documents
from liaison.documents.minutes import SignSheet
from liaison.errors import Conflict, NotFound
from liaison.i18n import Words
from liaison.meetings.audience import HIDDEN
from liaison.meetings.locking import audit_line, lock
from liaison.minutes import delivering, paper, queries
from liaison.minutes.models import Minutes
from liaison.minutes.plain import plain_text
from liaison.minutes.reading import sections_for
from liaison.minutes.sign_sheet import sign_sheet


@dataclass(frozen=True, slots=True)
class Made:
    """A paper as a file."""

    file_name: str
    content: bytes
    version_id: int


async def said(db: Session, viewer: Viewer, version_id: int) -> tuple[Minutes, DocumentVersion, documents.Minutes]:
    """One version with what its paper says to this viewer, in the mechanism's language. Raises NotFound."""
    minutes, version = await queries.version(db, viewer, version_id)
    sections = await sections_for(db, viewer, minutes, version)
    return minutes, version, paper.said(paper.words_of(minutes), minutes, version, sections)


async def docx(db: Session, viewer: Viewer, version_id: int) -> Made:
    """The minutes as .docx. Raises NotFound."""
    minutes, version, whole = await said(db, viewer, version_id)
    content = await asyncio.to_thread(_laid_out, whole)
    return Made(_name(minutes, version, paper.words_of(minutes)._("Minutes of the meeting")), content, version_id)


async def text(db: Session, viewer: Viewer, version_id: int) -> str:
    """The same to be pasted into another system. Raises NotFound."""
    return plain_text((await said(db, viewer, version_id))[2])


async def excerpt(db: Session, viewer: Viewer, version_id: int, key: str) -> Made:
    """One section as .docx, for the agency that it concerns. Raises NotFound: also where the viewer may not know of it."""
    minutes, version, whole = await said(db, viewer, version_id)
    words = paper.words_of(minutes)
    part = paper.excerpt(words, whole, key)
    if part is None:
        raise NotFound
    content = await asyncio.to_thread(_laid_out, part)
    return Made(_name(minutes, version, words._("Excerpt of the minutes")), content, version_id)


async def sheet(db: Session, viewer: Viewer, version_id: int) -> Made:
    """会签单 as .docx. Raises NotFound, Conflict (not circulated)."""
    minutes, version = await queries.version(db, viewer, version_id)
    if version.circulated_at is None:
        raise Conflict(NOT_CIRCULATED)
    words = paper.words_of(minutes)
    content = await asyncio.to_thread(_sheet_laid_out, sign_sheet(words, viewer, minutes, version))
    return Made(_name(minutes, version, words._("Countersign sheet")), content, version_id)


async def letter(db: Session, viewer: Viewer, version_id: int, to: int | None) -> Made:
    """函 with which issued minutes are handed over: to one of those whom no mail brings them (`MinutesDelivery`), or to all of these.
    Raises NotFound, NotPermitted, Conflict (not issued)."""
    minutes, version = await delivering.issued(db, viewer, version_id)
    rows = await queries.deliveries(db, minutes)
    names = [one.name for one in rows if to in (None, one.id)]
    if to is not None and not names:
        raise NotFound
    words = paper.words_of(minutes)
    content = await asyncio.to_thread(_letter_laid_out, words, minutes, names, db.clock.today(minutes.meeting.timezone))
    return Made(_name(minutes, version, words._("Letter sending minutes")), content, version_id)


async def copy_for(db: Session, viewer: Viewer, version_id: int, to: int) -> Made:
    """The issued minutes as .docx for one to whom they are handed over: what both they and the viewer may know. Raises NotFound,
    NotPermitted, Conflict (not issued)."""
    minutes, version = await delivering.issued(db, viewer, version_id)
    row = next((one for one in await queries.deliveries(db, minutes) if one.id == to), None)
    if row is None:
        raise NotFound
    sections = await sections_for(db, viewer, minutes, version)
    known = [
        one
        if one.audience is None or (row.agency_id in one.audience)
        else replace(one, title=HIDDEN, text=None, audience=None, hidden=True)
        for one in sections
    ]
    words = paper.words_of(minutes)
    content = await asyncio.to_thread(_laid_out, paper.said(words, minutes, version, known))
    return Made(_name(minutes, version, words._("Minutes of the meeting")), content, version_id)


async def note_reading(db: Session, viewer: Viewer, version_id: int) -> None:
    """What a reader (查阅人员) of the mechanism took or printed is one line of the trail; nothing for anybody else. Raises NotFound."""
    minutes, version = await queries.version(db, viewer, version_id)
    if minutes.meeting.mechanism_id in viewer.reader_of:
        audit_line(db, viewer, "read_minutes", minutes.meeting, n=version.number, root=version.root)


async def note_viewing(db: Session, viewer: Viewer, version_id: int) -> None:
    """That a reader opened a version is one line of the trail a day, however often they look. Raises NotFound."""
    minutes, version = await queries.version(db, viewer, version_id)
    meeting = minutes.meeting
    if meeting.mechanism_id not in viewer.reader_of:
        return
    await lock(db, meeting)  # of two pages opened at once only one finds none yet
    today = datetime.combine(db.clock.today(meeting.timezone), time.min, meeting.zone)
    seen = select(AuditLine.id).where(
        AuditLine.verb == "view_minutes",
        AuditLine.object == f"meeting:{meeting.id}",
        AuditLine.person_id == viewer.person_id,
        AuditLine.at >= today,
        AuditLine.payload.contains(version.root),
    )
    if (await db.execute(seen.limit(1))).first() is None:
        audit_line(db, viewer, "view_minutes", meeting, n=version.number, root=version.root)


def _name(minutes: Minutes, version: DocumentVersion, kind: str) -> str:
    words, head = paper.words_of(minutes), version.head
    if not paper.is_issued(minutes, version):
        kind += words._(" (%(text)s)", text=words._("version %(n)d", n=version.number))
    return f"{kind}-{head['title']}-{head['local_start'][:10]}.docx"


def _laid_out(said: documents.Minutes) -> bytes:
    # Imported here because python-docx is large, and a server that makes no paper never needs it.
    from liaison.documents.minutes_paper import to_docx

    return to_docx(said)


def _letter_laid_out(words: Words, minutes: Minutes, to: list[str], on: date) -> bytes:
    from liaison.minutes.letter import laid_out

    return laid_out(words, minutes, to, on)


def _sheet_laid_out(said: SignSheet) -> bytes:
    from liaison.documents.minutes_paper import sign_sheet_to_docx

    return sign_sheet_to_docx(said)
