"""The agreement (《意见》) a mechanism rests on, and its clauses."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import permissions, queries
from liaison.mechanisms.clauses import MOST_CLAUSES, ClauseSaid, ClauseText, checked_clause, checked_clauses
from liaison.mechanisms.models import Agreement, Clause, FormerAgreement, Mechanism

COUNTERSIGNED: Final = N_(
    "The members countersigned this text. The lead agency's liaison proposes a new version, which they countersign as well; only document number and date of signing are entered here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """The document: title, number, when it was signed, took effect and is to be reviewed."""

    title: str | None
    doc_no: str | None = None
    signed_on: date | None = None
    effective_on: date | None = None
    review_on: date | None = None


async def put_agreement(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    facts: AgreementFacts,
    *,
    clauses: Sequence[ClauseSaid] | None = None,
    version: int | None = None,
) -> Agreement:
    """Enter or change the agreement; `clauses` replace those entered before, None leaves them. Of a text that the members countersigned here
    only document number and date of signing are entered. Raises NotFound, NotPermitted, Conflict (also where it would change such a text), Invalid."""
    mechanism = await _open(db, viewer, mechanism_id)
    check = Check()
    cleaned = AgreementFacts(
        title=check.required_text("title", facts.title, most=200),
        doc_no=check.text("doc_no", facts.doc_no, most=60, numbers=True),
        signed_on=check.day("signed_on", facts.signed_on),
        effective_on=check.day("effective_on", facts.effective_on),
        review_on=check.day("review_on", facts.review_on),
    )
    check.days("effective_on", facts.effective_on, "review_on", facts.review_on)
    numbered = None if clauses is None else checked_clauses(check, clauses)
    check.done()
    agreement = await queries.agreement(db, mechanism_id)
    reviewed_before = agreement.review_on if agreement else None
    stands = await queries.clauses(db, mechanism_id)
    if agreement is None:
        agreement = Agreement(mechanism_id=mechanism_id, **asdict(cleaned))
        db.add(agreement)
    else:
        if agreement.document_id is not None and _changes(agreement, cleaned, stands, numbered):
            raise Conflict(COUNTERSIGNED)
        agreement.check_version(version, **{name: getattr(agreement, name) for name in asdict(cleaned)})
        for name, value in asdict(cleaned).items():
            setattr(agreement, name, value)
        agreement.touch()
    if agreement.review_on != reviewed_before:
        _plan_review(db, mechanism, agreement)
    await db.flush()
    if numbered is not None and agreement.document_id is None:
        await _replace_clauses(db, agreement, [one.beside(stands) for one in numbered])
    facts_said = {**asdict(cleaned), "clauses": None if numbered is None else len(numbered)}
    audit.add(db, viewer, "put_agreement", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, **facts_said)
    return agreement


async def add_clause(db: Session, viewer: Viewer, mechanism_id: int, said: ClauseSaid) -> Clause:
    """Enter one more clause. Raises NotFound, NotPermitted, Conflict (a countersigned text), Invalid (also when there is no agreement yet)."""
    await _open(db, viewer, mechanism_id)
    agreement = await queries.agreement(db, mechanism_id)
    if agreement is None:
        raise Invalid({"agreement": N_("Please enter the agreement first.")})
    if agreement.document_id is not None:
        raise Conflict(COUNTERSIGNED)
    present = await queries.clauses(db, mechanism_id)
    check = Check()
    one = checked_clause(check, "", said)
    if one.number in {clause.number for clause in present}:
        check.refuse("number", N_("Each clause has a number of its own."))
    if len(present) >= MOST_CLAUSES:
        check.refuse("number", N_("At most %(most)s clauses."), most=MOST_CLAUSES)
    check.done()
    clause = Clause(agreement_id=agreement.id, **one.stored())
    db.add(clause)
    agreement.touch()
    await db.flush()
    audit.add(db, viewer, "add_clause", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, number=clause.number)
    return clause


async def take_over(
    db: Session, mechanism: Mechanism, facts: AgreementFacts, clauses: Sequence[ClauseText], *, document_id: int
) -> Agreement:
    """What the members countersigned holds from `facts.effective_on` (a local date) on; what held until then is kept to be read
    (FormerAgreement). The mechanism is locked and `facts` were checked by whoever calls."""
    assert facts.effective_on is not None
    agreement, stands = await queries.agreement(db, mechanism.id), await queries.clauses(db, mechanism.id)
    if agreement is None:
        agreement = Agreement(mechanism_id=mechanism.id, document_id=document_id, **asdict(facts))
        db.add(agreement)
    else:
        db.add(FormerAgreement.of(agreement, stands, held_until=facts.effective_on, replaced_at=db.now()))
        for name, value in asdict(facts).items():
            setattr(agreement, name, value)
        agreement.document_id = document_id
        agreement.touch()
    _plan_review(db, mechanism, agreement)
    await db.flush()
    await _replace_clauses(db, agreement, clauses)
    return agreement


async def _replace_clauses(db: Session, agreement: Agreement, clauses: Sequence[ClauseText]) -> None:
    await db.execute(delete(Clause).where(Clause.agreement_id == agreement.id))
    db.add_all(Clause(agreement_id=agreement.id, **one.stored()) for one in clauses)
    await db.flush()


def _plan_review(db: Session, mechanism: Mechanism, agreement: Agreement) -> None:
    tomorrow = db.clock.today(mechanism.timezone) + timedelta(days=1)
    agreement.plan_reminder(region_calendar(mechanism.region), tomorrow)


def _changes(
    agreement: Agreement, facts: AgreementFacts, stands: Sequence[Clause], given: Sequence[ClauseText] | None
) -> bool:
    """Whether this would change what was signed."""
    signed = ("title", "effective_on", "review_on")
    if any(getattr(agreement, name) != getattr(facts, name) for name in signed):
        return True
    said = sorted((one.beside(stands) for one in given or ()), key=lambda one: one.number)
    return given is not None and said != [ClauseText.of(one) for one in stands]


async def _open(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not permissions.may_see(viewer, mechanism_id):
        raise NotFound
    if not permissions.may_keep(viewer):
        raise NotPermitted(N_("This was agreed by all members and is changed by the operator on their word."))
    return mechanism
