"""The promised rhythm against what was arranged, and the pictures that show it and the terms."""

import re
from datetime import date

import pytest

from liaison.directory.models import Agency
from liaison.i18n import Words
from liaison.mechanisms.charts import Bar, Row, term_chart, year_strip
from liaison.mechanisms.rhythm import StripMark, missed_quarters, with_promised

TODAY = date(2026, 11, 23)


def promised(month: int, day: int = 18) -> StripMark:
    return StripMark(date(2026, month, day), "联席会议", "promised")


def met(month: int, state: str = "held", day: int = 18, *, activity: bool = False) -> StripMark:
    return StripMark(date(2026, month, day), "会议", state, "/meetings/1", activity)


def test_a_quarter_without_the_promised_meeting_is_missed_once_it_is_over() -> None:
    marks = [met(3), promised(6), promised(9), promised(12)]
    assert missed_quarters(marks, TODAY) == [2, 3]
    assert missed_quarters(marks, date(2027, 1, 4)) == [2, 3, 4]
    assert missed_quarters(marks, date(2025, 12, 1)) == []


@pytest.mark.parametrize("state", ["cancelled", "postponed", "draft"])
def test_what_was_called_off_or_never_announced_keeps_no_promise(state: str) -> None:
    assert missed_quarters([met(3, state)], TODAY) == [1]


def test_an_activity_keeps_no_promise() -> None:
    assert missed_quarters([met(2, activity=True), promised(3)], TODAY) == [1]


def test_a_meeting_elsewhere_in_the_quarter_keeps_the_promise() -> None:
    assert missed_quarters([met(2), promised(3)], TODAY) == []


def test_nothing_is_missed_where_nothing_was_promised() -> None:
    assert missed_quarters([], TODAY) == []


def test_a_promised_date_is_answered_by_the_meeting_that_moved_away_from_it() -> None:
    marks = with_promised([met(9, day=24)], [promised(9), promised(12)], {date(2026, 9, 18)})
    assert [(mark.date.month, mark.state) for mark in marks] == [(9, "held"), (12, "promised")]


AGENCY = Agency(id=1, short_name="区<检>院", name="x", sort_order=1)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_charts_are_one_labelled_image_without_inline_style_and_escape_names(locale: str) -> None:
    words = Words(locale, "Asia/Shanghai", TODAY)
    marks = [StripMark(date(2026, 3, 19), "<b>", "held"), promised(6)]
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
