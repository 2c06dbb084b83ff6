"""The words an officer reads: translations, and dates, times and sums as Chinese offices write them.

Everything here is pure but for the catalogue, which is read once per process. A *day* is a `date`; an *instant* is an
aware `datetime` in any zone (UTC from the database); a *wall time* is a naive `datetime` as the clock on the wall of
`zone` shows it (how a meeting is stored). Every function that takes a `Moment` accepts instants and wall times: an
instant is turned into the zone's wall time, a wall time is taken as it stands.
"""

import gettext
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from markupsafe import escape

from liaison.errors import N_ as N_
from liaison.paths import data_dir

DOMAIN = "liaison"
SOURCE_LOCALE = "en"
LOCALES = ("zh_CN", "en")
LANGUAGE_TAGS = {"zh_CN": "zh-CN", "en": "en"}
LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}

Day = date
Moment = datetime  # an instant (aware) or a wall time (naive)


# --- which language -------------------------------------------------------------------------------------------------


def known_locale(tag: str | None) -> str | None:
    """Our locale for a language tag in any of its spellings (zh, zh_Hans, zh-CN, zh_HK, en-GB), or None.

    Readers of any Chinese are served in zh_CN rather than in English.
    """
    primary = (tag or "").strip().lower().replace("_", "-").split("-")[0]
    return {"zh": "zh_CN", "en": "en"}.get(primary)


def negotiate(accept_language: str | None) -> str | None:
    """The reader's preferred locale of ours from an Accept-Language header, or None if it names none of them."""
    wanted: list[tuple[float, str]] = []
    for entry in (accept_language or "")[:1000].split(","):
        tag, _, weight = entry.partition(";")
        locale = known_locale(tag)
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if locale is not None and quality > 0:
            wanted.append((quality, locale))
    return max(wanted, key=lambda choice: choice[0])[1] if wanted else None


# --- translations ---------------------------------------------------------------------------------------------------


@cache
def translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of one locale, read once. KeyError for a locale we do not have."""
    if locale not in LOCALES:
        raise KeyError(locale)
    if locale == SOURCE_LOCALE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, data_dir("locale"), [locale])


def gettext_for(locale: str) -> Callable[[str], str]:
    """The plain translating function of one locale."""
    return translations(locale).gettext


def _filled(text: str, params: dict[str, object]) -> str:
    """`text` with its %(name)s filled in; becomes Markup, safely, as soon as one parameter is Markup."""
    if not params:
        return text
    if any(hasattr(value, "__html__") for value in params.values()):
        return escape(text) % params
    return text % params


# --- time -----------------------------------------------------------------------------------------------------------


def wall_time(moment: Moment, zone: str) -> datetime:
    """What the clock on the wall of `zone` shows at `moment`, as an aware datetime of that zone."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(ZoneInfo(zone))


def local_date(day: Day | Moment, zone: str) -> date:
    """The day itself, or the day a moment falls on in `zone`."""
    return wall_time(day, zone).date() if isinstance(day, datetime) else day


def utc_offset(moment: Moment, zone: str) -> str:
    """The zone's distance from UTC at that moment: UTC+8, UTC+5:30, UTC−5, UTC+0."""
    offset = wall_time(moment, zone).utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


@dataclass(frozen=True, slots=True)
class Patterns:
    """How one language writes dates. Babel's skeletons are not used: some that we need raise KeyError for zh_CN."""

    day: str  # within a known year
    day_year: str
    month_year: str
    weekday_day: str
    weekday_day_year: str
    long_day: str
    clock: str  # joins a day and a time
    until: str  # joins start and end
    since: str  # an open end
    in_zone: str
    weekday_day_word: str  # with 今天, 明天, 昨天
    zone: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]  # Monday first
    long_weekdays: tuple[str, ...]


PATTERNS = {
    "zh_CN": Patterns(
        day="{month}{d.day}日",
        day_year="{d.year}年{month}{d.day}日",
        month_year="{d.year}年{month}",
        weekday_day="{month}{d.day}日（{weekday}）",
        weekday_day_year="{d.year}年{month}{d.day}日（{weekday}）",
        long_day="{d.year}年{month}{d.day}日（{long_weekday}）",
        clock="{day}{time}",
        until="{start}—{end}",
        since="{start}起",
        in_zone="{span}，{zone}",
        weekday_day_word="{month}{d.day}日（{weekday}，{word}）",
        zone="{name}（{offset}）",
        months=tuple(f"{n}月" for n in range(1, 13)),
        weekdays=tuple(f"周{n}" for n in "一二三四五六日"),
        long_weekdays=tuple(f"星期{n}" for n in "一二三四五六日"),
    ),
    "en": Patterns(
        day="{d.day} {month}",
        day_year="{d.day} {month} {d.year}",
        month_year="{month} {d.year}",
        weekday_day="{weekday} {d.day} {month}",
        weekday_day_year="{weekday} {d.day} {month} {d.year}",
        long_day="{long_weekday} {d.day} {long_month} {d.year}",
        clock="{day}, {time}",
        until="{start}–{end}",
        since="from {start}",
        in_zone="{span}, {zone}",
        weekday_day_word="{weekday} {d.day} {month} ({word})",
        zone="{name} ({offset})",
        months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        long_weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ),
}
LONG_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NUMERALS: tuple[str, ...] = ("", *"一二三四五六七八九")
BEIJING_ZONES = {"Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC"}


