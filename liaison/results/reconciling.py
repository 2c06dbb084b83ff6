"""核对: what two agencies say differently of one case, and whether a period is confirmed. Pure.

A period is confirmed (经核对) when every agency that reported a line in it confirmed every day of it, and at least one agency besides the one
that reported: figures that only their author looked at are not reconciled."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from liaison.results.models import SAID, Outcome, OutcomeConfirmation


@dataclass(frozen=True, slots=True)
class Difference:
    """One case of which agencies report different things: their lines, first the one that counts, and the columns that differ."""

    case_code: str
    lines: Sequence[Outcome]
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Word:
    """One agency's word on a period: since when it holds for all of it; None while it is not given."""

    agency_id: int
    at: datetime | None
    reports: bool
    """Whether the agency reported lines in that period."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a period stands: each member's word, and whether that makes it confirmed."""

    words: Sequence[Word]
    is_confirmed: bool

    @property
    def confirmed_by(self) -> list[int]:
        """The agencies that confirmed all of it."""
        return [one.agency_id for one in self.words if one.at is not None]


def differing(says: Sequence[tuple[Any, ...]]) -> list[str]:
    """The columns in which lines of one case differ, each given as `Outcome.says`."""
    return [name for n, name in enumerate(SAID) if len({one[n] for one in says}) > 1]


def differences(lines: Iterable[Outcome]) -> list[Difference]:
    """Those of the cases that several agencies report and not alike, in the order of their first lines."""
    by_code: dict[str, list[Outcome]] = {}
    for line in sorted(lines, key=lambda one: one.id):
        by_code.setdefault(line.case_code, []).append(line)
    found = [Difference(code, group, differing([one.says() for one in group])) for code, group in by_code.items()]
    return [one for one in found if one.fields]


def mark_of(lines: Iterable[tuple[int, int]]) -> str:
    """16 characters that stand for these lines as they are, each (id, version) in the order of their ids: another word in one of them, and it
    is another mark."""
    return sha256(";".join(f"{id_}.{version}" for id_, version in lines).encode()).hexdigest()[:16]


def covered_since(confirmations: Iterable[OutcomeConfirmation], first: date, last: date) -> datetime | None:
    """Since when one agency's confirmations cover every day from `first` to `last`; None where a day is missing."""
    used: list[datetime] = []
    day = first
    for one in sorted(confirmations, key=lambda each: (each.from_on, each.to_on)):
        if one.from_on <= day <= one.to_on:
            day = one.to_on + timedelta(days=1)
            used.append(one.confirmed_at)
    return max(used) if used and day > last else None


def are_covered(spans: Iterable[tuple[date, date]], first: date, last: date) -> bool:
    """Whether these spans of days, each with its last one, cover every day from `first` to `last`."""
    day = first
    for from_on, to_on in sorted(spans):
        if from_on <= day <= to_on:
            day = to_on + timedelta(days=1)
    return day > last


def standing(
    confirmations: Iterable[OutcomeConfirmation],
    first: date,
    last: date,
    *,
    members: Sequence[int],
    reporting: Collection[int],
) -> Standing:
    """How the days from `first` to `last` stand, by confirmations that were not voided. `members` are asked, in their order; `reporting`
    agencies have lines there."""
    by_agency: dict[int, list[OutcomeConfirmation]] = {}
    for one in confirmations:
        by_agency.setdefault(one.agency_id, []).append(one)
    asked = list(dict.fromkeys([*members, *reporting]))
    words = [Word(agency, covered_since(by_agency.get(agency, ()), first, last), agency in reporting) for agency in asked]  # fmt: skip
    given = {one.agency_id for one in words if one.at is not None}
    return Standing(words, set(reporting) <= given and len(given) >= min(2, len(asked)) and bool(given))


def confirmed_until(
    confirmations: Sequence[OutcomeConfirmation],
    first: date,
    last: date,
    *,
    members: Sequence[int],
    reporting: Collection[int],
) -> date | None:
    """The last day so that every one from `first` to it is confirmed, with these agencies reporting; None where the first is not. `last` is the
    last day with a line: after it nothing is to be confirmed, so that the end of a confirmed period beyond it counts."""
    ends = sorted({one.to_on for one in confirmations if one.to_on >= first}, reverse=True)
    for end in ends:
        if standing(confirmations, first, min(end, last), members=members, reporting=reporting).is_confirmed:
            return end
    return None


def unconfirmed(
    lines: Iterable[Outcome], confirmations: Sequence[OutcomeConfirmation], members: Sequence[int]
) -> Mapping[int, bool]:
    """By the id of each line, whether it still waits to be confirmed."""
    return {
        one.id: not standing(
            confirmations, one.closed_on, one.closed_on, members=members, reporting={one.agency_id}
        ).is_confirmed
        for one in lines
    }
