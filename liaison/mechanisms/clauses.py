"""Numbered clauses of an agreement, as they are given and as they stand. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from liaison.checks import Check
from liaison.i18n import N_
from liaison.mechanisms import obligations
from liaison.mechanisms.models import Clause
from liaison.mechanisms.obligations import Obligation

MOST_CLAUSES: Final = 200


class ClauseSaid(NamedTuple):
    """One clause as it was given. Without `says_obligation` the one that stood beside a clause of this number stays."""

    number: int | None
    text: str | None
    kind: str | None = None
    amount: int | None = None
    period: str | None = None
    says_obligation: bool = False


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause as it stands. `says_obligation`: False where it was given without a word on what it obliges to."""

    number: int
    text: str
    obligation: Obligation | None = None
    says_obligation: bool = True

    @classmethod
    def of(cls, clause: Clause) -> "ClauseText":
        """The stored one."""
        return cls(clause.number, clause.text, Obligation.from_json(clause.obligation))

    def beside(self, stands: Iterable[Clause]) -> "ClauseText":
        """With the obligation of the clause of this number that stands, where none was said."""
        if self.says_obligation:
            return self
        before = next((one.obligation for one in stands if one.number == self.number), None)
        return replace(self, obligation=Obligation.from_json(before), says_obligation=True)

    def stored(self) -> dict[str, Any]:
        """The columns of its row."""
        return {
            "number": self.number,
            "text": self.text,
            "obligation": self.obligation.to_json() if self.obligation else None,
        }


def checked_clauses(check: Check, given: Sequence[ClauseSaid], *, most: int = MOST_CLAUSES) -> list[ClauseText]:
    """Those that were typed, each with a number of its own. Refuses `clauses` and `clauses.N.number`, `.text`, `.obligation.kind` …"""
    if len(given) > most:
        check.refuse("clauses", N_("At most %(most)s clauses."), most=most)
    found: list[ClauseText] = []
    for place, said in enumerate(given[:most]):
        one = checked_clause(check, f"clauses.{place}.", said)
        if one.number in {earlier.number for earlier in found}:
            check.refuse(f"clauses.{place}.number", N_("Each clause has a number of its own."))
        found.append(one)
    return found


def checked_clause(check: Check, prefix: str, said: ClauseSaid) -> ClauseText:
    """One of them; `prefix` stands before the names of its fields."""
    number = check.number(f"{prefix}number", said.number, least=1, most=999, required=True)
    text = check.required_text(f"{prefix}text", said.text, most=4000, lines=True)
    obliges = obligations.checked(check, f"{prefix}obligation", said.kind, said.amount, said.period)
    return ClauseText(number or 0, text, obliges, said.says_obligation)
