"""The word of an agency on one fixed text: agree, ask for changes, on paper or registered, or taken for granted where the mechanism
says so. One verb for page, API, signed link and mail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.audit import Actor
from liaison.checks import Check
from liaison.countersigning.models import (
    AGREED,
    CHANGES_REQUESTED,
    CONSENTS,
    DEEMED,
    PAPER,
    Document,
    DocumentVersion,
    Signer,
    SignOff,
)
from liaison.countersigning.permissions import may_read_section, signs_for
from liaison.countersigning.standing import signer_of, standing_of, word_of
from liaison.countersigning.writing import NOT_CIRCULATED, NOT_NEWEST, audit_line, lock
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_

CHANGED = N_("The text was changed since you read it. Please read the present one before you sign.")
NOT_A_SIGNER = N_("Your agency is not among those that sign this.")
NOT_YOURS = N_("It is signed by the agency's liaison in office who may sign, or by its authorising officer.")
HOW_IT_CAME = N_("Please say who said it and how it came.")
TOO_EARLY = N_("This lies before this version was circulated. Please check the day.")
STANDS_MORE_FIRMLY = N_(
    "Your agency has agreed to this version already, and that stands as it is; the remark was not kept. What is to be changed can still be asked for."
)
EXCUSED_ALREADY = N_(
    "This agency is no longer waited for already, and the reason given first stands. To give another one, first wait for it again."
)
AGREED_ALREADY = N_("This agency has agreed to this version, so there is nothing to wait for.")
REGISTRABLE: Final = (AGREED, CHANGES_REQUESTED, PAPER)
"""What can be registered for an agency; that its silence is consent is for the clock alone to say."""
MOST_TEXT: Final = 4000


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A sign-off that came on paper: the leader who signed, the local date on it, and where the scan lies, if there is one."""

    leader: str
    signed_on: date | None
    scan: Mapping[str, Any] | None = None


async def sign(
    db: Session,
    viewer: Viewer,
    version: DocumentVersion,
    *,
    root: str,
    text: str | None = None,
    unverified: bool = False,
) -> SignOff:
    """同意: the viewer's agency agrees to exactly the text whose `root` was read. Saying it again changes nothing, but that a further remark is
    kept beside the first, and that what is said by somebody who is known takes the place of what came `unverified`. Raises NotPermitted,
    Conflict (another text, not circulated, issued, or a remark beside what stands more firmly), Invalid (text)."""
    document, version, agency_id = await _open(db, viewer, version, root)
    check = Check()
    remark = check.text("text", text, most=MOST_TEXT, lines=True)
    check.done()
    before = word_of(version, agency_id)
    if before is not None and before.state in (AGREED, PAPER) and not (before.unverified and not unverified):
        if remark is None or f"\n{before.text}".endswith(f"\n{remark}"):
            return before
        if before.state == PAPER or (unverified and not before.unverified):
            raise Conflict(STANDS_MORE_FIRMLY)
        remark = check.text("text", "\n".join(filter(None, (before.text, remark))), most=MOST_TEXT, lines=True)
        check.done()
    return await _say(db, viewer, document, version, agency_id, AGREED, text=remark, unverified=unverified)


async def request_changes(
    db: Session,
    viewer: Viewer,
    version: DocumentVersion,
    *,
    root: str,
    text: str,
    section_key: str | None = None,
    unverified: bool = False,
) -> SignOff:
    """提出修改意见: the viewer's agency does not agree to this text and says what is to be changed; before it is issued also after it agreed. About a
    section (`section_key`) it is read only by who may know of that one. Raises like `sign`, and Invalid (section_key)."""
    document, version, agency_id = await _open(db, viewer, version, root)
    check = Check()
    wanted = check.required_text("text", text, most=MOST_TEXT, lines=True)
    section_key = section_key or None
    about = next((one for one in version.sections if one.key == section_key), None)
    if section_key is not None and (about is None or not may_read_section(viewer, about.audience)):
        check.refuse("section_key", N_("Please choose a section of this text."))
    check.done()
    before = word_of(version, agency_id)
    said = (CHANGES_REQUESTED, wanted, section_key)
    more_firmly = before is not None and before.unverified and not unverified
    if before is not None and (before.state, before.text, before.section_key) == said and not more_firmly:
        return before
    return await _say(
        db, viewer, document, version, agency_id, CHANGES_REQUESTED, text=wanted, section_key=section_key, unverified=unverified
    )  # fmt: skip


async def register(
    db: Session,
    viewer: Viewer,
    version: DocumentVersion,
    *,
    root: str,
    agency_id: int,
    state: str = PAPER,
    paper: OnPaper | None = None,
    said: Mapping[str, Any] | None = None,
    text: str | None = None,
    since: date,
    today: date,
) -> SignOff:
    """代登记: a sign-off that came on paper (`paper`), or what an agency `said` another way ({"how", "said_by", "at", "by_id"}). It counts
    and is shown as such; the agency itself may say otherwise. The same once more changes nothing. `since` and
    `today` are local dates: when this version was circulated, before which nobody can have signed it, and now. Who may register is asked
    by the feature. Raises Conflict, Invalid (state, registered, leader, signed_on, text)."""
    document, version = await _circulating(db, version, root, agency_id)
    check = Check()
    check.choice("state", state, REGISTRABLE)
    if state != PAPER and said is None:
        check.refuse("registered", HOW_IT_CAME)
    words = check.text("text", text, most=MOST_TEXT, lines=True, required=state == CHANGES_REQUESTED)
    noted = dict(said or {"how": "paper", "at": db.now().isoformat(), "by_id": viewer.person_id})
    if paper is not None:
        noted["leader"] = noted["said_by"] = check.required_text("leader", paper.leader, most=60)
        day = check.day("signed_on", paper.signed_on, required=True)
        if day is not None and day > today:
            check.refuse("signed_on", N_("This date lies ahead."))
        elif day is not None and day < since:
            check.refuse("signed_on", TOO_EARLY)
        noted["signed_on"] = day.isoformat() if day else None
    elif state == PAPER:
        check.refuse("leader", HOW_IT_CAME)
    check.done()
    scanned = dict(paper.scan) if paper is not None and paper.scan else None
    before = word_of(version, agency_id)
    if before is not None and _same(before, state, words, noted, scanned):
        return before
    return await _say(
        db, viewer, document, version, agency_id, state, text=words, registered=noted,
        scan=scanned,
    )  # fmt: skip


