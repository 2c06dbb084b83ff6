"""Making the papers of a meeting, and what is typed for its letter."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries as meetings
from liaison.meetings.due import replies_due_on
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import Meeting
from liaison.paperwork import queries
from liaison.paperwork.models import GENRES, INVITATION, KINDS, MeetingLetter
from liaison.paperwork.permissions import may_head, may_make
from liaison.paperwork.wording import GENRE_NAMES, KIND_NAMES, Asked, Invited, Said

NOT_YOURS = N_("The papers of a meeting are made by the officers of its mechanism.")


@dataclass(frozen=True, slots=True)
class Made:
    """A paper as a file."""

    file_name: str
    content: bytes


async def head_letter(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    genre: str,
    issuing_agency_id: int | None,
    doc_no: str | None = None,
    dated_on: date | None = None,
    version: int | None = None,
) -> MeetingLetter:
    """Say which agency issues the meeting's notice on paper, as what, under which number and date (None: the day it is made).

    By officers and deputies of that agency. Raises NotPermitted, Invalid, Conflict."""
    await lock(db, meeting)
    check = Check()
    genre = check.choice("genre", genre, GENRES)
    doc_no = check.text("doc_no", doc_no, most=60, numbers=True)
    dated_on = check.day("dated_on", dated_on)
    members = {one.agency_id for one in await mechanisms.members_on(db, meeting.mechanism_id, meeting.local_on)}
    agency = await db.get(Agency, issuing_agency_id) if issuing_agency_id in members else None
    if agency is None:
        check.refuse("issuing_agency_id", N_("Please choose a member agency."))
    check.done()
    head = await queries.letter_of(db, meeting.id)
    if (
        agency is None
        or not may_head(viewer, meeting, agency.id)
        or (head is not None and not may_head(viewer, meeting, head.issuing_agency_id))
    ):
        raise NotPermitted(N_("A letter is headed by the officers of the agency that issues it."))
    if head is None:
        head = MeetingLetter(meeting_id=meeting.id, version=0)
        db.add(head)
    else:
        head.check_version(version, genre=head.genre, doc_no=head.doc_no, dated_on=head.dated_on)
    head.genre, head.issuing_agency_id, head.issuing_agency = genre, agency.id, agency
    head.doc_no, head.dated_on = doc_no, dated_on
    head.touch()
    await db.flush()
    audit_line(db, viewer, "head_letter", meeting, genre=genre, agency_id=agency.id, doc_no=doc_no or "")
    return head


async def make(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    kind: str,
    invitation_id: int | None = None,
    *,
    guest_id: int | None = None,
) -> Made:
    """One paper of the meeting in the mechanism's language, in the issuing agency's own layout where it brought one; a notice to one
    agency asked, or to all of them, or (`guest_id`) as an invitation letter by the standard to one guest from outside. Raises NotFound,
    NotPermitted."""
    if kind not in KINDS:
        raise NotFound
    if not may_make(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    words = Words(meeting.mechanism.locale, meeting.timezone)
    if guest_id is not None:
        return await _invitation(db, viewer, meeting, words, guest_id)
    asked = {one.id: one.agency_id for one in await meetings.invitations(db, meeting.id)}
    if invitation_id is not None and invitation_id not in asked:
        raise NotFound
    said = await queries.said(db, viewer, meeting, words, only_to=asked.get(invitation_id or 0))
    to = [one for one in said.asked if invitation_id in (None, one.invitation_id)]
    head = await queries.letter_of(db, meeting.id)
    own = await queries.template(db, head.issuing_agency_id if head else meeting.host_agency_id, kind)
    content = await asyncio.to_thread(_laid_out, kind, words, said, to, own.content if own else None)
    name = "-".join(
        filter(None, (words._(KIND_NAMES[kind]), to[0].agency if invitation_id and to else "", f"{meeting.local_on}"))
    )
    return Made(f"{name}.docx", content)


async def _invitation(db: Session, viewer: Viewer, meeting: Meeting, words: Words, guest_id: int) -> Made:
    guests = {one.id: one for one in await meetings.attendees(db, meeting.id) if one.agency.kept_by_id is not None}
    if (guest := guests.get(guest_id)) is None:
        raise NotFound
    said, due = await queries.said(db, viewer, meeting, words), replies_due_on(meeting, db.now())
    addressed = f"{guest.name}{guest.job_title or ''}" if words.locale == "zh_CN" else guest.name
    to = Invited(guest.name, addressed, words.full_date(due) if due and not meeting.is_off else "")
    content = await asyncio.to_thread(_to_guest, words, said, to)
    return Made(f"{words._(GENRE_NAMES[INVITATION])}-{guest.name}-{meeting.local_on}.docx", content)


def _to_guest(words: Words, said: Said, to: Invited) -> bytes:
    from liaison.paperwork.papers import invited  # see below

    return invited(words, said, to)


def _laid_out(kind: str, words: Words, said: Said, to: Sequence[Asked], template: bytes | None) -> bytes:
    # Imported here because python-docx is large, and a server that makes no paper never needs it.
    from liaison.paperwork.papers import laid_out

    return laid_out(kind, words, said, to, template)
