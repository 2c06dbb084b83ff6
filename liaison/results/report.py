"""A report on any period: what the outcomes add up to, against the year before, and how the cooperation went. Values, and what is made of
them. Pure; the sums are yuan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liaison.actions.figures import Figures
from liaison.directory.models import Agency
from liaison.meetings.activity_table import Sum as ActivitySum
from liaison.results import sums, terms
from liaison.results.periods import Period
from liaison.results.sums import Adoption, Cell, Sum


@dataclass(frozen=True, slots=True)
class Asked:
    """An agency's notices and referrals of the period that want an answer: how many, answered by their day, answered later, waiting still, and days until
    the answer on average."""

    asked: int
    in_time: int
    late: int
    waiting: int
    average_days: Decimal | None


@dataclass(frozen=True, slots=True)
class Work:
    """How the cooperation went in the period, as far as the reader sees it. `notices` are those of the reader's own agency; None for whoever
    acts for none, because nobody finds a trace of others'."""

    meetings_held: int
    meetings_promised: int
    activities: Sequence[ActivitySum]
    actions: Figures | None
    received: Asked | None
    sent: Asked | None


@dataclass(frozen=True, slots=True)
class Report:
    """One period of one mechanism for one reader."""

    period: Period
    total: Sum
    groups: Sequence[Sum]
    causes: Sequence[Sum]
    agencies: Sequence[tuple[Agency, Sum]]
    adoption: Adoption
    year_before: Sum
    """The same days a year earlier (同比)."""
    since: Sum
    """From the first case on record to the end of the period (累计)."""
    since_on: date | None
    parts: Sequence[Sum]
    """The years of the period, or its months where it lies in one year, in order, each by its name: 2026 or 2026-03."""
    confirmed: bool
    work: Work
    tells_less: bool = False
    """Whether the reader is of no member agency: reads groups put together, and none by cause."""

    @property
    def by_year(self) -> bool:
        """Whether `parts` are years."""
        return self.period.first.year != self.period.last.year

    def people_of(self, group: str) -> int | None:
        """How many people of this group were helped; None where this reader is not told of it alone."""
        if self.tells_less and group not in [one.word for one in self.groups]:
            return None
        return sum(one.people for one in self.groups if one.word == group)


def parts(cells: Sequence[Cell], period: Period) -> list[Sum]:
    """The sums of each year, or of each month of a period that lies in one year; those without a case are there too."""
    if period.first.year != period.last.year:
        names = [str(year) for year in range(period.first.year, period.last.year + 1)]
        found = sums.by(cells, lambda one: one.month[:4])
    else:
        months = range(period.first.month, period.last.month + 1)
        names = [f"{period.first.year}-{month:02}" for month in months]
        found = sums.by(cells, lambda one: one.month)
    by_name = {one.word: one for one in found}
    return [by_name.get(name, Sum(name, 0, 0, sums.ZERO)) for name in names]


def change(now: Decimal | int, before: Decimal | int) -> Decimal | None:
    """同比 in per cent with one decimal; None where there was nothing a year before."""
    return (Decimal(100) * (now - before) / before).quantize(Decimal("0.1")) if before else None


def asked(lines: Sequence[tuple[date, date | None, date | None]], *, undated: int = 0) -> Asked:
    """Of (arrived, due, answered) local dates: one without a due date is in time whenever it is answered. So many more (`undated`) were
    entered afterwards without the day of the decision: they count as answered, since nobody knows of a delay, and in no average."""
    done = [(arrived, due, answered) for arrived, due, answered in lines if answered is not None]
    late = sum(due is not None and answered > due for _, due, answered in done)
    days = [(answered - arrived).days for arrived, _, answered in done]
    average = (Decimal(sum(days)) / len(days)).quantize(Decimal("0.1")) if days else None
    return Asked(len(lines) + undated, len(done) - late + undated, late, len(lines) - len(done), average)


def headline(groups: Sequence[Sum]) -> list[tuple[str, Sum]]:
    """The figures that stand above everything, as papers put them: (which, sum) of migrant workers, and of elderly people and minors together,
    as far as there are any."""
    found = []
    workers = [one for one in groups if one.word == terms.WORKERS]
    if workers:
        found.append(("workers", workers[0]))
    young_and_old = [one for one in groups if set(one.words) <= {terms.ELDERLY, terms.MINORS}]
    if young_and_old:
        found.append(("support", young_and_old[0] if len(young_and_old) == 1 else sums.merged(young_and_old)))
    return found
