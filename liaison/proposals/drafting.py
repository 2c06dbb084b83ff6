"""Writing what is put to the members: the lead agency's liaison begins it, changes it and takes it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.countersigning import writing
from liaison.countersigning.content import Section
from liaison.countersigning.models import AGREEMENT, HOLDS_ALREADY, MEMBER, DocumentVersion
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.clauses import ClauseSaid, checked_clauses
from liaison.mechanisms.founding import FEWEST_MEMBERS, MOST_MEMBERS
from liaison.mechanisms.models import ONLINE, TAKES_PART, Mechanism
from liaison.mechanisms.permissions import may_see
from liaison.mechanisms.terms import there_from
from liaison.proposals import content, queries, telling
from liaison.proposals.content import JoiningText, VersionText
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import NOT_LEAD, may_propose

ENDED = N_("This mechanism has ended.")
WITHDRAWN = N_("This proposal was withdrawn.")
UNDER_WAY = N_("A version of the agreement is under way already. Please go on with that one, or withdraw it first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSaid:
    """A version of the agreement as it was typed, with the reason that stands beside it."""

    title: str | None
    clauses: Sequence[ClauseSaid]
    effective_on: date | None = None
    review_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoiningSaid:
    """That an agency joins, as it was typed."""

    agency_id: int | None
    text: str | None
    joined_on: date | None = None
    takes_part: str = ONLINE
    basis_ref: str | None = None


async def draft(db: Session, viewer: Viewer, mechanism_id: int, said: VersionSaid | JoiningSaid) -> Proposal:
    """起草: begin a version of the agreement, or the proposal that an agency joins; nobody but the lead agency sees it. Raises NotFound,
    NotPermitted, Conflict (one is under way, or the mechanism has ended), Invalid."""
    mechanism = await _own(db, viewer, mechanism_id)
    under_way = await queries.under_way_in(db, mechanism.id)
    head, sections, reason, joins_id = await _text(db, mechanism, said)
    kind = AGREEMENT if joins_id is None else MEMBER
    if joins_id in under_way:
        raise Conflict(UNDER_WAY if joins_id is None else N_("That this agency joins is proposed already."))
    document = await writing.begin(
        db, viewer, kind=kind, mechanism_id=mechanism.id, about=None, head=head, sections=sections
    )  # fmt: skip
    proposal = Proposal(
        mechanism_id=mechanism.id,
        document_id=document.id,
        joins_id=joins_id,
        proposed_by_id=mechanism.lead_agency_id,
        reason=reason,
    )
    db.add(proposal)
    await db.flush()
    return await queries.by_id(db, proposal.id)


async def save(
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
    said: VersionSaid | JoiningSaid,
    *,
    seen: tuple[int, int | None] | None = None,
) -> DocumentVersion:
    """Write it as it is to read now; of what was circulated a new version, on which nobody has signed. The member agencies of today are its
    parties. `seen`: the id of the version that was read and its `version`. Raises NotPermitted, Conflict (in force, withdrawn, or changed
    since), Invalid."""
    mechanism = await _own(db, viewer, proposal.mechanism_id)
    await open_locked(db, proposal)
    newest = proposal.document.newest
    if seen is not None:
        if seen[0] != newest.id:
            raise Conflict(writing.NOT_NEWEST, _stored(proposal, newest))
        newest.check_version(seen[1], **_stored(proposal, newest))
    head, sections, reason, joins_id = await _text(db, mechanism, said)
    if joins_id != proposal.joins_id:
        check = Check()
        check.refuse("agency_id", N_("Another agency is another proposal. Please withdraw this one."))
        check.done()
    saved = await writing.save(db, viewer, proposal.document, head=head, sections=sections)
    if reason != proposal.reason:
        proposal.reason = reason
        proposal.touch()
        saved.touch()  # by it a second form is known to be stale
    await db.flush()
    return saved


async def withdraw(db: Session, viewer: Viewer, proposal: Proposal, *, reason: str | None = None) -> Proposal:
    """撤回: it is put to the members no more; whoever was asked to sign it is told, with the reason. Also of what all agreed to whose day is
    still to come, and in a mechanism that has ended. Twice is once. Raises NotPermitted, Conflict (in force), Invalid (reason: needed once
    it was circulated)."""
    await _own(db, viewer, proposal.mechanism_id, ended_too=True)
    await locked(db, Proposal, proposal.id)
    proposal.document = await writing.lock(db, proposal.document)
    if proposal.withdrawn_at is not None:
        return proposal
    if proposal.took_effect_on is not None:
        raise Conflict(HOLDS_ALREADY)
    check = Check()
    why = check.text("reason", reason, most=500, lines=True, required=proposal.shown is not None)
    check.done()
    proposal.withdrawn_at, proposal.withdrawn_by, proposal.withdrawn_why = db.now(), viewer.person_id or None, why
    proposal.touch()
    await db.flush()
    last = proposal.shown or proposal.document.newest
    writing.audit_line(db, viewer, "withdraw", proposal.document, n=last.number, reason=why)
    if proposal.shown is not None:
        await telling.tell_withdrawn(db, proposal, by=viewer.person_id)
    return proposal


async def open_locked(db: Session, proposal: Proposal) -> None:
    """The proposal and its document under a lock, freshly read. Raises Conflict where nothing can be done to it any more."""
    await locked(db, Proposal, proposal.id)
    proposal.document = await writing.lock(db, proposal.document)
    if proposal.withdrawn_at is not None:
        raise Conflict(WITHDRAWN)
    proposal.document.refuse_in_force()


async def _own(db: Session, viewer: Viewer, mechanism_id: int, *, ended_too: bool = False) -> Mechanism:
    """The mechanism under a lock, for the lead's liaison. Raises NotFound, NotPermitted, Conflict."""
    mechanism = await locked(db, Mechanism, mechanism_id, joinedload(Mechanism.lead_agency))
    if not may_see(viewer, mechanism_id):
        raise NotFound
    if not may_propose(viewer, mechanism):
        raise NotPermitted(NOT_LEAD)
    if not ended_too and mechanism.has_ended(db.clock.today(mechanism.timezone)):
        raise Conflict(ENDED)
    return mechanism


