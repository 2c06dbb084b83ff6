"""Words and dates as officers read them, in both languages."""

from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from liaison.errors import Message
from liaison.i18n import LOCALES, N_, Words, gettext_for, known_locale, local_date, negotiate, utc_offset, wall_time
from tools import messages

TODAY = date(2026, 11, 23)
ZH = Words("zh_CN", "Asia/Shanghai", TODAY)
EN = Words("en", "Asia/Shanghai", TODAY)
START = datetime.fromisoformat("2026-11-27T14:30")  # on the wall
END = datetime.fromisoformat("2026-11-27T16:30")
START_UTC = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)


def test_the_catalogue_is_complete_without_fuzzy_or_unused_texts_and_its_compiled_form_is_current(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = messages.main(["--check"])
    assert result == 0, capsys.readouterr().out


OTHER_WORDS = (
    ("未答复", ("待回复", "未回复", "请回复", "已回复")),
    ("交回执", ("报送回执", "提交回执", "填写回执", "回执未报", "交回回执")),
    ("不派员", ("不派人",)),
    ("初始设置", ("首次设置", "三步开好")),
    ("新建会议", ("召集会议", "安排新会议")),
    ("落实事项", ("行动事项", "督办")),
)


def test_one_word_for_one_thing_in_the_chinese_catalogue() -> None:
    texts = [form for entry in messages.texts(messages.load("zh_CN")) for form in messages.forms(entry)]
    for word, others in OTHER_WORDS:
        assert not [text for text in texts if any(other in text for other in others)], f"say {word}"


def test_one_word_for_one_thing_in_english() -> None:
    texts = [messages.key_of(entry) for entry in messages.texts(messages.load("zh_CN"))]
    for other in ("New meeting", "Look and send"):
        assert not [text for text in texts if other in text]


@pytest.mark.parametrize("tag", ["zh", "zh_CN", "zh-CN", "zh_Hans", "zh-Hans-CN", "zh_HK", "zh-TW", "ZH-cn"])
def test_every_spelling_of_chinese_is_served_in_chinese(tag: str) -> None:
    assert known_locale(tag) == "zh_CN"


@pytest.mark.parametrize("tag", [None, "", "fr", "x-klingon", "zhuang"])
def test_a_language_we_do_not_have_is_none(tag: str | None) -> None:
    assert known_locale(tag) is None


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("fr-CH, en;q=0.9, zh;q=0.8", "en"),
        ("en;q=0.1, zh-Hans;q=0.2", "zh_CN"),
        ("en;q=0, zh;q=0.1", "zh_CN"),
        ("fr", None),
        ("en;q=nonsense", None),
        (None, None),
    ],
)
def test_the_highest_weight_among_our_languages_wins(header: str | None, locale: str | None) -> None:
    assert negotiate(header) == locale


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ZH,
            [
                "2026年11月27日",
                "11月27日（周五）",
                "2026年11月27日（星期五）",
                "11月27日",
                "2026年11月",
                "周五",
                "11月",
            ],
        ),
        (EN, ["27 Nov 2026", "Fri 27 Nov", "Friday 27 November 2026", "27 Nov", "Nov 2026", "Fri", "Nov"]),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(words: Words, expected: list[str]) -> None:
    forms = [
        words.date,
        words.short_date,
        words.full_date,
        words.plain_date,
        words.month,
        words.weekday,
        words.month_name,
    ]
    assert [form(START.date()) for form in forms] == expected


def test_the_year_stands_unless_it_is_the_current_one() -> None:
    day = date(2027, 3, 18)
    assert ZH.short_date(day) == "2027年3月18日（周四）"
    assert EN.short_date(day) == "Thu 18 Mar 2027"
    assert ZH.short_date(day, date(2027, 1, 1)) == "3月18日（周四）"
    assert Words("zh_CN", "Asia/Shanghai").short_date(day) == "2027年3月18日（周四）"


def test_a_meeting_is_written_with_weekday_and_both_times() -> None:
    assert ZH.span(START, END) == "11月27日（周五）14:30—16:30"
    assert EN.span(START, END) == "Fri 27 Nov, 14:30–16:30"
    assert (ZH.times(START, END), EN.times(START, END)) == ("14:30—16:30", "14:30–16:30")
    assert EN.span(START, END, date(2027, 1, 4)) == "Fri 27 Nov 2026, 14:30–16:30"
    assert ZH.span(START) == ZH.moment(START) == "11月27日（周五）14:30"


def test_an_end_on_another_day_is_written_with_its_day() -> None:
    assert ZH.span(START, datetime.fromisoformat("2026-11-28T09:00")) == "11月27日（周五）14:30—11月28日（周六）09:00"
    over_new_year = ZH.span(datetime.fromisoformat("2026-12-31T09:00"), datetime.fromisoformat("2027-01-01T09:00"))
    assert over_new_year.endswith("—2027年1月1日（周五）09:00")


