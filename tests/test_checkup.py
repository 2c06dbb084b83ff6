"""What `liaison check` says of the calendar."""

from datetime import date

import pytest

from liaison.checkup import announced_days


@pytest.mark.parametrize(
    ("today", "state", "year"),
    [
        (date(2026, 12, 14), "good", 2026),
        (date(2026, 12, 15), "note", 2027),
        (date(2026, 12, 31), "note", 2027),
        (date(2027, 1, 1), "bad", 2027),
    ],
)
def test_a_next_year_without_a_schedule_is_named_from_the_middle_of_december(
    today: date, state: str, year: int
) -> None:
    found = announced_days("CN", {2025, 2026}, today)
    assert (found.state, found.said.params["year"]) == (state, year)
    assert announced_days("CN", {2026, 2027}, today).state == "good"
