"""What agencies say of circulated minutes, and issuing them once all have agreed. One verb for page, API, signed link and mail.

Every verb locks the meeting before the document: it notes there since when all agree."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.countersigning import signing, writing
from liaison.countersigning.models import PAPER, DocumentVersion, SignOff
from liaison.countersigning.signing import OnPaper
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.permissions import is_host
from liaison.meetings.replies import Registered, registration
from liaison.minutes import delivering, telling
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import NOT_YOURS, may_edit, may_register
from liaison.minutes.signers import left_since

MOST_COPIES = 30
IS_MEMBER = N_("This agency is a member, so its sign-off is waited for.")


async def sign(
    db: Session,
    viewer: Viewer,
    minutes: Minutes,
    version: DocumentVersion,
    *,
    root: str,
    text: str | None = None,
    unverified: bool = False,
) -> SignOff:
    """同意: the viewer's agency agrees to exactly the text whose `root` was read. Raises NotPermitted, Conflict, Invalid."""
    await lock(db, minutes.meeting)
    said = await signing.sign(db, viewer, version, root=root, text=text, unverified=unverified)
    return await _settled(db, viewer, minutes, version, said)


async def request_changes(
    db: Session,
    viewer: Viewer,
    minutes: Minutes,
    version: DocumentVersion,
    *,
    root: str,
    text: str,
    section_key: str | None = None,
    unverified: bool = False,
) -> SignOff:
    """提出修改意见: the viewer's agency says what is to be changed before it agrees, in the whole or in one section. Raises NotPermitted,
    Conflict, Invalid (text, section_key)."""
    await lock(db, minutes.meeting)
    said = await signing.request_changes(
        db, viewer, version, root=root, text=text, section_key=section_key, unverified=unverified
    )
    return await _settled(db, viewer, minutes, version, said)


async def register(
    db: Session,
    viewer: Viewer,
    minutes: Minutes,
    version: DocumentVersion,
    *,
    root: str,
    agency_id: int,
    state: str = PAPER,
    paper: OnPaper | None = None,
    registered: Registered | None = None,
    text: str | None = None,
) -> SignOff:
    """代登记: what an agency said on paper (`paper`) or another way (`registered`). Raises NotPermitted, Conflict, Invalid."""
    await lock(db, minutes.meeting)
    if not may_register(viewer, minutes.meeting, minutes.document, agency_id):
        raise NotPermitted(N_("You may register answers of your own agency; others are registered by the host."))
    said, since, zone = None, version.circulated_at or db.now(), minutes.meeting.zone
    if registered is not None:
        said = registration(db, registered, viewer, since=since, too_early=signing.TOO_EARLY)
    word = await signing.register(
        db, viewer, version, root=root, agency_id=agency_id, state=state, paper=paper, said=said, text=text,
        since=since.astimezone(zone).date(), today=db.clock.today(minutes.meeting.timezone),
    )  # fmt: skip
    return await _settled(db, viewer, minutes, version, word)


async def excuse(
    db: Session,
    viewer: Viewer,
    minutes: Minutes,
    version: DocumentVersion,
    *,
    agency_id: int,
    reason: str = "",
    taken_back: bool = False,
) -> None:
    """An agency that left the mechanism while its sign-off was due: the host decides, with a reason, that it is not waited for. Raises
    NotPermitted, Conflict (it is a member, it has agreed, or another reason stands), Invalid (reason)."""
    meeting = minutes.meeting
    await lock(db, meeting)
    if not is_host(viewer, meeting):
        raise NotPermitted(N_("Only the host's liaison decides this."))
    today = db.clock.today(meeting.timezone)
    members = {one.agency_id for one in await mechanisms.members_on(db, meeting.mechanism_id, today)}
    if not taken_back and not left_since([agency_id], members):
        raise Conflict(IS_MEMBER)
    await signing.excuse(db, viewer, version, agency_id=agency_id, reason=reason, taken_back=taken_back)
    minutes.note_agreed(db.now())
    await telling.tell_agreed(db, minutes, by=viewer.person_id)


async def issue(
    db: Session,
    viewer: Viewer,
    minutes: Minutes,
    version: DocumentVersion,
    *,
    doc_no: str | None = None,
    issued_on: date | None = None,
    issuing_agency_id: int | None = None,
    copy_to: Sequence[str] | None = None,
    report_to: Sequence[str] | None = None,
) -> Minutes:
    """印发: the minutes are in force and never change again. `doc_no` is typed: it belongs to the issuing agency's registry (by default
    the host); `issued_on` (a local date, by default today) is printed; `copy_to` and `report_to` are names as printed (None: as
    they stand, of a correction those of what it corrects). Twice changes nothing. Raises NotPermitted, Conflict (not every agency agreed, or not the newest version), Invalid."""
    meeting = minutes.meeting
    await lock(db, meeting)
    if not may_edit(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    document = minutes.document = await writing.lock(db, minutes.document)
    await locked(db, Minutes, minutes.id)
    if version.id != document.newest.id:
        raise Conflict(writing.NOT_NEWEST)
    if minutes.issued_at is not None:
        return minutes
    check = Check()
    minutes.doc_no = check.text("doc_no", doc_no, most=60, numbers=True)
    today = db.clock.today(meeting.timezone)
    day = check.day("issued_on", issued_on) or today
    if not meeting.local_on <= day <= today:
        check.refuse("issued_on", N_("This lies before the meeting, or ahead."))
    members = {one.agency_id for one in await mechanisms.members_on(db, meeting.mechanism_id, today)}
    members |= {meeting.host_agency_id, minutes.issuing_agency_id}
    agency = await db.get(Agency, issuing_agency_id or minutes.issuing_agency_id)
    if agency is None or agency.id not in members:
        check.refuse("issuing_agency_id", N_("Please choose a member agency."))
    minutes.copy_to = minutes.copy_to if copy_to is None else _names(check, "copy_to", copy_to)
    minutes.report_to = minutes.report_to if report_to is None else _names(check, "report_to", report_to)
    check.done()
    assert agency is not None
    await writing.put_in_force(db, viewer, document)
    number, digest = await audit.head(db)
    minutes.issuing_agency_id, minutes.issuing_agency = agency.id, agency
    minutes.issued_on, minutes.issued_at, minutes.issued_by = day, db.now(), viewer.person_id or None
    minutes.issued_as = {"issuing_agency": agency.name, "head": f"{number}:{digest}"}
    minutes.touch()
    meeting.minutes_issued_at = meeting.minutes_issued_at or db.now()  # a correction is issued later
    await db.flush()
    audit_line(db, viewer, "issue", meeting, doc_no=minutes.doc_no, n=document.newest.number, root=document.newest.root)
    await delivering.list_by_hand(db, minutes)
    await telling.tell_issued(db, minutes, by=viewer.person_id)
    return minutes


async def _settled(db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion, said: SignOff) -> SignOff:
    """A word was recorded: who is to know of it is mailed."""
    minutes.note_agreed(db.now())
    await telling.tell_word(db, viewer, minutes, version, said)
    return said


def _names(check: Check, field: str, given: Sequence[str]) -> list[Any]:
    if len(given) > MOST_COPIES:
        check.refuse(field, N_("Please name at most %(most)s."), most=MOST_COPIES)
    return [name for one in given[: MOST_COPIES + 1] if (name := check.text(field, one, most=80))]
