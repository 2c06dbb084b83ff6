"""Minutes from the record to the agencies: draft, edit, circulate. One verb for page and API."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.countersigning import writing
from liaison.countersigning.content import Section
from liaison.countersigning.models import MINUTES, DocumentVersion
from liaison.countersigning.permissions import may_read_section
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries as meetings
from liaison.meetings.locking import lock
from liaison.meetings.models import AgendaItem, Meeting
from liaison.minutes import queries, telling
from liaison.minutes.drafting import item_of
from liaison.minutes.due import deemed_from, due_by_profile
from liaison.minutes.editing import SectionGiven, merged
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import NOT_YOURS, may_edit, may_edit_section
from liaison.minutes.record import head_of, sections_of
from liaison.minutes.signers import signers

NOT_HELD = N_("Minutes are written once the meeting has been held.")


async def draft(db: Session, viewer: Viewer, meeting: Meeting) -> Minutes:
    """起草: the first draft, put together from the record. Where there are minutes already these are given back. Raises NotPermitted,
    Conflict (not held)."""
    await _lock_to_write(db, viewer, meeting)
    there = await queries.all_of(db, meeting.id)
    if there:
        return there[-1]
    return await _begin(db, viewer, meeting, await sections_of(db, meeting))


async def save(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    given: Sequence[SectionGiven],
    *,
    root: str | None = None,
    version: int | None = None,
) -> tuple[Minutes, DocumentVersion]:
    """Write the text as it is to read now, and with it who took part as the record has it now; where there are no minutes yet, begin
    them so. Of what was circulated this makes a new version, on which nobody has signed. `root` and `version` are what the writer saw.

    Raises NotPermitted, Invalid (sections), Conflict (issued, or somebody changed it since)."""
    await lock(db, meeting)
    there = await queries.all_of(db, meeting.id)
    if not there:
        await _lock_to_write(db, viewer, meeting)
        known = await _audiences(db, [one.key for one in given])
        texts = merged(
            viewer,
            [],
            given,
            may_edit=lambda one: may_edit_section(viewer, meeting, one.audience, None),
            arranges=True,
            audience_of_item=known.get,
        )
        minutes = await _begin(db, viewer, meeting, await _checked(db, meeting, texts))
        return minutes, minutes.document.newest
    minutes = there[-1]
    minutes.document = await writing.lock(db, minutes.document)
    minutes.document.refuse_in_force()
    newest = minutes.document.newest
    edits, brought = may_edit(viewer, meeting), await queries.brought_by(db, newest.sections)
    if not await queries.readable(db, viewer, minutes, newest):
        raise NotPermitted(NOT_YOURS)
    _refuse_not_held(meeting)
    _refuse_stale(viewer, newest, root, version)
    audiences = await _audiences(db, [one.key for one in given] + list(brought))

    def may_edit_this(one: Section) -> bool:
        return may_edit_section(viewer, meeting, one.audience, brought.get(one.key))

    texts = merged(
        viewer, newest.sections, given, may_edit=may_edit_this, arranges=edits, audience_of_item=audiences.get
    )
    head = await head_of(db, meeting, newest.head.get("corrects"))
    saved = await writing.save(
        db, viewer, minutes.document, head=head, sections=await _checked(db, meeting, texts, newest.sections)
    )
    minutes.note_agreed(db.now())
    return minutes, saved


async def circulate(
    db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion, *, due_on: date | None = None
) -> DocumentVersion:
    """送会签: fix this version and ask the agencies that took part to sign it, until `due_on` (a local date; by default the mechanism's
    deadline, or three working days from now). Twice changes nothing. Raises NotPermitted, Conflict, Invalid (due_on)."""
    meeting = minutes.meeting
    await lock(db, meeting)
    if not may_edit(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    document = minutes.document = await writing.lock(db, minutes.document)
    document.refuse_in_force()
    if version.id != document.newest.id:
        raise Conflict(writing.NOT_NEWEST)
    if document.newest.circulated_at is not None:
        return document.newest
    _refuse_not_held(meeting)
    today = db.clock.today(meeting.timezone)
    check = Check()
    day = check.day("due_on", due_on) or due_by_profile(meeting, today)
    if day < today:
        check.refuse("due_on", N_("This date has passed."))
    check.done()
    document.authorised_by_id = meeting.authorised_by_id  # the draft may be older than what the meeting says by now
    if minutes.corrects_id is None:
        minutes.issuing_agency_id, minutes.issuing_agency = meeting.host_agency_id, meeting.host_agency
    circulated = await writing.circulate(
        db,
        viewer,
        document,
        signers=await signing_agencies(db, meeting, today),
        due_on=day,
        deem_on=deemed_from(meeting.mechanism, day),
    )
    meeting.minutes_circulated_at = db.now()
    await telling.ask_to_sign(db, minutes, circulated, by=viewer.person_id or None)
    return circulated


async def signing_agencies(db: Session, meeting: Meeting, today: date) -> list[Agency]:
    """The agencies that would be asked to sign if the minutes were circulated `today` (a local date), in their order."""
    members = {
        one.agency_id: one.agency for one in await mechanisms.members_on(db, meeting.mechanism_id, meeting.local_on)
    }
    if not members:  # it took place before they joined: those of today, as its host is one of them
        members = {one.agency_id: one.agency for one in await mechanisms.members_on(db, meeting.mechanism_id, today)}
    order = sorted(members, key=lambda one: (members[one].sort_order, one))
    signing = signers(order, await meetings.attendees(db, meeting.id), all_members=meeting.mechanism.all_sign)
    return [members[one] for one in signing]


async def begin_correction(db: Session, viewer: Viewer, minutes: Minutes, *, reason: str) -> Minutes:
    """更正: begin a new, linked set that corrects issued minutes, with their text to start from; the issued ones stay as they are. One
    correction at a time. Raises NotPermitted, Conflict, Invalid (reason)."""
    meeting = minutes.meeting
    await _lock_to_write(db, viewer, meeting)
    newest = (await queries.all_of(db, meeting.id))[-1]
    if newest.issued_at is None:
        if newest.corrects_id == minutes.id:
            return newest
        raise Conflict(N_("These minutes have not been issued yet: they can simply be changed."))
    if newest.id != minutes.id:
        raise Conflict(N_("These minutes were corrected already. Please correct the newest ones."))
    check = Check()
    reason = check.required_text("reason", reason, most=500, lines=True)
    check.done()
    issued = newest.document.newest
    corrects = {
        "root": issued.root,
        "doc_no": newest.doc_no,
        "issued_on": newest.issued_on.isoformat() if newest.issued_on else None,
    }
    return await _begin(db, viewer, meeting, issued.sections, corrects=newest, said=corrects, reason=reason)


async def give_up_correction(db: Session, viewer: Viewer, minutes: Minutes) -> None:
    """Take back a correction that was begun and not circulated. Raises NotPermitted, Conflict."""
    await _lock_to_write(db, viewer, minutes.meeting)
    document = await writing.lock(db, minutes.document)
    if minutes.corrects_id is None or any(one.circulated_at is not None for one in document.versions):
        raise Conflict(N_("Only a correction that nobody was shown yet can be given up."))
    writing.audit_line(db, viewer, "give_up_correction", document, corrects=minutes.corrects_id)
    await db.delete(minutes)
    await db.flush()
    for one in document.versions:
        await db.delete(one)
    await db.delete(document)


async def _begin(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    texts: Sequence[Section],
    *,
    corrects: Minutes | None = None,
    said: dict[str, Any] | None = None,
    reason: str | None = None,
) -> Minutes:
    document = await writing.begin(
        db,
        viewer,
        kind=MINUTES,
        mechanism_id=meeting.mechanism_id,
        about=f"meeting:{meeting.id}",
        head=await head_of(db, meeting, said),
        sections=texts,
        authorised_by_id=meeting.authorised_by_id,
    )
    minutes = Minutes(
        meeting_id=meeting.id,
        meeting=meeting,
        document=document,
        corrects_id=corrects.id if corrects else None,
        reason=reason,
        issuing_agency_id=corrects.issuing_agency_id if corrects else meeting.host_agency_id,
        issuing_agency=corrects.issuing_agency if corrects else meeting.host_agency,
        copy_to=list(corrects.copy_to) if corrects else [],
        report_to=list(corrects.report_to) if corrects else [],
        version=1,
    )
    db.add(minutes)
    meeting.minutes_drafted_at = meeting.minutes_drafted_at or db.now()
    await db.flush()
    return minutes


async def _lock_to_write(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    await lock(db, meeting)
    if not may_edit(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    _refuse_not_held(meeting)


def _refuse_not_held(meeting: Meeting) -> None:
    """Also of a draft that was begun before the hold was taken back."""
    if meeting.held_at is None:
        raise Conflict(NOT_HELD)


def _refuse_stale(viewer: Viewer, newest: DocumentVersion, root: str | None, version: int | None) -> None:
    """Somebody wrote since: with both texts, as far as this writer may read theirs."""
    theirs: Mapping[str, str] = {
        f"text-{one.key}": one.text for one in newest.sections if may_read_section(viewer, one.audience)
    }
    newest.check_version(version, **theirs)
    if root is not None and root != newest.root:
        raise Conflict(
            N_("Somebody changed this in the meantime. Compare both versions and save again."), theirs=theirs
        )


async def _audiences(db: Session, keys: Sequence[str]) -> dict[str, frozenset[int] | None]:
    ids = {item_of(key): key for key in keys}
    query = select(AgendaItem.id, AgendaItem.audience).where(AgendaItem.id.in_([one for one in ids if one]))
    return {ids[item_id]: audience for item_id, audience in await db.execute(query)}


async def _checked(
    db: Session, meeting: Meeting, texts: list[Section], before: Sequence[Section] = ()
) -> list[Section]:
    """Refuse audiences of agencies that are no members, and sections about items of another meeting."""
    members = {one.agency_id for one in await mechanisms.members(db, meeting.mechanism_id)}
    known = {one.key for one in before}
    check = Check()
    for place, one in enumerate(texts):
        if one.audience is not None and not one.audience <= members:
            check.refuse(f"sections.{place}.audience", N_("Please choose member agencies."))
        item_id = item_of(one.key)
        if item_id is not None and one.key not in known:
            item = await db.get(AgendaItem, item_id)
            if item is None or item.meeting_id != meeting.id:
                check.refuse(f"sections.{place}.key", N_("Please choose an item of this agenda."))
    check.done()
    return texts
