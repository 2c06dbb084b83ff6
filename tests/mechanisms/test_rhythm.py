"""The promised rhythm against what was arranged, and the pictures that show it and the terms."""

import re
from datetime import date

import pytest

from liaison.accounts.viewer import Membership
from liaison.calendaring.workdays import region_calendar
from liaison.directory.models import Agency
from liaison.i18n import Words
from liaison.mechanisms.charts import Bar, Row, term_chart, year_strip
from liaison.mechanisms.rhythm import StripMark, promised, year_rhythm

TODAY = date(2026, 11, 23)


QUARTERS = [
    StripMark(date(2026, month, day), "联席会议", "promised") for month, day in ((3, 19), (6, 18), (9, 17), (12, 17))
]
LATER = date(2027, 1, 4)


def met(text: str, state: str = "announced", *, activity: bool = False, regular: bool = True) -> StripMark:
    return StripMark(date.fromisoformat(text), "会议", state, "/meetings/1", activity, regular=regular)


@pytest.mark.parametrize(
    ("arranged", "today", "states"),
    [
        ([], date(2025, 12, 1), "open open open open"),
        ([], date(2026, 3, 18), "open open open open"),
        ([], date(2026, 3, 31), "open open open open"),  # the quarter is not over, though its promised day is
        ([], date(2026, 4, 1), "missed open open open"),
        ([], TODAY, "missed missed missed open"),
        ([], LATER, "missed missed missed missed"),
        ([met("2026-03-19", "held"), met("2026-09-10")], TODAY, "kept missed kept open"),
        ([met("2026-12-17")], TODAY, "missed missed missed set"),
        ([met("2026-12-17", "draft")], TODAY, "missed missed missed draft"),
        ([met("2026-11-20", "draft")], TODAY, "missed missed missed open"),  # its day has passed, nobody was told
        ([met("2026-12-17", "postponed")], TODAY, "missed missed missed postponed"),
        ([met("2026-12-17", "postponed")], LATER, "missed missed missed missed"),
        ([met("2026-12-17", "cancelled")], TODAY, "missed missed missed open"),
        ([met("2026-12-17", "cancelled"), met("2026-12-24")], TODAY, "missed missed missed set"),
        ([met("2026-10-12")], TODAY, "missed missed missed kept"),  # moved out of September: it counts where it was
        ([met("2026-11-25"), met("2026-12-20")], TODAY, "missed missed missed set"),
        ([met("2026-12-02", activity=True), met("2026-12-03", regular=False)], TODAY, "missed missed missed open"),
    ],
)
def test_a_meeting_counts_for_the_quarter_of_its_own_date(arranged: list[StripMark], today: date, states: str) -> None:
    found = year_rhythm(QUARTERS, arranged, today)
    assert " ".join(period.state for period in found.periods) == states
    promised = [mark.date for mark in found.marks if mark.state == "promised"]
    unmet = [number for number, state in enumerate(states.split()) if state in ("open", "missed")]
    assert promised == [QUARTERS[number].date for number in unmet]  # the strip draws what the desk names
    assert [mark for mark in found.marks if mark.state != "promised"] == arranged
    assert found.missed == [number + 1 for number in unmet if states.split()[number] == "missed"]


def test_a_meeting_moved_into_the_next_year_leaves_its_quarter_open_and_counts_there() -> None:
    moved = met("2027-01-01")
    assert year_rhythm(QUARTERS, [], TODAY).periods[3].state == "open"
    next_year = [StripMark(date(2027, 3, 18), "联席会议", "promised")]
    found = year_rhythm(next_year, [moved], TODAY)
    assert [(period.number, period.state) for period in found.periods] == [(1, "set")]


def test_more_than_one_promise_a_month_needs_as_many_meetings() -> None:
    twice = [StripMark(date(2026, 12, day), "例会", "promised") for day in (3, 17)]
    assert year_rhythm(twice, [met("2026-12-03")], TODAY).periods[0].due == (twice[1],)
    assert year_rhythm(twice, [met("2026-12-03"), met("2026-12-17")], TODAY).periods[0].state == "set"


def test_nothing_is_missed_where_nothing_was_promised() -> None:
    assert year_rhythm([], [met("2026-12-17")], TODAY).periods == ()


def test_an_agency_is_shown_no_promise_from_before_it_joined() -> None:
    class Rule:
        name, rrule, starts_on, roll, avoid_makeup = "例会", "FREQ=MONTHLY", date(2026, 1, 15), "none", False

    found = promised([Rule], region_calendar("CN"), 2026, [Membership(date(2026, 3, 1), date(2026, 6, 1))])
    assert [mark.date.month for mark in found] == [3, 4, 5]


def test_meetings_close_together_are_all_dated() -> None:
    words = Words("zh_CN", "Asia/Shanghai", TODAY)
    close = [met(f"2026-12-{day:02}") for day in (1, 3, 17)]
    drawn = year_strip(words, 2026, TODAY, close)
    assert all(f">12/{day}<" in drawn for day in (1, 3, 17))


AGENCY = Agency(id=1, short_name="区<检>院", name="x", sort_order=1)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_charts_are_one_labelled_image_without_inline_style_and_escape_names(locale: str) -> None:
    words = Words(locale, "Asia/Shanghai", TODAY)
    marks = [StripMark(date(2026, 3, 19), "<b>", "held"), *QUARTERS]
    bars = [
        Bar(date(2022, 5, 18), date(2026, 12, 31), "周<敏>", "office"),
        Bar(date(2026, 12, 31), None, "空缺", "gap"),
    ]
    for svg in (year_strip(words, 2026, TODAY, marks), term_chart(words, [Row(AGENCY, "联络员", bars)], TODAY)):
        assert re.match(r'<svg [^>]*role="img" aria-label="[^"]+"', svg)
        assert "style=" not in svg
        assert "<b>" not in svg
        assert "<敏>" not in svg
        assert "<检>" not in svg


def test_a_chart_without_rows_or_marks_is_calm() -> None:
    words = Words("zh_CN", "Asia/Shanghai", TODAY)
    assert "circle" not in year_strip(words, 2026, TODAY, [])
    assert "<rect" not in term_chart(words, [], TODAY)


@pytest.mark.parametrize("year", [1999, 2026, 2199])
def test_the_strip_draws_any_year(year: int) -> None:
    words = Words("en", "UTC", TODAY)
    assert year_strip(words, year, TODAY, [StripMark(date(year, 12, 31), "x", "announced")]).count("<circle") == 1


def test_the_kind_of_a_meeting_stands_over_its_mark_where_there_is_room() -> None:
    words = Words("zh_CN", "Asia/Shanghai", TODAY)
    days = [date(2026, 3, 19), date(2026, 4, 2), date(2026, 8, 20)]
    marks = [StripMark(day, "x", "held", kind="Regular meeting") for day in days]
    drawn = year_strip(words, 2026, date(2026, 8, 22), marks)
    assert drawn.count(">例会</text>") == 1, "not beside another one, nor at the line of today"
