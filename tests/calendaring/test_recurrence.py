"""The rule of a series: what is refused, which days it names, and where they go on free days."""

from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # comes with icalendar; our expansion's check
from hypothesis import given
from hypothesis import strategies as st

from liaison.calendaring.recurrence import PARTS, TIME_PARTS, RuleRefused, dates, next_dates, nominal_dates, parse_rule
from liaison.calendaring.workdays import Roll, region_calendar

CN = region_calendar("CN")
START = date(2018, 1, 1)
THIRD_THURSDAY = parse_rule("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=3TH", starts_on=START)
QUARTER_END = parse_rule("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", starts_on=START)


def quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


# Facts


def test_the_third_thursday_of_the_last_month_of_a_quarter_met_no_holiday_from_2018_to_2026() -> None:
    found = dates(THIRD_THURSDAY, CN, START, date(2026, 12, 31), roll=Roll.FOLLOWING, avoid_makeup=True)
    assert len(found) == 36
    assert all(day.date == day.nominal and day.certain and day.why is None for day in found)
    assert [day.date for day in found[-4:]] == [
        date(2026, 3, 19),
        date(2026, 6, 18),
        date(2026, 9, 17),
        date(2026, 12, 17),
    ]


def test_the_last_day_of_the_quarter_with_following_leaves_its_quarter_10_times_of_36() -> None:
    found = dates(QUARTER_END, CN, START, date(2027, 3, 1), roll=Roll.FOLLOWING, avoid_makeup=False)
    assert len(found) == 36
    assert sum(quarter(day.date) != quarter(day.nominal) for day in found) == 10


@pytest.mark.parametrize("avoid_makeup", [False, True])
def test_the_last_day_of_the_quarter_with_modified_following_never_leaves_it(avoid_makeup: bool) -> None:
    found = dates(QUARTER_END, CN, START, date(2026, 12, 31), roll=Roll.MODIFIED_FOLLOWING, avoid_makeup=avoid_makeup)
    assert len(found) == 36
    assert all(quarter(day.date) == quarter(day.nominal) for day in found)


