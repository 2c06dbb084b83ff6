"""The agreement (《意见》) a mechanism rests on, and its clauses."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import delete

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import obligations, permissions, queries
from liaison.mechanisms.models import Agreement, Clause, Mechanism
from liaison.mechanisms.obligations import Obligation

MOST_CLAUSES = 200


class ClauseSaid(NamedTuple):
    """One clause as it was given. Without `says_obligation` the one that stood beside a clause of this number stays."""

    number: int | None
    text: str | None
    kind: str | None = None
    amount: int | None = None
    period: str | None = None
    says_obligation: bool = False


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
    clauses: Sequence["ClauseSaid"] | None = None,
    version: int | None = None,
) -> Agreement:
    """Enter or change the agreement; `clauses` replace those entered before, None leaves them.

    Raises NotFound, NotPermitted, Conflict, Invalid."""
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
    numbered = None if clauses is None else _clauses(check, clauses)
    check.done()
    agreement = await queries.agreement(db, mechanism_id)
    reviewed_before = agreement.review_on if agreement else None
    if agreement is None:
        agreement = Agreement(mechanism_id=mechanism_id, **asdict(cleaned))
        db.add(agreement)
    else:
        agreement.check_version(version, **{name: getattr(agreement, name) for name in asdict(cleaned)})
        for name, value in asdict(cleaned).items():
            setattr(agreement, name, value)
        agreement.touch()
    if agreement.review_on != reviewed_before:
        tomorrow = db.clock.today(mechanism.timezone) + timedelta(days=1)
        agreement.plan_reminder(region_calendar(mechanism.region), tomorrow)
    await db.flush()
    if numbered is not None:
        before = {one.number: one.obligation for one in await queries.clauses(db, mechanism_id)}
        await db.execute(delete(Clause).where(Clause.agreement_id == agreement.id))
        db.add_all(
            Clause(
                agreement_id=agreement.id,
                number=number,
                text=text,
                obligation=(said.to_json() if said else None) if says else before.get(number),
            )
            for number, text, said, says in numbered
        )
        await db.flush()
    facts_said = {**asdict(cleaned), "clauses": None if numbered is None else len(numbered)}
    audit.add(db, viewer, "put_agreement", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, **facts_said)
    return agreement


async def add_clause(db: Session, viewer: Viewer, mechanism_id: int, said: ClauseSaid) -> Clause:
    """Enter one more clause. Raises NotFound, NotPermitted, Invalid (also when there is no agreement yet)."""
    await _open(db, viewer, mechanism_id)
    agreement = await queries.agreement(db, mechanism_id)
    if agreement is None:
        raise Invalid({"agreement": N_("Please enter the agreement first.")})
    present = await queries.clauses(db, mechanism_id)
    check = Check()
    number, text = _clause(check, "", said.number, said.text)
    obliges = obligations.checked(check, "obligation", said.kind, said.amount, said.period)
    if number in {clause.number for clause in present}:
        check.refuse("number", N_("Each clause has a number of its own."))
    if len(present) >= MOST_CLAUSES:
        check.refuse("number", N_("At most %(most)s clauses."), most=MOST_CLAUSES)
    check.done()
    obligation = obliges.to_json() if obliges else None
    clause = Clause(agreement_id=agreement.id, number=number, text=text, obligation=obligation)
    db.add(clause)
    agreement.touch()
    await db.flush()
    audit.add(db, viewer, "add_clause", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, number=clause.number)
    return clause


def _clauses(check: Check, given: Sequence[ClauseSaid]) -> list[tuple[int, str, Obligation | None, bool]]:
    if len(given) > MOST_CLAUSES:
        check.refuse("clauses", N_("At most %(most)s clauses."), most=MOST_CLAUSES)
    cleaned: list[tuple[int, str, Obligation | None, bool]] = []
    for place, one in enumerate(given[:MOST_CLAUSES]):
        field = f"clauses.{place}"
        number, text = _clause(check, f"{field}.", one.number, one.text)
        if number in {earlier for earlier, *_ in cleaned}:
            check.refuse(f"{field}.number", N_("Each clause has a number of its own."))
        said = obligations.checked(check, f"{field}.obligation", one.kind, one.amount, one.period)
        cleaned.append((number, text, said, one.says_obligation))
    return cleaned


def _clause(check: Check, prefix: str, number: int | None, text: str | None) -> tuple[int, str]:
    number = check.number(f"{prefix}number", number, least=1, most=999, required=True)
    return number or 0, check.required_text(f"{prefix}text", text, most=4000, lines=True)


async def _open(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not permissions.may_see(viewer, mechanism_id):
        raise NotFound
    if not permissions.may_keep(viewer):
        raise NotPermitted(N_("This was agreed by all members and is changed by the operator on their word."))
    return mechanism
