"""Holiday schedules as people paste them: notices in the manner of the State Council's, and tables."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.calendaring import cn_days
from liaison.calendaring.holiday_notice import GivenDay, Schedule, ScheduleRefused, parse_notice
from liaison.calendaring.holiday_table import decoded, parse_schedule
from liaison.calendaring.workdays import DayKind, shipped_calendar
from liaison.errors import Message

CN = shipped_calendar("CN")
WEEKDAYS = "一二三四五六日"
SHIPPED = range(2007, max(cn_days.HOLIDAYS) + 1)
NOTICE_2026 = """关于2026年部分节假日安排的通知

各单位：
　　现将2026年元旦、春节等假期的放假调休日期通知如下。
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共３天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　节假日期间，请妥善安排好值班。

某某机关
2025年11月4日
"""


def days(found: Schedule, kind: DayKind) -> list[date]:
    return [day.on for day in found.days if day.kind is kind]


def shown(found: Schedule) -> str:
    """The days in a few letters: what is off, then what is worked; days of other years with their year."""

    def said(day: date) -> str:
        return f"{day:%m%d}" if day.year == found.year else f"{day:%Y%m%d}"

    return " ".join(map(said, days(found, DayKind.HOLIDAY))) + " | " + " ".join(map(said, days(found, DayKind.MAKEUP)))


def refused(text: str, year: int | None = None) -> list[tuple[int, str]]:
    with pytest.raises(ScheduleRefused) as caught:
        parse_schedule(text, year=year)
    return [(each.line, each.message.worded(str)) for each in caught.value.problems]


def written(year: int, off: list[date], worked: list[date], *, full_width: bool) -> str:
    """The days as a notice says them: runs with weekdays and counts, the days worked in return in one sentence."""
    runs: list[list[date]] = []
    for day in off:
        if runs and runs[-1][-1] + timedelta(days=1) == day:
            runs[-1].append(day)
        else:
            runs.append([day])

    def said(day: date, before: date | None = None) -> str:
        month = "" if before and (before.year, before.month) == (day.year, day.month) else f"{day.month}月"
        named = "" if day.year == (before.year if before else year) else f"{day.year}年"
        return f"{named}{month or f'{day.month}月' if named else month}{day.day}日（周{WEEKDAYS[day.weekday()]}）"

    lines = [f"关于{year}年部分节假日安排的通知"]
    for number, run in enumerate(runs, 1):
        span = said(run[0]) if len(run) == 1 else f"{said(run[0])}至{said(run[-1], run[0])}"
        lines.append(f"　　{number}．节日：{span}放假调休，共{len(run)}天。")
    if worked:
        lines.append("、".join(said(day) for day in worked) + "上班。")
    text = "\n".join(lines)
    return text.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if full_width else text


def test_the_notice_of_2026_names_the_days_that_are_shipped() -> None:
    found = parse_notice(NOTICE_2026)
    assert found.year == 2026
    assert set(days(found, DayKind.HOLIDAY)) == {day for day in CN.holidays if day.year == 2026}
    assert set(days(found, DayKind.MAKEUP)) == {day for day in CN.makeups if day.year == 2026}
    assert {day.name for day in found.days} == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。", 2026, "0101 0102 0103 | 0104"),
        ("元旦: 1月1日(星期四)放假1天。", 2026, "0101 | "),
        ("清明节：4月4日（星期一）放假，与周末连休。", 2016, "0404 | "),
        ("2026年12月31日（周四）至2027年1月3日（周日）放假", 2027, "20261231 0101 0102 0103 | "),
        ("2026年12月31日（周四）至1月3日（周日）放假", 2027, "20261231 0101 0102 0103 | "),
        ("12月31日（周四）至1月3日（周日）放假", 2027, "20261231 0101 0102 0103 | "),
        ("2018年12月30日至2019年1月1日放假调休，共3天。12月29日（星期六）上班。", 2019, "20181230 20181231 0101 | 20181229"),
        ("1月30日至2月2日放假，共四天。", 2020, "0130 0131 0201 0202 | "),
        ("1月24日—30日放假调休，共7天；1月19日（星期日）、2月1日（星期六）上班。", 2020, "0124 0125 0126 0127 0128 0129 0130 | 0119 0201"),
        ("9月3日至5日调休放假，共3天。其中9月3日（星期四）放假，9月4日（星期五）调休，9月6日（星期日）上班。", 2015, "0903 0904 0905 | 0906"),
        ("（三）劳动节：4月29日至5月1日放假公休，共3天，4月28日（星期六）照常上班。", 2018, "0429 0430 0501 | 0428"),
        ("4月5日、6日放假，4月11日和12日补班", 2026, "0405 0406 | 0411 0412"),
    ],
)  # fmt: skip
def test_a_notice_is_read_in_all_the_ways_in_which_it_is_written(text: str, year: int, expected: str) -> None:
    assert shown(parse_schedule(text, year=year)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("放假安排\n元旦：1月1日（周五）放假", [(2, "2026-01-01 is a Thursday, but the text says Friday.")]),
        ("1月1日至3日放假，共4天。", [(1, "The text says 4 days, but the dates are 3.")]),
        ("1月1日放假2天。", [(1, "The text says 2 days, but the dates are 1.")]),
        ("2月30日放假。", [(1, "There is no such date.")]),
        ("5日放假。", [(1, "There is no such date.")]),
        ("5月5日至1日放假。", [(1, "These days do not follow each other: 2026-05-05, 2026-05-01.")]),
        ("元旦放假时间为2026年1月1日", [(1, "This does not say whether these days are off or worked.")]),
        ("5月1日起实行。", [(1, "This does not say whether these days are off or worked.")]),
        ("1月1日放假。1月5日（周一）上班。", [(1, "2026-01-05 is a Monday, which is worked anyway: only a day of the weekend is worked in return.")]),
        ("1月3日放假。1月3日（周六）上班。", [(1, "2026-01-03 is said to be off and to be worked.")]),
        ("2028年5月1日放假。", [(1, "2028-05-01 does not belong to a schedule of 2026.")]),
        ("关于2025年节假日安排的通知\n1月1日放假", [(1, "The text is about 2025, not about 2026.")]),
        ("没有日期。", [(0, "No day off was found in this text.")]),
        ("2026-01-01,上班", [(1, "2026-01-01 is a Thursday, which is worked anyway: only a day of the weekend is worked in return.")]),
        ("日期,类型\n2026-01-01,放假\n2026-13-01,放假\n2026-01-02,也许", [(3, "Please give a date such as 2026-12-17."), (4, "Please say of each day: holiday or makeup (放假 or 上班).")]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert refused(text, 2026) == expected


def test_a_count_of_days_without_end_is_refused_like_any_wrong_one() -> None:
    with pytest.raises(ScheduleRefused):
        parse_notice(f"1月1日（周五）放假，共{'9' * 5000}天。", year=2027)


def test_a_text_that_names_no_year_asks_for_it() -> None:
    assert refused("元旦：1月1日放假。") == [(0, "The text does not say for which year it is. Please give the year.")]


def test_every_wrong_line_is_named_and_weekdays_are_worded_for_the_reader() -> None:
    text = NOTICE_2026.replace("1月4日（周日）", "1月4日（周六）").replace("共５天", "共4天").replace("共7天", "共8天")
    with pytest.raises(ScheduleRefused) as caught:
        parse_notice(text)
    first, second = caught.value.problems
    assert (first.line, second.line) == (5, 11)
    assert first.message.params["weekday"] == Message("Sunday")
    assert first.words == "1月4日(周六)"


@pytest.mark.parametrize("year", SHIPPED)
@pytest.mark.parametrize("full_width", [False, True])
def test_every_shipped_year_written_as_a_notice_reads_back_the_same(year: int, full_width: bool) -> None:
    off = sorted(day for day in CN.holidays if day.year == year)
    worked = sorted(day for day in CN.makeups if day.year == year)
    found = parse_schedule(written(year, off, worked, full_width=full_width))
    assert (days(found, DayKind.HOLIDAY), days(found, DayKind.MAKEUP)) == (off, worked)


@given(
    year=st.integers(2000, 2199),
    starts=st.dictionaries(st.integers(0, 364), st.integers(1, 9), min_size=1, max_size=12),
    more=st.sets(st.integers(0, 364), max_size=12),
    full_width=st.booleans(),
)
def test_any_days_of_a_year_written_as_a_notice_read_back_the_same(
    year: int, starts: dict[int, int], more: set[int], full_width: bool
) -> None:
    first = date(year, 1, 1)
    off = {first + timedelta(days=start + n) for start, length in starts.items() for n in range(length)}
    off = {day for day in off if day.year == year}
    runs = sorted(off)
    worked = sorted({first + timedelta(days=n) for n in more} - off)
    worked = [day for day in worked if day.weekday() > 4]
    if any((runs[n + 30] - runs[n]).days == 30 for n in range(len(runs) - 30)):
        return  # a month without one working day is taken for a slip of the pen
    found = parse_schedule(written(year, runs, worked, full_width=full_width))
    assert (days(found, DayKind.HOLIDAY), days(found, DayKind.MAKEUP)) == (runs, worked)


@given(st.text(alphabet="0123456789年月日周一六至、，。（）放假上班共天节假日:, \n\t", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ScheduleRefused):
        assert parse_schedule(text, year=2026).days


TABLE = "日期,类型,名称\n2026-01-01,放假,元旦\n2026/1/4,调休上班,元旦\n20260501,放假,劳动节\n"
READ = (
    GivenDay(date(2026, 1, 1), DayKind.HOLIDAY, "元旦"),
    GivenDay(date(2026, 1, 4), DayKind.MAKEUP, "元旦"),
    GivenDay(date(2026, 5, 1), DayKind.HOLIDAY, "劳动节"),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "，", ";", "\t"])
def test_a_table_is_read_as_spreadsheets_here_write_it(encoding: str, mark: str) -> None:
    content = TABLE.replace(",", mark).replace("\n", "\r\n").encode(encoding)
    assert parse_schedule(decoded(content)) == Schedule(2026, READ)


def test_a_table_needs_no_headings_and_may_speak_english() -> None:
    assert parse_schedule("2026-01-01, Holiday\n2026-01-04, makeup") == Schedule(
        2026, (GivenDay(date(2026, 1, 1), DayKind.HOLIDAY), GivenDay(date(2026, 1, 4), DayKind.MAKEUP))
    )
