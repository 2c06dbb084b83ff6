"""工作成效 and 历年情况, as a mechanism's page shows them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from liaison.i18n import Words
from liaison.results import sums
from liaison.results.report_shown import Section, Tile, charts, counted, tiles
from liaison.results.sums import Cell, Sum

MOST_BARS = 12
"""So many years are drawn, the last ones."""


@dataclass(frozen=True, slots=True)
class Achieved:
    """Everything so far by group and year, and until which day it is confirmed from the first case on."""

    groups: Sequence[Sum]
    cells: Sequence[Cell]
    """What the figures are made of; none for a reader from outside, who is told no causes."""
    years: Sequence[Sum]
    total: Sum
    since_on: date | None
    """The day of the first case; None where there is none yet."""
    confirmed_until: date | None
    reads_lines: bool
    """Whether the reader reads the single lines too."""

    def tiles(self, words: Words, today: date) -> list[Tile]:
        """The figures that stand above everything."""
        now = next((one.cases for one in self.years if one.word == str(today.year)), 0)
        return tiles(words, self.total, self.groups, this_year=now, cells=self.cells)

    def charts(self, words: Words, today: date) -> list[tuple[str, str, Markup]]:
        """Cases and money by year."""
        return charts(words, self.years, today)

    def table(self, words: Words) -> Section:
        """The same in figures."""
        return counted(words, words._("Year by year"), words._("Year"), [(one.word, one) for one in self.years])


def years(cells: Sequence[Cell], first: date, last: date) -> list[Sum]:
    """Each year from the first to the last day, with those that had no case."""
    by_year = {one.word: one for one in sums.by(cells, lambda one: one.month[:4])}
    names = [str(year) for year in range(first.year, last.year + 1)][-MOST_BARS:]
    return [by_year.get(name, Sum(name, 0, 0, sums.ZERO)) for name in names]
