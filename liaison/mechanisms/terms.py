"""Who is in office when: the acting liaison, else the principal, else nobody (DESIGN.md). Days are local dates of the mechanism,
spans are half-open [starts_on, ends_on), and no end means until further notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from liaison.mechanisms.models import ACTING, DEPUTY, Designation, Member

NOTICE_DAYS = 60
"""A term that ends within so many days is shown as ending (UX.md 5)."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, as one membership of an agency."""

    starts_on: date
    ends_on: date | None


def shared(some: Iterable[Period], others: Sequence[Period]) -> list[Period]:
    """The stretches that lie in one of each."""
    found = []
    for one in some:
        for other in others:
            ends = [day for day in (one.ends_on, other.ends_on) if day is not None]
            both = Period(max(one.starts_on, other.starts_on), min(ends, default=None))
            if both.ends_on is None or both.starts_on < both.ends_on:
                found.append(both)
    return found


def there_from(members: Iterable[Member], day: date) -> list[Member]:
    """Those that are members on that local date or will be after it: what stands against joining then."""
    return [one for one in members if one.left_on is None or day < one.left_on]


@dataclass(frozen=True, slots=True)
class Term:
    """One designation as far as it had effect: it ends early when its person is deactivated."""

    designation_id: int
    role: str
    person_id: int
    name: str
    starts_on: date
    ends_on: date | None
    basis_ref: str | None = None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days with one person in office, or with nobody (`term` is None: a vacancy)."""

    starts_on: date
    ends_on: date | None
    term: Term | None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def effective_end(designation: Designation, timezone: str) -> date | None:
    """The day the designation loses effect: its end, or the day its person was deactivated. Needs `person` loaded."""
    gone_at = designation.person.deactivated_at
    gone_on = gone_at.astimezone(ZoneInfo(timezone)).date() if gone_at else None
    return min((day for day in (designation.ends_on, gone_on) if day), default=None)


def term_of(designation: Designation, timezone: str) -> Term | None:
    """The designation as a term; None when its person was gone before it began. Needs `person` loaded."""
    ends_on = effective_end(designation, timezone)
    if ends_on is not None and ends_on <= designation.starts_on:
        return None
    return Term(
        designation_id=designation.id,
        role=designation.role,
        person_id=designation.person_id,
        name=designation.person.name,
        starts_on=designation.starts_on,
        ends_on=ends_on,
        basis_ref=designation.basis_ref,
    )


def holder(terms: Iterable[Term], day: date) -> Term | None:
    """Whose office it is on that day: the acting liaison (the latest, if several), else the principal, else nobody's."""
    covering = [term for term in terms if term.role != DEPUTY and term.covers(day)]
    return max(covering, key=lambda term: (term.role == ACTING, term.starts_on, term.designation_id), default=None)


def office_spans(periods: Iterable[Period], terms: Sequence[Term]) -> list[Span]:
    """The agency's time as a member, cut into terms and vacancies without gap or overlap, in order."""
    spans: list[Span] = []
    for period in sorted(periods, key=lambda p: p.starts_on):
        inside = {period.starts_on}
        for day in (edge for term in terms for edge in (term.starts_on, term.ends_on)):
            if day is not None and period.starts_on < day and (period.ends_on is None or day < period.ends_on):
                inside.add(day)
        cuts: list[date | None] = [*sorted(inside), period.ends_on]
        for starts_on, ends_on in pairwise(cuts):
            assert starts_on is not None
            term = holder(terms, starts_on)
            last = spans[-1] if spans else None
            if last is not None and last.term == term and last.ends_on == starts_on:
                spans[-1] = replace(last, ends_on=ends_on)
            else:
                spans.append(Span(starts_on, ends_on, term))
    return spans


def deputy_lanes(terms: Iterable[Term]) -> list[list[Span]]:
    """The deputies' terms, those at the same time in different lanes; that there is none at times is no vacancy."""
    lanes: list[list[Span]] = []
    deputies = [term for term in terms if term.role == DEPUTY]
    for term in sorted(deputies, key=lambda t: (t.starts_on, t.designation_id)):
        span = Span(term.starts_on, term.ends_on, term)
        for lane in lanes:
            end = lane[-1].ends_on
            if end is not None and end <= term.starts_on:
                lane.append(span)
                break
        else:
            lanes.append([span])
    return lanes


def ends_in_days(term: Term, spans: Sequence[Span], today: date) -> int | None:
    """In how many days the liaison's term ends with nobody after it, if within NOTICE_DAYS; else None.

    A deputy's term has no spans: its end alone counts."""
    if term.ends_on is None or not today < term.ends_on:
        return None
    days = (term.ends_on - today).days
    followed = any(span.term is not None and span.starts_on == term.ends_on for span in spans)
    return days if days <= NOTICE_DAYS and not followed else None