def test_mails_carry_the_full_date_the_weekday_and_the_zone() -> None:
    assert ZH.full_span(START, END) == "2026年11月27日（星期五）14:30—16:30，北京时间（UTC+8）"
    assert EN.full_span(START, END) == "Friday 27 November 2026, 14:30–16:30, Beijing time (UTC+8)"


def test_instants_are_shown_in_the_readers_zone_and_in_the_meetings_if_one_is_named() -> None:
    london = Words("en", "Europe/London", TODAY)
    assert ZH.span(START_UTC) == ZH.span(START)
    assert london.time(START_UTC) == "06:30"
    assert london.full_span(START_UTC, zone="Asia/Shanghai").endswith("14:30, Beijing time (UTC+8)")
    assert local_date(datetime(2026, 11, 27, 17, 0, tzinfo=UTC), "Asia/Shanghai") == date(2026, 11, 28)
    assert wall_time(START, "Asia/Shanghai") == START_UTC


def test_a_zone_is_named_with_its_offset_at_that_moment() -> None:
    assert ZH.zone(START) == "北京时间（UTC+8）"
    assert ZH.zone(date(2026, 7, 1), "Europe/London") == "Europe/London（UTC+1）"
    assert EN.zone(date(2026, 12, 1), "Europe/London") == "Europe/London (UTC+0)"
    assert utc_offset(START, "America/New_York") == "UTC−5"
    assert utc_offset(START, "Asia/Kolkata") == "UTC+5:30"


def test_relative_words_stand_beside_the_absolute_day() -> None:
    assert ZH.near_date(date(2026, 11, 24)) == "11月24日（周二，明天）"
    assert EN.near_date(date(2026, 11, 22)) == "Sun 22 Nov (yesterday)"
    assert ZH.near_date(date(2026, 11, 27)) == "11月27日（周五）"
    assert [ZH.in_days(date(2026, 11, day)) for day in (21, 22, 23, 24, 27)] == [
        "2天前",
        "昨天",
        "今天",
        "明天",
        "4天后",
    ]
    assert [EN.in_days(date(2026, 11, day)) for day in (21, 27)] == ["2 days ago", "in 4 days"]
    assert Words("zh_CN", "Asia/Shanghai").in_days(TODAY) == ""


def test_numbers_of_days_follow_the_plural_of_the_language() -> None:
    assert (ZH.days(1), ZH.days(3), EN.days(1), EN.days(3)) == ("1天", "3天", "1 day", "3 days")


def test_terms_are_written_with_both_days_or_open() -> None:
    assert ZH.dates(date(2025, 3, 1), date(2026, 12, 31)) == "2025年3月1日—2026年12月31日"
    assert ZH.dates(date(2025, 3, 1)) == "2025年3月1日起"
    assert EN.dates(date(2025, 3, 1)) == "from 1 Mar 2025"


def test_the_datetime_attribute_carries_the_offset() -> None:
    assert ZH.iso(START) == ZH.iso(START_UTC) == "2026-11-27T14:30+08:00"
    assert ZH.iso(TODAY) == "2026-11-23"


def test_parameters_are_filled_in_and_what_is_not_markup_is_escaped_beside_markup() -> None:
    assert EN._("All times are %(zone)s", zone="<b>") == "All times are <b>"
    marked = EN._("All times are %(zone)s", zone=Markup("<time>14:30</time>"))
    assert isinstance(marked, Markup)
    assert marked == "All times are <time>14:30</time>"
    assert EN._("100%") == "100%"


def test_a_context_tells_two_meanings_of_one_word_apart() -> None:
    assert ZH.pgettext("dialog", "Cancel") == "返回"
    assert EN.pgettext("dialog", "Cancel") == "Cancel"


def test_every_locale_has_its_catalogue() -> None:
    assert {locale: gettext_for(locale)(N_("today")) for locale in LOCALES} == {"zh_CN": "今天", "en": "today"}


@pytest.mark.parametrize(
    ("n", "heading"),
    [(1, "一、甲"), (10, "十、甲"), (12, "十二、甲"), (20, "二十、甲"), (99, "九十九、甲"), (100, "100、甲")],
)
def test_headings_of_the_first_level_are_numbered_as_chinese_offices_do(n: int, heading: str) -> None:
    assert Words("zh_CN", "Asia/Shanghai").numbered(n, "甲") == heading
    assert Words("en", "Asia/Shanghai").numbered(n, "A") == f"{n}. A"


def test_several_names_in_a_refusal_are_set_apart_as_the_readers_language_does() -> None:
    message = Message("Not a member any more: %(agencies)s.", {"agencies": ("区司法局", "区民政局")})
    assert "区司法局、区民政局" in message.worded(Words("zh_CN", "Asia/Shanghai", None)._)
    assert "区司法局, 区民政局" in message.worded(Words("en", "Asia/Shanghai", None)._)