# --- what a page or a mail speaks with -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """One reader's language and zone: every page and mail words its texts, dates and sums through one of these.

    `timezone` is the zone in which instants are shown unless a call names another (a meeting names its own).
    `today` lets short forms leave out the current year and name 今天 and 明天; without it the year always stands.
    """

    locale: str
    timezone: str
    today: Day | None = None

    # texts

    def _(self, message: str, /, **params: object) -> str:
        """The translated text, its %(name)s filled in."""
        return _filled(translations(self.locale).gettext(message), params)

    def ngettext(self, singular: str, plural: str, n: int, /, **params: object) -> str:
        """The translated text for `n` things; %(n)d is filled in without being passed."""
        return _filled(translations(self.locale).ngettext(singular, plural, n), {"n": n, **params})

    def pgettext(self, context: str, message: str, /, **params: object) -> str:
        """The translated text of a word that has several meanings in English, told apart by `context`."""
        return _filled(translations(self.locale).pgettext(context, message), params)

    @property
    def lang(self) -> str:
        """The value of the lang attribute: zh-CN, en."""
        return LANGUAGE_TAGS[self.locale]

    def numbered(self, n: int, text: str) -> str:
        """A heading of the first level: 一、… · 1. …"""
        return f"{_numeral(n)}、{text}" if self.locale == "zh_CN" else f"{n}. {text}"

    # days

    def date(self, day: Day | Moment) -> str:
        """2026年3月18日 · 18 Mar 2026"""
        return self._write(PATTERNS[self.locale].day_year, local_date(day, self.timezone))

    def short_date(self, day: Day | Moment, today: Day | None = None, *, zone: str | None = None) -> str:
        """3月18日（周三） · Wed 18 Mar; with its year unless that is the year of `today`"""
        patterns = PATTERNS[self.locale]
        day = local_date(day, zone or self.timezone)
        return self._write(patterns.weekday_day if self._same_year(day, today) else patterns.weekday_day_year, day)

    def full_date(self, day: Day | Moment) -> str:
        """2026年3月18日（星期三） · Wednesday 18 March 2026"""
        return self._write(PATTERNS[self.locale].long_day, local_date(day, self.timezone))

    def plain_date(self, day: Day | Moment, today: Day | None = None) -> str:
        """3月18日 · 18 Mar: for tables and tags; with its year unless that is the year of `today`"""
        patterns = PATTERNS[self.locale]
        day = local_date(day, self.timezone)
        return self._write(patterns.day if self._same_year(day, today) else patterns.day_year, day)

    def month(self, day: Day) -> str:
        """2026年3月 · Mar 2026"""
        return self._write(PATTERNS[self.locale].month_year, day)

    def month_name(self, day: Day) -> str:
        """3月 · Mar"""
        return PATTERNS[self.locale].months[day.month - 1]

    def weekday(self, day: Day) -> str:
        """周三 · Wed"""
        return PATTERNS[self.locale].weekdays[day.weekday()]

    def dates(self, first: Day, last: Day | None = None) -> str:
        """2025年3月1日—2026年12月31日, or 2025年3月1日起 without a last day (which is included)"""
        patterns = PATTERNS[self.locale]
        if last is None:
            return patterns.since.format(start=self.date(first))
        return patterns.until.format(start=self.date(first), end=self.date(last))

    # relative words: only ever beside the absolute ones

    def day_word(self, day: Day | Moment, today: Day | None = None) -> str:
        """今天, 明天, 昨天, or nothing"""
        today = today or self.today
        if today is None:
            return ""
        distance = (local_date(day, self.timezone) - today).days
        return {0: self._("today"), 1: self._("tomorrow"), -1: self._("yesterday")}.get(distance, "")

    def near_date(self, day: Day | Moment, today: Day | None = None) -> str:
        """11月24日（周二，明天） · Tue 24 Nov (tomorrow); as `short_date` where no such word applies"""
        word = self.day_word(day, today)
        if not word:
            return self.short_date(day, today)
        return self._write(PATTERNS[self.locale].weekday_day_word, local_date(day, self.timezone), word=word)

    def days(self, n: int) -> str:
        """3天 · 3 days"""
        return self.ngettext("%(n)d day", "%(n)d days", n)

    def in_days(self, day: Day | Moment, today: Day | None = None) -> str:
        """今天, 明天, 昨天, 4天后, 2天前; nothing where today is not known"""
        today = today or self.today
        if today is None:
            return ""
        distance = (local_date(day, self.timezone) - today).days
        if word := self.day_word(day, today):
            return word
        if distance > 0:
            return self.ngettext("in %(n)d day", "in %(n)d days", distance)
        return self.ngettext("%(n)d day ago", "%(n)d days ago", -distance)

    # times

    def time(self, moment: Moment, zone: str | None = None) -> str:
        """14:30"""
        return f"{wall_time(moment, zone or self.timezone):%H:%M}"

    def moment(self, moment: Moment, today: Day | None = None, *, zone: str | None = None) -> str:
        """3月18日（周三）14:30 · Wed 18 Mar, 14:30"""
        day = self.short_date(moment, today, zone=zone)
        return PATTERNS[self.locale].clock.format(day=day, time=self.time(moment, zone))

    def times(self, start: Moment, end: Moment, zone: str | None = None) -> str:
        """14:30—16:30 · 14:30–16:30: where the day is known already"""
        return self._until(self.time(start, zone), start, end, zone)

    def span(
        self, start: Moment, end: Moment | None = None, today: Day | None = None, *, zone: str | None = None
    ) -> str:
        """3月18日（周三）14:30—16:30 · Wed 18 Mar, 14:30–16:30

        An end on another day is written with its day. `zone` is the meeting's own zone.
        """
        return self._until(self.moment(start, today, zone=zone), start, end, zone)

    def full_span(
        self, start: Moment, end: Moment | None = None, *, zone: str | None = None, named_zone: bool = True
    ) -> str:
        """2026年11月27日（星期五）14:30—16:30，北京时间（UTC+8）: the form that mails carry; the zone once a mail"""
        patterns = PATTERNS[self.locale]
        day = self.full_date(wall_time(start, zone or self.timezone).date())
        first = patterns.clock.format(day=day, time=self.time(start, zone))
        span = self._until(first, start, end, zone)
        return patterns.in_zone.format(span=span, zone=self.zone(start, zone)) if named_zone else span

    def zone(self, moment: Day | Moment, zone: str | None = None) -> str:
        """北京时间（UTC+8） · Beijing time (UTC+8); other zones by their name: Europe/London（UTC+1）

        The offset is that at `moment`; of a day, that at its noon.
        """
        zone = zone or self.timezone
        moment = moment if isinstance(moment, datetime) else datetime.combine(moment, time(12))
        if zone == "UTC":
            return zone
        name = self._("Beijing time") if zone in BEIJING_ZONES else zone.replace("_", " ")
        return PATTERNS[self.locale].zone.format(name=name, offset=utc_offset(moment, zone))

    def iso(self, moment: Day | Moment, zone: str | None = None) -> str:
        """The datetime attribute of <time>: 2026-11-27T14:30+08:00, 2026-11-27"""
        if isinstance(moment, datetime):
            return wall_time(moment, zone or self.timezone).isoformat(timespec="minutes")
        return moment.isoformat()

    # inner workings

    def _write(self, pattern: str, day: Day, **more: str) -> str:
        patterns = PATTERNS[self.locale]
        return pattern.format(
            d=day,
            month=patterns.months[day.month - 1],
            long_month=LONG_MONTHS[day.month - 1],
            weekday=patterns.weekdays[day.weekday()],
            long_weekday=patterns.long_weekdays[day.weekday()],
            **more,
        )

    def _same_year(self, day: Day, today: Day | None) -> bool:
        today = today or self.today
        return today is not None and day.year == today.year

    def _until(self, first: str, start: Moment, end: Moment | None, zone: str | None) -> str:
        if end is None:
            return first
        starts, ends = (wall_time(moment, zone or self.timezone).date() for moment in (start, end))
        last = self.time(end, zone) if starts == ends else self.moment(end, starts, zone=zone)
        return PATTERNS[self.locale].until.format(start=first, end=last)


def _numeral(n: int) -> str:
    """十二 for 12, up to 99; what lies beyond stays in digits."""
    tens, ones = divmod(n, 10)
    if not 0 < n < 100:
        return str(n)
    return (("" if tens == 1 else NUMERALS[tens]) + "十" if tens else "") + NUMERALS[ones]