def _same(
    before: SignOff, state: str, text: str | None, noted: Mapping[str, Any], scan: Mapping[str, Any] | None
) -> bool:
    """Whether this was registered already: a form that was sent twice."""
    told = ("how", "said_by", "leader", "signed_on", *(() if state == PAPER else ("at",)))
    known = before.registered
    return (
        known is not None
        and (before.state, before.text) == (state, text)
        and all(known.get(name) == noted.get(name) for name in told)
        and (before.scan or {}).get("sha256") == (scan or {}).get("sha256")
    )


async def deem(db: Session, document: Document, day: date, asked: Collection[int]) -> list[Agency]:
    """Take the silence of those who owe a word for consent (默认), where that was said when it was circulated and its day has come: of the
    agencies `asked` alone, since who was not reached has not kept silent. Gives back the agencies; doing it again changes nothing."""
    document = await lock(db, document)
    version = document.newest
    if document.in_force_at is not None or version.deem_on is None or version.deem_on > day:
        return []
    version.deem_on = None
    owing = [one for one in version.signers if one.agency_id in standing_of(version).owes and one.agency_id in asked]
    for one in owing:
        await _say(db, Actor(None, "worker"), document, version, one.agency_id, DEEMED)
    return [one.agency for one in owing]


async def excuse(
    db: Session, viewer: Viewer, version: DocumentVersion, *, agency_id: int, reason: str, taken_back: bool = False
) -> Signer:
    """An agency that left meanwhile: its consent is no longer waited for, with a reason that everybody reads; `taken_back` waits for it
    again. The same once more changes nothing; the first reason stands until it is taken back. Who may decide that, and that it left, is
    asked by the feature. Raises Conflict (excused with another reason, or it has agreed), Invalid (reason)."""
    document, version = await _circulating(db, version, version.root, agency_id)
    signer, word = signer_of(version, agency_id), word_of(version, agency_id)
    assert signer is not None
    check = Check()
    why = None if taken_back else check.required_text("reason", reason, most=500, lines=True)
    check.done()
    if signer.reason == why:
        return signer
    if why is not None and signer.excused_at is not None:
        raise Conflict(EXCUSED_ALREADY)
    if why is not None and word is not None and word.state in CONSENTS:
        raise Conflict(AGREED_ALREADY)
    signer.reason = why
    signer.excused_at = db.now() if why is not None else None
    signer.excused_by = (viewer.person_id or None) if why is not None else None
    audit_line(
        db, viewer, "wait_for" if taken_back else "excuse", document, n=version.number, agency=agency_id, reason=signer.reason
    )  # fmt: skip
    return signer


async def _open(
    db: Session, viewer: Viewer, version: DocumentVersion, root: str
) -> tuple[Document, DocumentVersion, int]:
    """Those of `_circulating`, and the agency that the viewer signs for."""
    agency_id = signs_for(viewer, version.document)
    if agency_id is None:
        raise NotPermitted(NOT_YOURS)
    return *await _circulating(db, version, root, agency_id), agency_id


async def _circulating(
    db: Session, version: DocumentVersion, root: str, agency_id: int
) -> tuple[Document, DocumentVersion]:
    """The document under a lock, and the version that may be signed: the newest one, circulated, with the root that was seen."""
    document = await lock(db, version.document)
    document.refuse_in_force()
    if version.id != document.newest.id:
        raise Conflict(NOT_NEWEST)
    if document.newest.circulated_at is None:
        raise Conflict(NOT_CIRCULATED)
    if root != document.newest.root:
        raise Conflict(CHANGED)
    if signer_of(document.newest, agency_id) is None:
        raise NotPermitted(NOT_A_SIGNER)
    return document, document.newest


async def _say(
    db: Session,
    viewer: Viewer | Actor,
    document: Document,
    version: DocumentVersion,
    agency_id: int,
    state: str,
    *,
    text: str | None = None,
    section_key: str | None = None,
    unverified: bool = False,
    registered: dict[str, Any] | None = None,
    scan: dict[str, Any] | None = None,
) -> SignOff:
    agency = (await db.execute(select(Agency).where(Agency.id == agency_id))).scalar_one()
    word = SignOff(
        agency_id=agency_id,
        agency=agency,
        state=state,
        root=version.root,
        text=text,
        section_key=section_key,
        at=db.now(),
        by_id=viewer.person_id or None,
        by_name=(viewer.name or None) if isinstance(viewer, Viewer) else None,
        via="registered" if registered else viewer.via,
        unverified=unverified,
        registered=registered,
        scan=scan,
    )
    version.sign_offs.append(word)
    await db.flush()
    audit_line(db, viewer, state, document, n=version.number, root=version.root, agency=agency_id)
    return word
