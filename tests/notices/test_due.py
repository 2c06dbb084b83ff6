"""By when a notice is to be answered, and on which days the clock speaks of it."""

from datetime import date

from liaison.calendaring.workdays import region_calendar
from liaison.notices.due import DUE, HALF, UNANSWERED, due_on, newest_step, next_step_on, next_workday, steps

CN = region_calendar("CN")
MONDAY = date(2026, 11, 23)


def test_the_deadline_counts_working_days_across_a_statutory_holiday() -> None:
    # National Day 2026 is from 1 to 7 October, and Saturday the 10th is worked in return.
    assert due_on(CN, date(2026, 9, 29), 5) == date(2026, 10, 12)
    assert due_on(CN, MONDAY, 5) == date(2026, 11, 30)
    assert due_on(CN, MONDAY, None) is None


def test_reminders_go_at_half_the_time_on_the_day_and_to_the_sender_the_working_day_after() -> None:
    assert [(one.step, one.on.isoformat()) for one in steps(CN, MONDAY, date(2026, 11, 30))] == [
        (HALF, "2026-11-26"), (DUE, "2026-11-30"), (UNANSWERED, "2026-12-01")
    ]  # fmt: skip


def test_a_deadline_of_one_day_has_no_half() -> None:
    assert [one.step for one in steps(CN, MONDAY, date(2026, 11, 24))] == [DUE, UNANSWERED]


def test_a_reminder_of_a_day_that_became_free_goes_on_the_working_day_before() -> None:
    assert [one.on.isoformat() for one in steps(CN, MONDAY, date(2026, 11, 29))][-2:] == ["2026-11-27", "2026-11-30"]


def test_after_an_outage_only_the_newest_reminder_goes_and_none_that_lay_before() -> None:
    due = date(2026, 11, 30)
    assert newest_step(CN, MONDAY, due, date(2026, 11, 25), since=MONDAY) is None
    newest = newest_step(CN, MONDAY, due, due, since=MONDAY)
    assert newest is not None
    assert newest.step == DUE
    assert newest_step(CN, MONDAY, due, date(2026, 11, 26), since=date(2026, 11, 27)) is None
    assert next_step_on(CN, MONDAY, due, since=date(2026, 11, 27)) == due
    assert next_step_on(CN, MONDAY, due, since=date(2026, 12, 2)) is None


def test_a_date_on_a_free_day_moves_to_the_next_working_day() -> None:
    assert next_workday(CN, date(2026, 12, 5)) == date(2026, 12, 7)
    assert next_workday(CN, date(2026, 10, 10)) == date(2026, 10, 10)  # a Saturday that is worked
