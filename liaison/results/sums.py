"""Sums of outcomes: cells as the database adds them up, and what is made of them for a reader. Pure.

Nobody outside the member agencies is told how many minors there were: not in a short period, and not as the difference of two periods. For them
minors always stand together with the elderly people, and there are no figures by cause, which could tell them apart again."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from liaison.results import terms

SMALL = 5
"""In a period with fewer people than so many nobody outside the member agencies is told of which groups they are."""
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sum:
    """Cases (件), people (人) and yuan under one word: a group, a cause, an agency, a year; or of all."""

    word: str
    cases: int
    people: int
    amount_recovered: Decimal
    together: tuple[str, ...] = ()
    """The words of several groups that stand here as one."""

    @property
    def words(self) -> tuple[str, ...]:
        """The one word, or those of several groups that stand here as one."""
        return self.together or (self.word,)

    def figures(self) -> tuple[int, int, Decimal]:
        """Cases, people, yuan."""
        return self.cases, self.people, self.amount_recovered


@dataclass(frozen=True, slots=True)
class Cell:
    """What the database added up of one group, cause, result, agency, year and month."""

    group: str
    cause: str
    result: str | None
    agency_id: int
    month: str
    """2026-03"""
    cases: int
    people: int
    amount_recovered: Decimal
    paid: bool = False
    """Whether these are the cases in which money was recovered."""


def total(cells: Iterable[Cell | Sum], word: str = "") -> Sum:
    """All of them under one word."""
    found = list(cells)
    return Sum(
        word,
        sum(one.cases for one in found),
        sum(one.people for one in found),
        sum((one.amount_recovered for one in found), ZERO),
    )


def by(cells: Iterable[Cell], name: Callable[[Cell], str]) -> list[Sum]:
    """The sums by what `name` says of each cell, most cases first."""
    found: dict[str, list[Cell]] = {}
    for one in cells:
        found.setdefault(name(one), []).append(one)
    return sorted((total(group, word) for word, group in found.items()), key=lambda one: (-one.cases, one.word))


def causes_of(cells: Iterable[Cell], groups: Collection[str]) -> list[str]:
    """The causes for which these groups were helped, the one of most cases first."""
    return [one.word for one in by([cell for cell in cells if cell.group in groups], lambda cell: cell.cause)]


def by_group(cells: Sequence[Cell], *, outside: bool) -> list[Sum]:
    """受助群体; for a reader from outside minors stand together with the elderly people, or where there are none with the largest group, and of
    very few people no group is told at all."""
    found = by(cells, lambda one: one.group)
    if not outside:
        return found
    if sum(one.people for one in found) < SMALL:
        return []
    minors = [one for one in found if terms.is_minors(one.word)]
    others = [one for one in found if not terms.is_minors(one.word)]
    if not minors or not others:
        return found if not minors else []
    beside = next((one for one in others if one.word == terms.ELDERLY), max(others, key=lambda one: one.people))
    return sorted([*(one for one in others if one is not beside), merged([beside, *minors])], key=lambda one: (-one.cases, one.word))  # fmt: skip


def for_papers(cells: Sequence[Cell]) -> list[Sum]:
    """The groups as a paper that goes out names them: 老年人、未成年人 together; a few minors alone are not named."""
    found = by(cells, lambda one: one.group)
    minors = [one for one in found if terms.is_minors(one.word)]
    elderly = [one for one in found if one.word == terms.ELDERLY]
    others = [one for one in found if one not in minors and one not in elderly]
    if minors and elderly:
        return [*others, merged([*elderly, *minors])]
    return [*others, *elderly, *(minors if sum(one.people for one in minors) >= SMALL else [])]


def merged(parts: Sequence[Sum]) -> Sum:
    """Several sums as one, which is called by all their words."""
    one = total(parts, "、".join(each.word for each in parts))
    return replace(one, together=tuple(each.word for each in parts))


def by_cause(cells: Sequence[Cell], *, outside: bool) -> list[Sum]:
    """案由; nothing for a reader from outside."""
    return [] if outside else by(cells, lambda one: one.cause)


@dataclass(frozen=True, slots=True)
class Adoption:
    """采纳率: how many cases were adopted, adopted in part, and not; cases without such a result are in none."""

    adopted: int
    in_part: int
    not_adopted: int

    @property
    def decided(self) -> int:
        """Of how many it was said."""
        return self.adopted + self.in_part + self.not_adopted

    @property
    def percent(self) -> Decimal | None:
        """Adopted in full among those of which it was said, with one decimal; None where it was said of none. 100.0 is all of them, and 0.0
        none."""
        if not self.decided:
            return None
        rounded = (Decimal(100 * self.adopted) / self.decided).quantize(Decimal("0.1"))
        if 0 < self.adopted < self.decided:
            return min(max(rounded, Decimal("0.1")), Decimal("99.9"))
        return rounded


def adoption(cells: Iterable[Cell]) -> Adoption:
    """Of all cells."""
    counted = {terms.ADOPTED: 0, terms.IN_PART: 0, terms.NOT_ADOPTED: 0}
    for one in cells:
        said = terms.adopted(one.result)
        if said is not None:
            counted[said] += one.cases
    return Adoption(counted[terms.ADOPTED], counted[terms.IN_PART], counted[terms.NOT_ADOPTED])
