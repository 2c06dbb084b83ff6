"""When an item is due soon or overdue, and when its people are reminded (PRACTICE.md "One quarter")."""

from datetime import date

import pytest

from liaison.actions.due import Step, due_state, newest_step, next_step_by_other_days, next_step_on, steps
from liaison.calendaring.workdays import DayKind, region_calendar

CN = region_calendar("CN")
THURSDAY = date(2026, 12, 10)


def day(number: int) -> date:
    return date(2026, 12, number)


def test_reminders_go_three_working_days_before_on_the_day_and_one_and_five_after() -> None:
    assert steps(CN, THURSDAY) == [
        Step("before", day(7)),
        Step("due", day(10)),
        Step("overdue_1", day(11)),
        Step("overdue_5", day(17)),
    ]


def test_the_step_of_a_free_day_goes_on_the_working_day_before() -> None:
    assert steps(CN, date(2026, 10, 3))[1] == Step("due", date(2026, 9, 30))


def test_working_days_are_counted_over_holidays_and_make_up_days() -> None:
    # National Day 2026: 1 to 7 October are free, Saturday 10 October is worked.
    assert [step.on for step in steps(CN, date(2026, 9, 30))] == [
        date(2026, 9, 24),
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 13),
    ]


@pytest.mark.parametrize(
    ("today", "state"),
    [(day(4), "none"), (day(6), "none"), (day(7), "due_soon"), (day(10), "due_soon"), (day(11), "overdue")],
)
def test_an_item_is_due_soon_from_three_working_days_before(today: date, state: str) -> None:
    assert due_state(CN, THURSDAY, today) == state


def test_an_item_without_a_date_is_never_due_nor_reminded() -> None:
    assert due_state(CN, None, THURSDAY) == "none"
    assert next_step_on(CN, None, since=THURSDAY) is None


def test_after_an_outage_only_the_newest_step_goes() -> None:
    assert newest_step(CN, THURSDAY, day(14), since=day(1)) == Step("overdue_1", day(11))
    assert newest_step(CN, THURSDAY, day(30), since=day(1)) == Step("overdue_5", day(17))


def test_a_step_that_lay_before_the_item_existed_is_skipped() -> None:
    assert newest_step(CN, THURSDAY, day(8), since=day(8)) is None
    assert next_step_on(CN, THURSDAY, since=day(8)) == day(10)
    assert next_step_on(CN, THURSDAY, since=day(18)) is None


def test_by_other_days_a_step_that_slips_behind_goes_with_the_next_mail_and_others_go_on_their_new_day() -> None:
    due_on, monday = date(2026, 12, 11), date(2026, 12, 7)
    closed = CN.with_day(date(2026, 12, 9), DayKind.HOLIDAY)
    assert next_step_on(CN, due_on, since=monday) == date(2026, 12, 8)
    assert next_step_by_other_days(CN, closed, due_on, since=monday) == monday
    tuesday = date(2026, 12, 8)
    assert (
        next_step_by_other_days(CN, closed, due_on, since=tuesday) == tuesday
    )  # it was that day's, and lies behind by now
    assert next_step_by_other_days(closed, CN, due_on, since=monday) == tuesday