# What is refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "characters"),
        ("FREQ=DAILY\n", "characters"),
        ("FREQ=DAILY;\x00COUNT=1", "characters"),
        ("FREQ=DAILY COUNT=1", "characters"),
        ("FREQ=DAILY;COUNT=\u0661", "characters"),
        ("RRULE:FREQ=DAILY", "characters"),
        ("FREQ=DAILY;BYDAY=" + "MO," * 200 + "MO", "too_long"),
        ("FREQ=DAILY;", "syntax"),
        ("FREQ", "syntax"),
        ("FREQ=;COUNT=1", "syntax"),
        ("=DAILY", "syntax"),
        ("FREQ=DAILY;FREQ=DAILY", "repeated_part"),
        ("FREQ=DAILY;BYEASTER=1", "unknown_part"),
        ("FREQ=YEARLY;BYWEEKNO=3", "unknown_part"),
        ("FREQ=DAILY;RSCALE=CHINESE", "unknown_part"),
        ("FREQ=DAILY;DTSTART=20260101", "unknown_part"),
        ("COUNT=1", "freq"),
        ("FREQ=HOURLY", "freq"),
        ("FREQ=MINUTELY", "freq"),
        ("FREQ=SECONDLY", "freq"),
        ("FREQ=FORTNIGHTLY", "freq"),
        ("FREQ=DAILY;BYHOUR=9", "time_part"),
        ("FREQ=DAILY;BYMINUTE=0", "time_part"),
        ("FREQ=DAILY;BYSECOND=0", "time_part"),
        ("FREQ=DAILY;INTERVAL=0", "bad_value"),
        ("FREQ=DAILY;INTERVAL=-1", "bad_value"),
        ("FREQ=DAILY;INTERVAL=1001", "bad_value"),
        ("FREQ=DAILY;INTERVAL=" + "9" * 400, "bad_value"),
        ("FREQ=DAILY;INTERVAL=1,2", "bad_value"),
        ("FREQ=DAILY;COUNT=0", "bad_value"),
        ("FREQ=DAILY;COUNT=-3", "bad_value"),
        ("FREQ=DAILY;COUNT=501", "too_many"),
        ("FREQ=DAILY;COUNT=" + "9" * 400, "too_many"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "until_with_count"),
        ("FREQ=DAILY;UNTIL=20260230", "bad_value"),
        ("FREQ=DAILY;UNTIL=20260101T000000Z", "bad_value"),
        ("FREQ=DAILY;UNTIL=2026-01-01", "bad_value"),
        ("FREQ=DAILY;UNTIL=22010101", "out_of_range"),
        ("FREQ=DAILY;UNTIL=18991231", "out_of_range"),
        ("FREQ=DAILY;UNTIL=20171231", "until_before_start"),
        ("FREQ=MONTHLY;BYDAY=TX", "bad_value"),
        ("FREQ=MONTHLY;BYDAY=0TH", "bad_value"),
        ("FREQ=MONTHLY;BYDAY=6TH", "bad_value"),
        ("FREQ=MONTHLY;BYDAY=-6TH", "bad_value"),
        ("FREQ=MONTHLY;BYDAY=3", "bad_value"),
        ("FREQ=MONTHLY;BYDAY=TH,", "bad_value"),
        ("FREQ=MONTHLY;BYDAY=111TH", "bad_value"),
        ("FREQ=YEARLY;BYDAY=54MO", "bad_value"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=10MO", "bad_value"),
        ("FREQ=WEEKLY;BYDAY=3TH", "combination"),
        ("FREQ=DAILY;BYDAY=1MO", "combination"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "combination"),
        ("FREQ=MONTHLY;BYYEARDAY=100", "combination"),
        ("FREQ=YEARLY;BYMONTH=13", "bad_value"),
        ("FREQ=YEARLY;BYMONTH=0", "bad_value"),
        ("FREQ=YEARLY;BYMONTH=-1", "bad_value"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "bad_value"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "bad_value"),
        ("FREQ=YEARLY;BYYEARDAY=367", "bad_value"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "bad_value"),
        ("FREQ=MONTHLY;BYSETPOS=1", "setpos_alone"),
        ("FREQ=WEEKLY;WKST=1", "bad_value"),
    ],
)
def test_a_rule_outside_what_a_series_needs_is_refused(text: str, code: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        parse_rule(text, starts_on=START)
    assert refused.value.code == code


@pytest.mark.parametrize("starts_on", [date(1899, 12, 31), date(2201, 1, 1)])
def test_a_series_starts_between_1900_and_2200(starts_on: date) -> None:
    with pytest.raises(RuleRefused) as refused:
        parse_rule("FREQ=DAILY", starts_on=starts_on)
    assert (refused.value.code, refused.value.params) == ("out_of_range", {"day": starts_on.isoformat()})


PIECES = st.one_of(
    st.builds(
        "{}={}".format,
        st.sampled_from(sorted(PARTS | TIME_PARTS | {"X"})),
        st.text(alphabet="0123456789,+-MOTUWESAFRH", max_size=8),
    ),
    st.text(max_size=5),
)


@given(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), st.lists(PIECES, max_size=3))
def test_any_text_is_a_rule_or_refused(freq: str, pieces: list[str]) -> None:
    text = ";".join([f"FREQ={freq}", *pieces])
    try:
        rule = parse_rule(text, starts_on=START)
    except RuleRefused:
        return
    nominal_dates(rule, START, date(2019, 12, 31))


def test_small_letters_are_read_like_capitals() -> None:
    assert parse_rule("freq=monthly;bymonth=3,6,9,12;byday=3th", starts_on=START) == THIRD_THURSDAY


@pytest.mark.parametrize("freq", ["DAILY", "MONTHLY", "YEARLY"])
@pytest.mark.parametrize("count", ["", ";COUNT=500"])
def test_a_rule_that_never_matches_ends_with_no_dates(freq: str, count: str) -> None:
    rule = parse_rule(f"FREQ={freq};BYMONTH=2;BYMONTHDAY=30{count}", starts_on=START)
    assert nominal_dates(rule, date.min, date.max) == []
    assert next_dates(rule, CN, START, 4, roll=Roll.FOLLOWING, avoid_makeup=True) == []


# The days a rule names


