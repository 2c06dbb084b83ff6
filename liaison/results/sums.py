"""Sums of outcomes: cells as the database adds them up, and what is made of them for a reader. Pure.

A small number of minors is told to nobody outside the member agencies: it could point to a child (TRUST.md)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from liaison.results import terms, yuan

SMALL = 5
"""So many minors and more are told; fewer are put together with others for readers outside the member agencies."""
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sum:
    """Cases (件), people (人) and yuan under one word: a group, a cause, an agency, a year; or of all."""

    word: str
    cases: int
    people: int
    amount_recovered: Decimal
    is_merged: bool = False
    """Whether several groups stand here as one, because one of them is small."""

    def figures(self) -> tuple[int, int, Decimal]:
        """Cases, people, yuan."""
        return self.cases, self.people, self.amount_recovered

    @property
    def in_words(self) -> str:
        """The sum of money as papers write it: 86.9万元."""
        return yuan.in_words(self.amount_recovered)


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


def by_group(cells: Sequence[Cell], *, outside: bool) -> list[Sum]:
    """受助群体; for a reader from outside a small number of minors stands together with the elderly people, or else with the next smallest
    group, until it is small no more; where there is nobody else, without a word of who they are."""
    found = by(cells, lambda one: one.group)
    minors = next((one for one in found if one.word == terms.MINORS), None)
    if not outside or minors is None or not 0 < minors.people < SMALL:
        return found
    others = sorted((one for one in found if one is not minors), key=lambda one: (one.word != terms.ELDERLY, one.people))  # fmt: skip
    together = [minors]
    while others and (len(together) == 1 or sum(one.people for one in together) < SMALL):
        together.append(others.pop(0))
    names = [one.word for one in reversed(together)] if len(together) > 1 else [""]
    merged = total(together, "、".join(names))
    merged = Sum(merged.word, *merged.figures(), is_merged=True)
    return sorted([*others, merged], key=lambda one: (-one.cases, one.word))


def by_cause(cells: Sequence[Cell], *, outside: bool) -> list[Sum]:
    """案由; for a reader from outside the causes in which a small number of minors was helped stand together with the smallest other ones."""
    found = by(cells, lambda one: one.cause)
    minors = [one for one in cells if one.group == terms.MINORS]
    if not outside or not 0 < sum(one.people for one in minors) < SMALL:
        return found
    theirs = {one.cause for one in minors}
    others = sorted((one for one in found if one.word not in theirs), key=lambda one: one.people)
    together = [one for one in found if one.word in theirs]
    while others and (len(together) == len(theirs) or sum(one.people for one in together) < SMALL):
        together.append(others.pop(0))
    merged = total(together, "、".join(one.word for one in together) if len(together) > len(theirs) else "")
    merged = Sum(merged.word, *merged.figures(), is_merged=True)
    return sorted([*others, merged], key=lambda one: (-one.cases, one.word))


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
        """Adopted in full among those of which it was said, with one decimal; None where it was said of none."""
        return (Decimal(100 * self.adopted) / self.decided).quantize(Decimal("0.1")) if self.decided else None


def adoption(cells: Iterable[Cell]) -> Adoption:
    """Of all cells."""
    counted = {terms.ADOPTED: 0, terms.IN_PART: 0, terms.NOT_ADOPTED: 0}
    for one in cells:
        said = terms.adopted(one.result)
        if said is not None:
            counted[said] += one.cases
    return Adoption(counted[terms.ADOPTED], counted[terms.IN_PART], counted[terms.NOT_ADOPTED])
