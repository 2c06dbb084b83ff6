"""送会签: asking every member agency to sign what the lead proposes, and asking again who has not answered."""

from datetime import date
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.countersigning import writing
from liaison.countersigning.models import DocumentVersion, Signer
from liaison.countersigning.standing import standing_of
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.proposals import telling
from liaison.proposals.drafting import ENDED, open_locked
from liaison.proposals.due import default_due
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import NOT_LEAD, may_propose

PARTIES = N_(
    "The text names other member agencies than there are today. Please save it once more, so that it names those of today."
)


async def circulate(
    db: Session, viewer: Viewer, proposal: Proposal, version: DocumentVersion, *, due_on: date | None = None
) -> DocumentVersion:
    """Fix this version and ask every member agency of today to sign it, until `due_on` (a local date; by default in ten working days).
    Silence is no consent. Twice changes nothing. Raises NotPermitted, Conflict, Invalid (due_on)."""
    mechanism = await locked(db, Mechanism, proposal.mechanism_id)
    if not may_propose(viewer, mechanism):
        raise NotPermitted(NOT_LEAD)
    if mechanism.has_ended(db.clock.today(mechanism.timezone)):
        raise Conflict(ENDED)
    await open_locked(db, proposal)
    document = proposal.document
    if version.id != document.newest.id:
        raise Conflict(writing.NOT_NEWEST)
    if document.newest.circulated_at is not None:
        return document.newest
    today = db.clock.today(mechanism.timezone)
    check = Check()
    day = check.day("due_on", due_on) or default_due(mechanism, today)
    if day < today:
        check.refuse("due_on", N_("This date has passed."))
    check.done()
    agencies = [one.agency for one in await mechanisms.members_on(db, mechanism.id, today)]
    if document.newest.head["parties"] != [one.name for one in agencies]:
        raise Conflict(PARTIES)
    circulated = await writing.circulate(db, viewer, document, signers=agencies, due_on=day)
    await telling.ask_to_sign(db, proposal, circulated, by=viewer.person_id or None)
    return circulated


async def remind(db: Session, viewer: Viewer, proposal: Proposal, version: DocumentVersion) -> list[Signer]:
    """提醒: mail those once more that have not answered this version, but who were reminded today already; the agencies that were mailed.
    Raises NotPermitted, Conflict (not the newest version, in force, nobody left to mail)."""
    mechanism = await locked(db, Mechanism, proposal.mechanism_id)
    if not may_propose(viewer, mechanism):
        raise NotPermitted(NOT_LEAD)
    if mechanism.has_ended(db.clock.today(mechanism.timezone)):
        raise Conflict(ENDED)
    await open_locked(db, proposal)
    newest = proposal.document.newest
    if version.id != newest.id:
        raise Conflict(writing.NOT_NEWEST)
    if newest.circulated_at is None:
        raise Conflict(writing.NOT_CIRCULATED)
    today, zone = db.clock.today(mechanism.timezone), ZoneInfo(mechanism.timezone)
    owing = [one for one in newest.signers if one.agency_id in standing_of(newest).owes]
    left = [one for one in owing if one.reminded_at is None or one.reminded_at.astimezone(zone).date() < today]
    if not left:
        raise Conflict(N_("Those who have not answered were reminded today already.") if owing else N_("Every agency has answered."))  # fmt: skip
    _, unreached = await telling.those_who_sign(db, proposal, newest, {one.agency_id for one in left})
    mailed = [one for one in left if one not in unreached]
    mails = await telling.ask_again(
        db, proposal, newest, {one.agency_id for one in mailed}, by=viewer.person_id or None
    )
    if not mails:
        raise Conflict(N_("No mail reaches those who have not answered. Please ask them another way."))
    for one in mailed:
        one.reminded_at = db.now()
    agencies = [one.agency_id for one in mailed]
    writing.audit_line(db, viewer, "remind", proposal.document, n=newest.number, agencies=agencies, mails=mails)
    return mailed