async def _text(
    db: Session, mechanism: Mechanism, said: VersionSaid | JoiningSaid
) -> tuple[Mapping[str, Any], Sequence[Section], str | None, int | None]:
    """Head, sections, the reason beside them, and the agency that joins. Raises Invalid."""
    today = db.clock.today(mechanism.timezone)
    members = await mechanisms.members_on(db, mechanism.id, today)
    parties = [one.agency.name for one in members]
    words, check = Words(mechanism.locale, mechanism.timezone, today), Check()
    if isinstance(said, VersionSaid):
        text = VersionText(
            title=check.required_text("title", said.title, most=200),
            effective_on=_not_past(check, "effective_on", said.effective_on, today),
            review_on=check.day("review_on", said.review_on),
            clauses=checked_clauses(check, said.clauses, most=writing.MOST_SECTIONS),
        )
        check.days("effective_on", said.effective_on or today, "review_on", said.review_on)
        if not said.clauses:
            check.refuse("clauses", N_("Please enter the clauses that are to be signed."))
        reason = check.text("reason", said.reason, most=2000, lines=True)
        check.done()
        head = content.head_of_version(text, mechanism.name, parties)
        return head, content.sections_of_version(words, text), reason, None
    agency = await db.get(Agency, said.agency_id) if said.agency_id else None
    present = there_from(await mechanisms.members(db, mechanism.id), said.joined_on or today)
    if agency is None or agency.deactivated_at is not None or agency.kept_by_id is not None:
        check.refuse("agency_id", N_("Please choose an agency from the directory."))
    elif agency.id in {one.agency_id for one in present}:
        check.refuse("agency_id", N_("This agency is a member already at that time."))
    elif len(present) >= MOST_MEMBERS:
        check.refuse("agency_id", N_("A mechanism has %(least)s to %(most)s members."), least=FEWEST_MEMBERS, most=MOST_MEMBERS)  # fmt: skip
    joining = JoiningText(
        agency_id=agency.id if agency else 0,
        agency=agency.name if agency else "",
        joined_on=_not_past(check, "joined_on", said.joined_on, today),
        takes_part=check.choice("takes_part", said.takes_part, TAKES_PART),
        basis_ref=check.text("basis_ref", said.basis_ref, most=80, numbers=True),
        text=check.required_text("text", said.text, most=4000, lines=True),
    )
    check.done()
    head = content.head_of_joining(joining, mechanism.name, parties)
    return head, content.sections_of_joining(words, joining), None, joining.agency_id


def _not_past(check: Check, field: str, day: date | None, today: date) -> date | None:
    day = check.day(field, day)
    if day is not None and day < today:
        check.refuse(field, N_("This day has passed. Please choose today or a later one."))
    return day


def _stored(proposal: Proposal, version: DocumentVersion) -> dict[str, Any]:
    """What the form of a proposal asks for, as it is stored."""
    if proposal.joins_id is None:
        stands = content.version_text(version.head, version.sections)
        days = {"effective_on": stands.effective_on, "review_on": stands.review_on}
        return {"title": stands.title, **days, "reason": proposal.reason}
    joining = content.joining_text(version.head, version.sections)
    return {"joined_on": joining.joined_on, "basis_ref": joining.basis_ref, "text": joining.text}
