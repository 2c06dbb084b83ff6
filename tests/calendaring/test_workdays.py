"""Working days, against the announced calendar of China and the bank holidays of England."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.calendaring import cn_days
from liaison.calendaring.workdays import (
    DayKind,
    DueDay,
    Roll,
    Rolled,
    UnknownRegion,
    Why,
    WorkCalendar,
    add_workdays,
    region_calendar,
    roll,
    workday_before,
)

CN = region_calendar("CN")
ENGLAND = region_calendar("GB-ENG")
OFFICIAL_DAYS = st.dates(date(2005, 1, 1), date(2025, 12, 31))


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def calendar(*, holidays: set[date] | None = None, makeups: set[date] | None = None) -> WorkCalendar:
    return WorkCalendar("XX", frozenset(holidays or ()), frozenset(makeups or ()), frozenset({2026}))


# The shipped days


def test_every_shipped_day_from_2004_to_2026_is_as_chinesecalendar_has_it() -> None:
    wrong = []
    for day in days(date(2004, 1, 1), date(2026, 12, 31)):
        if day in chinese_calendar.workdays:
            expected = DayKind.MAKEUP
        elif day in chinese_calendar.holidays:
            expected = DayKind.HOLIDAY
        else:
            expected = DayKind.WEEKEND if day.weekday() > 4 else DayKind.WORKDAY
        if CN.kind(day) is not expected or CN.is_workday(day) is not chinese_calendar.is_workday(day):
            wrong.append(day)
    assert wrong == []


def test_the_announced_years_of_china_are_2004_to_2026() -> None:
    assert CN.official_years == frozenset(range(2004, 2027))
    assert set(cn_days.MAKEUPS) == set(cn_days.HOLIDAYS)
    assert not set(cn_days.EXPECTED) & set(cn_days.HOLIDAYS)


@pytest.mark.parametrize("year", sorted(cn_days.EXPECTED))
def test_an_unannounced_year_has_the_days_off_fixed_by_regulation_and_no_makeups(year: int) -> None:
    for month, day in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)):
        assert CN.kind(date(year, month, day)) is DayKind.HOLIDAY
    assert not any(day.year == year for day in CN.makeups)
    assert not CN.is_certain(date(year, 6, 30))


# Facts


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 9, 17), 2, date(2026, 9, 20)),  # a Sunday, worked in return for the National Day holiday
        (date(2026, 2, 26), -5, date(2026, 2, 12)),  # across the Spring Festival and one make-up Saturday
        (date(2026, 10, 15), -10, date(2026, 9, 24)),  # across National Day, a make-up Saturday and Mid-Autumn
        (date(2026, 12, 17), -20, date(2026, 11, 19)),
    ],
)
def test_working_days_are_counted_over_holidays_and_makeups(day: date, n: int, expected: date) -> None:
    assert add_workdays(CN, day, n) == DueDay(expected, certain=True)


def test_a_count_into_a_year_not_announced_is_provisional() -> None:
    assert add_workdays(CN, date(2026, 12, 17), 11) == DueDay(date(2027, 1, 4), certain=False)
    assert add_workdays(CN, date(2026, 12, 17), 10) == DueDay(date(2026, 12, 31), certain=True)


@pytest.mark.parametrize(("last", "free_days"), [(date(2026, 12, 25), 1041), (date(2026, 12, 31), 1043)])
def test_the_plain_next_working_day_lands_on_a_makeup_weekend_for_67_free_days(last: date, free_days: int) -> None:
    free = [day for day in days(date(2018, 1, 1), last) if not CN.is_workday(day)]
    rolled = [roll(CN, day, Roll.FOLLOWING, avoid_makeup=False).date for day in free]
    assert len(free) == free_days
    assert sum(CN.kind(day) is DayKind.MAKEUP for day in rolled) == 67


def test_no_free_day_is_rolled_to_a_makeup_weekend_when_those_are_avoided() -> None:
    for policy in (Roll.FOLLOWING, Roll.PRECEDING, Roll.MODIFIED_FOLLOWING):
        for day in days(date(2018, 1, 1), date(2026, 12, 31)):
            assert CN.kind(roll(CN, day, policy, avoid_makeup=True).date) is DayKind.WORKDAY


# Counting


def test_counting_starts_with_the_next_working_day_also_from_a_free_day() -> None:
    saturday = date(2026, 3, 14)
    assert add_workdays(CN, saturday, 1).date == date(2026, 3, 16)
    assert add_workdays(CN, saturday, -1).date == date(2026, 3, 13)
    assert add_workdays(CN, saturday, 0).date == saturday


def test_the_working_day_before_a_holiday_is_the_last_one_worked() -> None:
    assert workday_before(CN, date(2026, 10, 5)) == DueDay(date(2026, 9, 30), certain=True)


def test_a_count_from_a_day_in_an_unannounced_year_is_provisional() -> None:
    assert add_workdays(CN, date(2027, 1, 1), -1) == DueDay(date(2026, 12, 31), certain=False)
    assert add_workdays(CN, date(2027, 1, 1), 0).certain is False


@given(OFFICIAL_DAYS.filter(CN.is_workday), st.integers(-260, 260))
def test_counting_back_as_far_returns_to_the_working_day(day: date, n: int) -> None:
    assert add_workdays(CN, add_workdays(CN, day, n).date, -n).date == day


@given(OFFICIAL_DAYS, OFFICIAL_DAYS, st.integers(-60, 60))
def test_a_later_day_never_gets_an_earlier_deadline(one: date, other: date, n: int) -> None:
    earlier, later = sorted((one, other))
    assert add_workdays(CN, earlier, n).date <= add_workdays(CN, later, n).date


@given(OFFICIAL_DAYS, st.integers(-60, 60))
def test_each_further_working_day_is_later(day: date, n: int) -> None:
    assert add_workdays(CN, day, n).date < add_workdays(CN, day, n + 1).date


@given(OFFICIAL_DAYS, st.integers(1, 60))
def test_between_a_day_and_its_deadline_lie_as_many_working_days_as_counted(day: date, n: int) -> None:
    due = add_workdays(CN, day, n).date
    assert CN.is_workday(due)
    assert sum(CN.is_workday(between) for between in days(day + timedelta(days=1), due)) == n


def test_a_count_without_sense_is_refused_instead_of_walked() -> None:
    with pytest.raises(ValueError, match="10000"):
        add_workdays(CN, date(2026, 1, 5), 10**9)
    with pytest.raises(ValueError, match="end of the calendar"):
        add_workdays(CN, date.max, 1)
    with pytest.raises(ValueError, match="end of the calendar"):
        add_workdays(CN, date.min, -1)


def test_an_instant_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError):
        CN.is_workday(datetime(2026, 10, 1, 9, 0, tzinfo=UTC))


# Rolling


def test_a_working_day_stays_and_has_no_reason() -> None:
    thursday = date(2026, 3, 19)
    for policy in Roll:
        assert roll(CN, thursday, policy, avoid_makeup=True) == Rolled(thursday, thursday, certain=True, why=None)


@pytest.mark.parametrize(
    ("nominal", "policy", "avoid_makeup", "expected", "why"),
    [
        (
            date(2026, 10, 1),
            Roll.FOLLOWING,
            True,
            date(2026, 10, 8),
            Why("holiday", {"day": "2026-10-01", "direction": "following"}),
        ),
        (
            date(2026, 10, 1),
            Roll.PRECEDING,
            True,
            date(2026, 9, 30),
            Why("holiday", {"day": "2026-10-01", "direction": "preceding"}),
        ),
        (
            date(2026, 3, 14),
            Roll.FOLLOWING,
            True,
            date(2026, 3, 16),
            Why("weekend", {"day": "2026-03-14", "direction": "following"}),
        ),
        (date(2026, 9, 20), Roll.FOLLOWING, False, date(2026, 9, 20), None),
        (
            date(2026, 9, 20),
            Roll.FOLLOWING,
            True,
            date(2026, 9, 21),
            Why("makeup_avoided", {"day": "2026-09-20", "direction": "following", "makeup": "2026-09-20"}),
        ),
        (
            date(2026, 9, 19),
            Roll.FOLLOWING,
            False,
            date(2026, 9, 20),
            Why("weekend", {"day": "2026-09-19", "direction": "following"}),
        ),
        (
            date(2026, 9, 19),
            Roll.FOLLOWING,
            True,
            date(2026, 9, 21),
            Why("weekend", {"day": "2026-09-19", "direction": "following", "makeup": "2026-09-20"}),
        ),
        (
            date(2023, 9, 30),
            Roll.MODIFIED_FOLLOWING,
            True,
            date(2023, 9, 28),
            Why("holiday", {"day": "2023-09-30", "direction": "preceding"}),
        ),
        (date(2026, 10, 1), Roll.NONE, True, date(2026, 10, 1), None),
    ],
)
def test_a_date_on_a_free_day_goes_where_the_policy_says_and_says_why(
    nominal: date, policy: Roll, avoid_makeup: bool, expected: date, why: Why | None
) -> None:
    assert roll(CN, nominal, policy, avoid_makeup) == Rolled(expected, nominal, certain=True, why=why)


@given(OFFICIAL_DAYS, st.booleans())
def test_modified_following_never_leaves_the_month(day: date, avoid_makeup: bool) -> None:
    moved = roll(CN, day, Roll.MODIFIED_FOLLOWING, avoid_makeup).date
    assert (moved.year, moved.month) == (day.year, day.month)


def test_a_month_without_a_working_day_rolls_forward() -> None:
    closed = calendar(holidays=set(days(date(2026, 5, 1), date(2026, 5, 31))))
    assert roll(closed, date(2026, 5, 20), Roll.MODIFIED_FOLLOWING, avoid_makeup=True).date == date(2026, 6, 1)


def test_a_roll_that_looked_into_an_unannounced_year_is_provisional_even_if_it_came_back() -> None:
    until_new_year = CN.with_day(date(2026, 12, 31), DayKind.HOLIDAY)
    moved = roll(until_new_year, date(2026, 12, 31), Roll.MODIFIED_FOLLOWING, avoid_makeup=True)
    assert (moved.date, moved.certain) == (date(2026, 12, 30), False)


# Calendars as an office edits them


def test_a_day_corrected_by_hand_is_no_longer_what_it_was() -> None:
    edited = CN.with_day(date(2026, 9, 20), DayKind.HOLIDAY).with_day(date(2026, 10, 7), DayKind.WORKDAY)
    edited = edited.with_day(date(2026, 11, 1), DayKind.MAKEUP).with_day(date(2026, 10, 10), DayKind.WEEKEND)
    assert edited.kind(date(2026, 9, 20)) is DayKind.HOLIDAY
    assert edited.kind(date(2026, 10, 7)) is DayKind.WORKDAY
    assert edited.kind(date(2026, 11, 1)) is DayKind.MAKEUP
    assert edited.kind(date(2026, 10, 10)) is DayKind.WEEKEND
    assert CN.kind(date(2026, 9, 20)) is DayKind.MAKEUP


def test_a_years_schedule_takes_the_place_of_all_that_was_known_of_the_year_and_of_no_other() -> None:
    new_year = [date(2026, 12, 31), date(2027, 1, 1)]
    announced = CN.with_year(2027, holidays=new_year, makeups=[date(2027, 1, 9)], official=True)
    assert announced.kind(date(2027, 2, 9)) is DayKind.WORKDAY
    assert announced.kind(date(2027, 1, 9)) is DayKind.MAKEUP
    assert announced.kind(date(2026, 12, 31)) is DayKind.HOLIDAY
    assert announced.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    # 31 December is off now, so that eleven working days end a day later
    assert add_workdays(announced, date(2026, 12, 17), 11) == DueDay(date(2027, 1, 5), certain=True)


def test_a_year_that_is_only_expected_is_not_certain() -> None:
    expected = CN.with_year(2026, holidays=[date(2026, 1, 1)], makeups=[], official=False)
    assert not expected.is_certain(date(2026, 5, 1))
    assert expected.is_certain(date(2025, 5, 1))


def test_a_calendar_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="weekend"):
        WorkCalendar("XX", frozenset(), frozenset(), frozenset(), weekend=frozenset(range(7)))
    with pytest.raises(ValueError, match="at once"):
        calendar(holidays={date(2026, 5, 9)}, makeups={date(2026, 5, 9)})


# Regions


def test_england_has_its_bank_holidays_and_their_substitute_days() -> None:
    assert ENGLAND.kind(date(2026, 4, 3)) is DayKind.HOLIDAY  # Good Friday
    assert ENGLAND.kind(date(2026, 8, 31)) is DayKind.HOLIDAY  # not in Scotland
    assert ENGLAND.kind(date(2026, 12, 28)) is DayKind.HOLIDAY  # for Boxing Day, a Saturday
    assert ENGLAND.kind(date(2022, 9, 19)) is DayKind.HOLIDAY  # the State Funeral
    assert region_calendar("GB-SCT").kind(date(2026, 8, 31)) is DayKind.WORKDAY
    assert add_workdays(ENGLAND, date(2026, 4, 9), -5) == DueDay(date(2026, 3, 31), certain=True)
    assert not ENGLAND.makeups


def test_days_are_counted_alike_over_the_nights_when_england_changes_its_clocks() -> None:
    assert add_workdays(ENGLAND, date(2026, 3, 27), 1).date == date(2026, 3, 30)
    assert add_workdays(ENGLAND, date(2026, 10, 26), -1).date == date(2026, 10, 23)


def test_another_region_is_certain_up_to_its_last_announced_year() -> None:
    assert ENGLAND.is_certain(date(2027, 12, 31))
    assert not ENGLAND.is_certain(date(2030, 1, 1))
    emirates = region_calendar("AE")
    assert emirates.is_certain(date(2025, 6, 2))
    assert not emirates.is_certain(date(2027, 3, 9))


def test_a_past_year_of_which_only_estimates_are_known_is_provisional() -> None:
    assert not region_calendar("BF").is_certain(date(2012, 8, 20))
    assert region_calendar("BF").is_certain(date(2016, 8, 22))


def test_another_region_may_have_makeup_days_too() -> None:
    assert region_calendar("HU").kind(date(2024, 12, 7)) is DayKind.MAKEUP


@pytest.mark.parametrize(
    "region", ["", "XX", "cn", "CN-11-2", "GB-ZZZ", "GB\n", "../CN", "GB-ENG; DROP", "\uff23\uff2e"]
)
def test_an_unknown_region_is_refused_by_name(region: str) -> None:
    with pytest.raises(UnknownRegion) as refused:
        region_calendar(region)
    assert refused.value.region == region


def test_a_calendar_is_built_once() -> None:
    assert region_calendar("CN") is CN
