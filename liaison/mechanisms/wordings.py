"""An agreement in all the wordings that held, and what each clause obliged to while it did. Pure; days are local dates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from liaison.mechanisms.clauses import ClauseText
from liaison.mechanisms.models import Agreement, Clause, FormerAgreement
from liaison.mechanisms.obligations import Obligation
from liaison.mechanisms.terms import Period


@dataclass(frozen=True, slots=True)
class Wording:
    """What the agreement said during `held`, half-open; open-ended where nothing has taken its place."""

    title: str
    doc_no: str | None
    signed_on: date | None
    effective_on: date | None
    review_on: date | None
    clauses: Sequence[ClauseText]
    held: Period
    document_id: int | None
    """The text that was countersigned here; None of one that was entered."""
    former_id: int | None = None
    """None of the present one."""

    def holds_on(self, day: date) -> bool:
        """Whether it held on that local date."""
        return self.held.starts_on <= day and (self.held.ends_on is None or day < self.held.ends_on)


def present(agreement: Agreement, clauses: Sequence[Clause]) -> Wording:
    """The agreement as it stands."""
    return Wording(
        agreement.title,
        agreement.doc_no,
        agreement.signed_on,
        agreement.effective_on,
        agreement.review_on,
        [ClauseText.of(one) for one in clauses],
        Period(agreement.effective_on or date.min, None),
        agreement.document_id,
    )


def former(row: FormerAgreement) -> Wording:
    """One that held before."""
    return Wording(
        row.title,
        row.doc_no,
        row.signed_on,
        row.effective_on,
        row.review_on,
        [ClauseText(number, text, Obligation.from_json(said)) for number, text, said in row.clauses],
        Period(row.effective_on or date.min, row.held_until),
        row.document_id,
        row.id,
    )


def known_until(wordings: Sequence[Wording], until: date | None) -> list[Wording]:
    """Those that began before the first local date on which a former member sees no more (permissions.sees_until; None: all). What took the
    place of the last one since is nothing to it."""
    if until is None:
        return list(wordings)
    known = [one for one in wordings if one.held.starts_on < until]
    return [
        one
        if one.held.ends_on is None or one.held.ends_on < until
        else replace(one, held=Period(one.held.starts_on, None))
        for one in known
    ]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a clause obliged to, in its newest words, and while it did: one stretch for wordings that followed each other."""

    number: int
    text: str
    said: Obligation
    held: tuple[Period, ...]


def promised(wordings: Sequence[Wording]) -> list[Promise]:
    """Every clause that obliged to something in one of these, oldest first; by number, and of one number the older obligation first."""
    found: dict[tuple[int, Obligation], Promise] = {}
    for wording in wordings:
        for clause in wording.clauses:
            if clause.obligation is None:
                continue
            key = clause.number, clause.obligation
            before = found.pop(key).held if key in found else ()
            found[key] = Promise(clause.number, clause.text, clause.obligation, _joined(before, wording.held))
    return sorted(found.values(), key=lambda one: one.number)


def _joined(before: tuple[Period, ...], held: Period) -> tuple[Period, ...]:
    if before and before[-1].ends_on == held.starts_on:
        return (*before[:-1], Period(before[-1].starts_on, held.ends_on))
    return (*before, held)