@pytest.mark.parametrize(
    ("text", "starts_on", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=10;COUNT=3", "2026-01-01", "2026-01-01 2026-01-11 2026-01-21"),
        ("FREQ=WEEKLY;UNTIL=20260115", "2026-01-01", "2026-01-01 2026-01-08 2026-01-15"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4",
            "2026-01-06",
            "2026-01-06 2026-01-11 2026-01-20 2026-01-25",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4",
            "2026-01-06",
            "2026-01-06 2026-01-18 2026-01-20 2026-02-01",
        ),
        ("FREQ=MONTHLY;COUNT=3", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2026-01-31", "2026-02-27 2026-03-27"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "2026-01-01", "2026-01-30 2026-02-27 2026-03-31"),
        ("FREQ=MONTHLY;BYDAY=WE,1MO;UNTIL=20260115", "2026-01-01", "2026-01-05 2026-01-07 2026-01-14"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR;COUNT=3", "2026-01-01", "2026-02-13 2026-03-13 2026-11-13"),
        ("FREQ=YEARLY;COUNT=2", "2024-02-29", "2024-02-29 2028-02-29"),
        ("FREQ=YEARLY;BYMONTH=1,7;COUNT=3", "2026-01-15", "2026-01-15 2026-07-15 2027-01-15"),
        ("FREQ=YEARLY;BYYEARDAY=-1,1;COUNT=3", "2026-06-01", "2026-12-31 2027-01-01 2027-12-31"),
        ("FREQ=YEARLY;BYDAY=20MO;COUNT=2", "2026-01-01", "2026-05-18 2027-05-17"),
        ("FREQ=YEARLY;BYDAY=-1SU;COUNT=2", "2026-01-01", "2026-12-27 2027-12-26"),
    ],
)
def test_a_rule_names_the_days_of_rfc_5545(text: str, starts_on: str, expected: str) -> None:
    rule = parse_rule(text, starts_on=date.fromisoformat(starts_on))
    found = nominal_dates(rule, rule.starts_on, date(2030, 12, 31))
    assert " ".join(day.isoformat() for day in found) == expected


def test_a_first_day_that_the_rule_does_not_name_is_no_meeting() -> None:
    rule = parse_rule("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=3TH", starts_on=date(2022, 6, 1))
    assert nominal_dates(rule, date(2022, 1, 1), date(2022, 9, 30)) == [date(2022, 6, 16), date(2022, 9, 15)]


WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
NOT_ZERO = st.integers(-5, 5).filter(bool)


@st.composite
def rule_texts(draw: st.DrawFn) -> str:
    """Rules on which dateutil follows RFC 5545 (it takes BYDAY=WE,1MO as both at once, and BYSETPOS in the first,
    partial week as if the week began with the first day)."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}", f"WKST={draw(WEEKDAYS)}"]
    narrowed = False
    if draw(st.booleans()):
        months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
        parts.append("BYMONTH=" + ",".join(map(str, months)))
    if freq != "WEEKLY" and draw(st.booleans()):
        monthdays = st.integers(-28, 28).filter(bool)  # every month has them: no rule that never matches
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(st.lists(monthdays, min_size=1, max_size=4)))))
        narrowed = True
    if draw(st.booleans()):
        chosen = draw(st.lists(WEEKDAYS, min_size=1, max_size=3, unique=True))
        with_ordinals = freq in ("MONTHLY", "YEARLY") and draw(st.booleans())
        parts.append("BYDAY=" + ",".join(f"{draw(NOT_ZERO)}{day}" if with_ordinals else day for day in chosen))
        narrowed = True
    if narrowed and freq in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(NOT_ZERO)}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    return ";".join(parts)


@given(rule_texts(), st.dates(date(2015, 1, 1), date(2028, 12, 31)), st.integers(0, 3000))
def test_a_rule_names_the_same_days_as_in_dateutil(text: str, starts_on: date, later: int) -> None:
    start, end = starts_on + timedelta(days=later), starts_on + timedelta(days=later + 800)
    theirs = rrulestr(text, dtstart=datetime.combine(starts_on, time()))
    horizon = datetime.combine(end, time())
    expected = [day.date() for day in takewhile(lambda day: day <= horizon, islice(theirs, 5000))]
    ours = nominal_dates(parse_rule(text, starts_on=starts_on), start, end)
    assert ours == [day for day in expected if day >= start]


# The days of a series


def test_a_day_counts_in_the_year_where_it_ends_up() -> None:
    rule = parse_rule("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", starts_on=START)
    found = dates(rule, CN, date(2023, 1, 1), date(2023, 12, 31), roll=Roll.FOLLOWING, avoid_makeup=True)
    assert [(day.nominal, day.date) for day in found] == [(date(2022, 12, 31), date(2023, 1, 3))]
    rule = parse_rule("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", starts_on=START)
    found = dates(rule, CN, date(2025, 1, 1), date(2025, 12, 31), roll=Roll.PRECEDING, avoid_makeup=True)
    assert [(day.nominal, day.date) for day in found] == [(date(2026, 1, 1), date(2025, 12, 31))]


def test_days_that_fall_together_are_one_and_the_unmoved_is_kept() -> None:
    rule = parse_rule("FREQ=DAILY", starts_on=START)
    for policy in (Roll.FOLLOWING, Roll.PRECEDING, Roll.MODIFIED_FOLLOWING):
        found = dates(rule, CN, date(2026, 9, 1), date(2026, 10, 31), roll=policy, avoid_makeup=False)
        assert all(day.date == day.nominal and day.why is None for day in found)
        assert len({day.date for day in found}) == len(found) == 40


@given(
    st.sampled_from(list(Roll)),
    st.booleans(),
    st.dates(date(2019, 1, 1), date(2025, 12, 31)),
    st.integers(0, 200),
    st.sampled_from(["FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5"]),
)
def test_a_window_shows_what_the_whole_series_shows_there(
    policy: Roll, avoid_makeup: bool, start: date, length: int, text: str
) -> None:
    rule, end = parse_rule(text, starts_on=START), start + timedelta(days=length)
    whole = dates(rule, CN, START, date(2026, 12, 31), roll=policy, avoid_makeup=avoid_makeup)
    part = dates(rule, CN, start, end, roll=policy, avoid_makeup=avoid_makeup)
    assert part == [day for day in whole if start <= day.date <= end]
    assert [day.date for day in part] == sorted({day.date for day in part})


def test_dates_in_an_unannounced_year_are_provisional() -> None:
    found = dates(THIRD_THURSDAY, CN, date(2026, 12, 1), date(2027, 4, 1), roll=Roll.FOLLOWING, avoid_makeup=True)
    assert [(day.date, day.certain) for day in found] == [(date(2026, 12, 17), True), (date(2027, 3, 18), False)]


def test_the_next_dates_are_later_than_the_day_and_as_many_as_asked_for() -> None:
    found = next_dates(THIRD_THURSDAY, CN, date(2026, 3, 19), 3, roll=Roll.FOLLOWING, avoid_makeup=True)
    assert [day.date for day in found] == [date(2026, 6, 18), date(2026, 9, 17), date(2026, 12, 17)]


def test_the_next_dates_of_a_rare_rule_are_found_and_of_one_that_ends_are_fewer() -> None:
    rare = parse_rule("FREQ=YEARLY;INTERVAL=100", starts_on=date(2000, 3, 1))
    ended = parse_rule("FREQ=MONTHLY;COUNT=2", starts_on=date(2026, 3, 2))
    for rule, expected in ((rare, [date(2100, 3, 1), date(2200, 3, 1)]), (ended, [date(2026, 4, 2)])):
        found = next_dates(rule, CN, date(2026, 3, 2), 5, roll=Roll.NONE, avoid_makeup=False)
        assert [day.date for day in found] == expected


def test_the_edges_of_the_language_s_calendar_are_no_error() -> None:
    assert next_dates(THIRD_THURSDAY, CN, date.max, 3, roll=Roll.FOLLOWING, avoid_makeup=True) == []
    assert dates(THIRD_THURSDAY, CN, date.max, date.min, roll=Roll.FOLLOWING, avoid_makeup=True) == []
    assert len(dates(THIRD_THURSDAY, CN, date.min, date.max, roll=Roll.FOLLOWING, avoid_makeup=True)) == 183 * 4
    with pytest.raises(ValueError, match="500"):
        next_dates(THIRD_THURSDAY, CN, START, 501, roll=Roll.NONE, avoid_makeup=False)
