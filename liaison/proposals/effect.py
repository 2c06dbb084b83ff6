"""生效: what all members agreed to is put in force, and on its day the mechanism is changed by it."""

from datetime import date, timedelta
from typing import Final

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.audit import Actor
from liaison.checks import Check
from liaison.countersigning import writing
from liaison.countersigning.models import ALL_AGREED, DocumentVersion
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted, Refusal
from liaison.i18n import N_
from liaison.mechanisms import agreement, members
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.agreement import AgreementFacts
from liaison.mechanisms.models import Mechanism
from liaison.proposals import queries, telling
from liaison.proposals.content import joining_text, version_text, wanted_on
from liaison.proposals.drafting import ENDED, WITHDRAWN
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import NOT_LEAD, may_propose

WORKER: Final = Actor(None, "worker")
JOINED_SINCE = N_(
    "%(agencies)s joined since this version was circulated. Please save the text once more and circulate it, so that they sign it as well."
)


async def put_in_force(
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
    version: DocumentVersion,
    *,
    doc_no: str | None = None,
    signed_on: date | None = None,
) -> Proposal:
    """What every member agreed to holds: from the day that the text names, or from today where that has passed or none is named. Of a version of
    the agreement `doc_no` is typed (it belongs to an agency's registry), and so is the local date printed as that of signing (by default
    today). Every member agency is mailed. Twice changes nothing. Raises NotPermitted, Conflict (not every agency agreed, one joined since,
    not the newest version, withdrawn), Invalid (doc_no, signed_on; agency_id of an agency that cannot join)."""
    mechanism = await locked(db, Mechanism, proposal.mechanism_id)
    if not may_propose(viewer, mechanism):
        raise NotPermitted(NOT_LEAD)
    await locked(db, Proposal, proposal.id)
    document = proposal.document = await writing.lock(db, proposal.document)
    if version.id != document.newest.id:
        raise Conflict(writing.NOT_NEWEST)
    if proposal.withdrawn_at is not None:
        raise Conflict(WITHDRAWN)
    if document.in_force_at is not None:
        return proposal
    today = db.clock.today(mechanism.timezone)
    check = Check()
    if proposal.joins_id is None:
        proposal.doc_no = check.text("doc_no", doc_no, most=60, numbers=True)
        proposal.signed_on = check.day("signed_on", signed_on) or today
        if proposal.signed_on > today:
            check.refuse("signed_on", N_("This date lies ahead."))
    check.done()
    await _refuse(db, proposal, mechanism, today)
    await _settle(db, viewer, proposal, mechanism, today)
    return proposal


async def admit_if_agreed(db: Session, viewer: Viewer, proposal: Proposal) -> bool:
    """With the last member's consent the agency joins; whether it did. Where that is not possible any more (there are nine members by now)
    it is left to the lead's liaison, who is told why when they try. The mechanism is locked."""
    if proposal.joins_id is None or proposal.state != ALL_AGREED:
        return False
    mechanism = await db.get_one(Mechanism, proposal.mechanism_id)
    today = db.clock.today(mechanism.timezone)
    try:
        await _refuse(db, proposal, mechanism, today)
    except Refusal:
        return False
    await _settle(db, viewer, proposal, mechanism, today)
    return True


async def take_effect_due(db: Session) -> int:
    """Change the mechanisms whose day has come, by their local date; how many. A second run finds none left. What cannot be done any more
    (a mechanism that ended) waits to be withdrawn."""
    furthest = (db.now() + timedelta(days=1)).date()  # no zone is further on
    done = 0
    for proposal_id in await queries.to_take_effect(db, furthest):
        proposal = await queries.by_id(db, proposal_id)
        mechanism = await locked(db, Mechanism, proposal.mechanism_id)
        await locked(db, Proposal, proposal.id)
        today = db.clock.today(mechanism.timezone)
        due = proposal.takes_effect_on is not None and proposal.takes_effect_on <= today
        if not due or proposal.took_effect_on is not None or proposal.withdrawn_at is not None:
            continue
        if not mechanism.has_ended(today):
            await _take_effect(db, WORKER, proposal, mechanism)
            done += 1
    return done


async def _refuse(db: Session, proposal: Proposal, mechanism: Mechanism, today: date) -> None:
    """Raise what stands against putting it in force, beside consent that is owed: Conflict (the mechanism has ended, or an agency joined
    since), Invalid (agency_id)."""
    if mechanism.has_ended(today):
        raise Conflict(ENDED)
    signing = {one.agency_id for one in proposal.document.newest.signers}
    there = await mechanisms.members_on(db, mechanism.id, today)
    if new := [one.agency.short_name for one in there if one.agency_id not in signing]:
        raise Conflict(JOINED_SINCE, agencies=tuple(new))
    if proposal.joins_id is not None:
        day = max(wanted_on(proposal.document.newest) or today, today)
        await members.admissible(db, mechanism, agency_id=proposal.joins_id, joined_on=day)


async def _settle(db: Session, viewer: Viewer, proposal: Proposal, mechanism: Mechanism, today: date) -> None:
    """In force from its day on, which may be today; every member agency is mailed. Raises Conflict (consent is owed)."""
    await writing.put_in_force(db, viewer, proposal.document)
    proposal.takes_effect_on = max(wanted_on(proposal.document.newest) or today, today)
    proposal.touch()
    await db.flush()
    if proposal.takes_effect_on <= today or proposal.joins_id is not None:
        await _take_effect(db, viewer, proposal, mechanism)
    await telling.tell_in_force(db, proposal, by=viewer.person_id)


async def _take_effect(db: Session, actor: Viewer | Actor, proposal: Proposal, mechanism: Mechanism) -> None:
    """The mechanism says so from `takes_effect_on` on; a membership is entered at once, for a later day too."""
    assert proposal.takes_effect_on is not None
    newest, day = proposal.document.newest, proposal.takes_effect_on
    if proposal.joins_id is None:
        text = version_text(newest.head, newest.sections)
        facts = AgreementFacts(
            title=text.title,
            doc_no=proposal.doc_no,
            signed_on=proposal.signed_on,
            effective_on=day,
            review_on=text.review_on,
        )
        await agreement.take_over(db, mechanism, facts, text.clauses, document_id=proposal.document_id)
        audit.add(
            db, actor, "put_agreement", f"mechanism:{mechanism.id}", mechanism_id=mechanism.id,
            document=proposal.document_id, root=newest.root, effective_on=day, clauses=len(text.clauses),
        )  # fmt: skip
    else:
        joining = joining_text(newest.head, newest.sections)
        await members.admit(
            db, actor, mechanism, agency_id=joining.agency_id, joined_on=day, takes_part=joining.takes_part
        )
    proposal.took_effect_on = day
    proposal.touch()
    await db.flush()
