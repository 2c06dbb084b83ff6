"""A reply that keeps its reference code signs: 同意, or 修改意见：…, on the version that the mail held, by the verbs of the page."""

from liaison.accounts.models import ReferenceCode
from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import HOLDS_ALREADY, IN_FORCE_ALREADY
from liaison.countersigning.writing import NOT_NEWEST
from liaison.db import Session
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.minutes import queries, signing
from liaison.postroom.outcome import TooLate
from liaison.postroom.plain import AGREED, CHANGES, Word
from liaison.proposals import queries as proposals
from liaison.proposals import signing as proposal_signing

CHOOSE = N_("Please choose one: agree, or ask for changes.")


async def sign_minutes(db: Session, viewer: Viewer, row: ReferenceCode, word: Word, unverified: bool) -> None:
    """The agency's word on the version of minutes that the code was mailed with. Raises TooLate (it was replaced or issued since), NotFound,
    NotPermitted, Conflict, Invalid."""
    minutes, version = await queries.version(db, viewer, row.object_id)
    if minutes.issued_at is not None:
        raise TooLate("minutes_issued", IN_FORCE_ALREADY, minutes_id=minutes.id)
    if version.id != minutes.document.newest.id:
        raise TooLate("minutes_replaced", NOT_NEWEST, minutes_id=minutes.id)
    if word.says == AGREED:
        await signing.sign(db, viewer, minutes, version, root=version.root, text=word.text, unverified=unverified)
    elif word.says == CHANGES:
        await signing.request_changes(
            db, viewer, minutes, version, root=version.root, text=word.text, unverified=unverified
        )
    else:
        raise Invalid({"text": CHOOSE})


async def sign_proposal(db: Session, viewer: Viewer, row: ReferenceCode, word: Word, unverified: bool) -> None:
    """The same on what is put to the members. Raises TooLate (it was replaced, put in force or withdrawn since), NotFound, NotPermitted,
    Conflict, Invalid."""
    proposal, version = await proposals.version(db, viewer, row.object_id)
    if not proposal.is_open:
        raise TooLate("proposal_closed", HOLDS_ALREADY, proposal_id=proposal.id)
    if version.id != proposal.document.newest.id:
        raise TooLate("proposal_replaced", NOT_NEWEST, proposal_id=proposal.id)
    if word.says == AGREED:
        await proposal_signing.sign(
            db, viewer, proposal, version, root=version.root, text=word.text, unverified=unverified
        )
    elif word.says == CHANGES:
        await proposal_signing.request_changes(
            db, viewer, proposal, version, root=version.root, text=word.text, unverified=unverified
        )
    else:
        raise Invalid({"text": CHOOSE})
