"""What the members say of what was put to them: one verb for page, API, signed link and mail.

Every verb locks the mechanism before proposal and document: with the last consent an agency joins it."""

from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.countersigning import signing
from liaison.countersigning.models import PAPER, DocumentVersion, SignOff
from liaison.countersigning.signing import OnPaper
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.replies import Registered, registration
from liaison.proposals import effect, telling
from liaison.proposals.drafting import WITHDRAWN
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import may_propose, may_register

IS_MEMBER = N_("This agency is a member, so its sign-off is waited for.")


async def sign(
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
    version: DocumentVersion,
    *,
    root: str,
    text: str | None = None,
    unverified: bool = False,
) -> SignOff:
    """同意: the viewer's agency agrees to exactly the text whose `root` was read. Raises NotPermitted, Conflict, Invalid."""
    await _lock(db, proposal)
    said = await signing.sign(db, viewer, version, root=root, text=text, unverified=unverified)
    return await _settled(db, viewer, proposal, version, said)


async def request_changes(
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
    version: DocumentVersion,
    *,
    root: str,
    text: str,
    section_key: str | None = None,
    unverified: bool = False,
) -> SignOff:
    """提出修改意见: the viewer's agency says what is to be changed before it agrees, in the whole or in one clause. Raises NotPermitted,
    Conflict, Invalid (text, section_key)."""
    await _lock(db, proposal)
    said = await signing.request_changes(
        db, viewer, version, root=root, text=text, section_key=section_key, unverified=unverified
    )
    return await _settled(db, viewer, proposal, version, said)


async def register(
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
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
    mechanism = await _lock(db, proposal)
    if not may_register(viewer, mechanism, proposal.document, agency_id):
        raise NotPermitted(N_("You may register answers of your own agency; others are registered by the lead agency."))
    said, since = None, version.circulated_at or db.now()
    if registered is not None:
        said = registration(db, registered, viewer, since=since, too_early=signing.TOO_EARLY)
    word = await signing.register(
        db, viewer, version, root=root, agency_id=agency_id, state=state, paper=paper, said=said, text=text,
        since=since.astimezone(ZoneInfo(mechanism.timezone)).date(), today=db.clock.today(mechanism.timezone),
    )  # fmt: skip
    return await _settled(db, viewer, proposal, version, word)


async def excuse(
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
    version: DocumentVersion,
    *,
    agency_id: int,
    reason: str = "",
    taken_back: bool = False,
) -> None:
    """An agency that left the mechanism while its sign-off was due: the lead decides, with a reason, that it is not waited for. Raises
    NotPermitted, Conflict (it is a member, it has agreed, or another reason stands), Invalid (reason)."""
    mechanism = await _lock(db, proposal)
    if not may_propose(viewer, mechanism):
        raise NotPermitted(N_("Only the lead agency's liaison decides this."))
    members = {
        one.agency_id for one in await mechanisms.members_on(db, mechanism.id, db.clock.today(mechanism.timezone))
    }
    if not taken_back and agency_id in members:
        raise Conflict(IS_MEMBER)
    await signing.excuse(db, viewer, version, agency_id=agency_id, reason=reason, taken_back=taken_back)
    await _agreed(db, viewer, proposal)


async def _lock(db: Session, proposal: Proposal) -> Mechanism:
    mechanism = await locked(db, Mechanism, proposal.mechanism_id)
    await locked(db, Proposal, proposal.id)
    if proposal.withdrawn_at is not None:
        raise Conflict(WITHDRAWN)
    return mechanism


async def _settled(db: Session, viewer: Viewer, proposal: Proposal, version: DocumentVersion, said: SignOff) -> SignOff:
    """A word was recorded: who is to know of it is mailed, and with the last consent to it an agency joins."""
    await telling.tell_word(db, viewer, proposal, version, said)
    await _agreed(db, viewer, proposal)
    return said


async def _agreed(db: Session, viewer: Viewer, proposal: Proposal) -> None:
    if not await effect.admit_if_agreed(db, viewer, proposal):
        await telling.tell_agreed(db, proposal, by=viewer.person_id)
