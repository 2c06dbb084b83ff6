"""会次 of meetings entered long after: each follows the one before it by its day (and row), and none takes the number of a later one. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from liaison.documents.headed import Wrong
from liaison.errors import Message
from liaison.i18n import N_
from liaison.meetings.models import NUMBERED_KINDS, Meeting
from liaison.meetings.past_table import Past

_TAKEN = N_("Another meeting of this mechanism has this number.")
_LATER = N_("Later meetings are numbered already: please fill in this meeting’s number in all, such as 总第7次.")
_LATER_IN_YEAR = N_("Later meetings of that year are numbered already: please fill in both numbers, such as 2024年第2次（总第7次）.")  # fmt: skip


_Place = tuple[datetime, int]
"""When a meeting begins, and for those of one moment the row; what is there already comes before the rows of that moment."""


class Numbers:
    """The numbers of a mechanism, and those that a table's meetings get beside them."""

    def __init__(self, first: int | None, held: Sequence[Meeting]) -> None:
        self._first = first or 1
        self._in_all = [((one.local_start, 0), one.ordinal) for one in held if one.ordinal is not None]
        self._in_year = [((one.local_start, 0), one.ordinal_in_year) for one in held if one.ordinal_in_year is not None]
        self._given: dict[int, tuple[int, int]] = {}

    def of(self, past: Past) -> tuple[int | None, int | None]:
        """(in all, in the year) of a row, once given; none for kinds without a number."""
        return self._given.get(past.at, (None, None))

    def give(self, rows: Iterable[Past]) -> list[Wrong]:
        """Number the rows, which come in the order of their days; what is typed stands. Gives what is wrong."""
        numbered = [row for row in rows if row.kind in NUMBERED_KINDS]
        wrong = [_wrong(row, _TAKEN) for row in sorted(numbered, key=lambda row: row.at) if not self._keep_typed(row)]
        for row in numbered:
            if wrong:
                break
            place = _place(row)
            year = [one for one in self._in_year if one[0][0].year == row.on.year]
            in_all = row.ordinal or _following(self._in_all, place, self._first)
            in_year = row.ordinal_in_year or _following(year, place, 1)
            if in_all is None or in_year is None:
                return [_wrong(row, _LATER if in_all is None else _LATER_IN_YEAR)]
            self._given[row.at] = in_all, in_year
            self._in_all.append((place, in_all))
            self._in_year.append((place, in_year))
        return wrong

    def _keep_typed(self, row: Past) -> bool:
        """Whether the typed numbers are free; from then on they are not."""
        place = _place(row)
        year = {number for (start, _), number in self._in_year if start.year == row.on.year}
        is_free = row.ordinal not in {number for _, number in self._in_all} and row.ordinal_in_year not in year
        if row.ordinal is not None:
            self._in_all.append((place, row.ordinal))
        if row.ordinal_in_year is not None:
            self._in_year.append((place, row.ordinal_in_year))
        return is_free


def _place(row: Past) -> _Place:
    return datetime.combine(row.on, row.starts), row.at


def _following(numbers: Sequence[tuple[_Place, int]], place: _Place, first: int) -> int | None:
    """The number after those before; None where a later meeting has it, or one below it, already."""
    following = max((number for other, number in numbers if other < place), default=first - 1) + 1
    later = min((number for other, number in numbers if other > place), default=None)
    return following if later is None or following < later else None


def _wrong(row: Past, msgid: str) -> Wrong:
    return row.line.columns.wrong(row.at, "ordinal", Message(msgid))
