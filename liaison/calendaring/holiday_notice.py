"""A year's holiday schedule as the State Council publishes it, read into days: what is off, and which weekend days are worked.

Nothing is guessed and nothing dropped: a date whose weekday or whose count of days is not as written, and a sentence with dates that says
neither 放假 nor 上班, is refused with its line, because one wrong digit would move deadlines of a whole year."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from liaison.calendaring.workdays import ONE_DAY, WEEKEND, DayKind
from liaison.errors import Message
from liaison.i18n import N_

WEEKDAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
LONGEST_SPAN: Final = 31
"""Days: no holiday is as long, so that a range with a wrong month is seen."""
NO_DAY: Final = N_("No day off was found in this text.")
TWICE: Final = N_("%(day)s is said to be off and to be worked.")
NOT_A_WEEKEND: Final = N_(
    "%(day)s is a %(weekday)s, which is worked anyway: only a day of the weekend is worked in return."
)
OUTSIDE: Final = N_("%(day)s does not belong to a schedule of %(year)s.")
NO_YEAR: Final = N_("The text does not say for which year it is. Please give the year.")


@dataclass(frozen=True, slots=True)
class GivenDay:
    """One day of a schedule: off (`holiday`) or a weekend day worked in return (`makeup`), and the holiday it belongs to."""

    on: dt.date
    kind: DayKind
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days of one year's schedule, by date; some may lie in the December before, or in the January after."""

    year: int
    days: tuple[GivenDay, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line (from 1; 0: in the whole text), the words concerned, and why."""

    line: int
    words: str
    message: Message


class ScheduleRefused(ValueError):
    """A schedule that is not taken; every line that is wrong is named."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__([(each.line, each.message.msgid) for each in problems])
        self.problems = problems


@dataclass(slots=True)
class Gathered:
    """Days as they are found, and what is wrong with them."""

    year: int
    weekend: frozenset[int] = WEEKEND
    days: dict[dt.date, GivenDay] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, words: str, msgid: str, **params: Any) -> None:
        self.problems.append(Problem(line, words, Message(msgid, params)))

    def add(self, line: int, words: str, day: GivenDay) -> None:
        """Take one day, unless it cannot be."""
        on = day.on
        if not dt.date(self.year - 1, 12, 1) <= on < dt.date(self.year + 1, 2, 1):
            self.refuse(line, words, OUTSIDE, day=on, year=self.year)
        elif day.kind is DayKind.MAKEUP and on.weekday() not in self.weekend:
            self.refuse(line, words, NOT_A_WEEKEND, day=on, weekday=Message(WEEKDAYS[on.weekday()]))
        elif on in self.days and self.days[on].kind is not day.kind:
            self.refuse(line, words, TWICE, day=on)
        else:
            self.days.setdefault(on, day)

    def done(self) -> Schedule:
        """Raises ScheduleRefused."""
        if not self.problems and not any(day.kind is DayKind.HOLIDAY for day in self.days.values()):
            self.refuse(0, "", NO_DAY)
        if self.problems:
            raise ScheduleRefused(self.problems)
        return Schedule(self.year, tuple(self.days[on] for on in sorted(self.days)))


def parse_notice(text: str, *, year: int | None = None, weekend: frozenset[int] = WEEKEND) -> Schedule:
    """The days that the text of a notice names. `year` is needed only where no title names it. Raises ScheduleRefused.

    Full-width and half-width digits, ranges over months and years, several days in a sentence, 与周末连休, 调休 and numbering are understood."""
    lines = [re.sub(r"[ \t\u3000]+", "", unicodedata.normalize("NFKC", line)) for line in text.splitlines()]
    titled = next((int(found[1]) for line in lines if (found := _TITLE.search(line))), None)
    gathered = Gathered(known_year(year or titled), weekend)
    if year is not None and titled not in (None, year):
        number = next(n for n, line in enumerate(lines, 1) if _TITLE.search(line))
        gathered.refuse(number, lines[number - 1], N_("The text is about %(titled)s, not about %(year)s."), titled=titled, year=year)  # fmt: skip
    name = None
    for number, line in enumerate(lines, 1):
        for sentence in re.split("[。;]", line):
            if found := _NAME.match(sentence):
                name = found[1]
            if _DATE.search(sentence) and (_SAYS.search(sentence) or not _SIGNED.fullmatch(sentence)):
                _read(gathered, number, sentence, name)
    return gathered.done()


def known_year(year: int | None) -> int:
    """The year, if there is one that can have a schedule. Raises ScheduleRefused."""
    if year is None or not 1949 <= year < 2200:
        raise ScheduleRefused([Problem(0, "", Message(NO_YEAR))])
    return year


_TITLE = re.compile(r"(\d{4})年[^。,;:\d]*(?:节假日|假期|放假)")
_NAME = re.compile(r"(?:[一二三四五六七八九十]+、|\(?[一二三四五六七八九十\d]+[).、])?([^\d:。,、]{1,20}):")
_DATE = re.compile(r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?:\((?P<note>[^()]*)\))?")
_SIGNED = re.compile(r"[^\d]*\d{4}年\d{1,2}月\d{1,2}日(?:印发)?")
_SAYS = re.compile("放假|连休|调休|公休|休息|补休|上班|补班")
_TOKEN = re.compile(
    _DATE.pattern
    + r"|(?P<to>[至到—–~-]+)(?=\d)"
    + r"|(?P<worked>(?:调休|正常|照常)*上班|补班|补休上班)"
    + r"|(?P<off>放假|连休|调休|公休|休息|补休)"
    + r"|共(?P<all>\d{1,4}|[一二三四五六七八九十]+)天"
    + r"|(?P<n>\d{1,4}|[一二三四五六七八九十]+)天"
)
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_NUMBERS: Final[Mapping[str, int]] = {word: n for n, word in enumerate("一二三四五六七八九十", 1)}


def _read(gathered: Gathered, line: int, sentence: str, name: str | None) -> None:
    """One sentence: dates wait until a word says what they are; a count is compared with the days off before it."""
    waiting: list[list[dt.date]] = []
    off: list[dt.date] = []
    last_off: list[dt.date] = []
    before: _Read | None = None
    spans = False
    for token in _TOKEN.finditer(sentence):
        if token["day"]:
            read = _date(gathered, line, token, before)
            if read is None:
                return
            if spans and before is not None and waiting:
                waiting[-1] = _span(gathered, line, token[0], before, read)
                if not waiting[-1]:
                    return
            else:
                waiting.append([read.on])
            before, spans = read, False
        elif token["to"]:
            spans = bool(waiting)
        elif token["worked"] or token["off"]:
            kind = DayKind.MAKEUP if token["worked"] else DayKind.HOLIDAY
            days = [day for span in waiting for day in span]
            for day in days:
                gathered.add(line, sentence, GivenDay(day, kind, name))
            if kind is DayKind.HOLIDAY and days:
                last_off = days
                off += days
            waiting = []
        elif off:
            said, among = (token["all"], off) if token["all"] else (token["n"], last_off)
            if _number(said) not in (len(set(among)), len(set(last_off))):
                gathered.refuse(line, sentence, N_("The text says %(said)s days, but the dates are %(count)s."), said=_number(said), count=len(set(among)))  # fmt: skip
    if waiting:
        gathered.refuse(line, sentence, N_("This does not say whether these days are off or worked."))


@dataclass(frozen=True, slots=True)
class _Read:
    """A date as it was read, and whether its year was written, here or earlier in the sentence."""

    on: dt.date
    year_written: bool
    weekday: int | None


def _date(gathered: Gathered, line: int, token: re.Match[str], before: _Read | None) -> _Read | None:
    """The date of a token; what it leaves out is that of the date before it. None, and refused, where there is no such date."""
    year_written = token["year"] is not None or (before is not None and before.year_written)
    year = int(token["year"]) if token["year"] else before.on.year if before else gathered.year
    month = int(token["month"]) if token["month"] else before.on.month if before else 0
    if (
        before
        and not token["year"]
        and token["month"]
        and (month, int(token["day"])) < (before.on.month, before.on.day)
    ):
        year += before.year_written and before.on.month - month > 6
    try:
        on = dt.date(year, month, int(token["day"]))
    except ValueError:
        gathered.refuse(line, token[0], N_("There is no such date."))
        return None
    found = _WEEKDAY.findall(token["note"] or "")
    weekday = "一二三四五六日".index(found[-1].replace("天", "日")) if found else None
    read = _Read(on, year_written, weekday)
    # The first of a range that ends in the next year may still lose its year: it is compared once the range is known.
    shifted = _year_earlier(on)
    if weekday is not None and weekday != on.weekday():
        if not (before is None and not year_written and on.month == 12 and shifted.weekday() == weekday):
            _wrong_weekday(gathered, line, token[0], on, weekday)
            return None
        return _Read(shifted, True, weekday)
    return read


def _span(gathered: Gathered, line: int, words: str, first: _Read, last: _Read) -> list[dt.date]:
    """Every day from the one to the other; a notice of a year names the last days of the year before without saying so."""
    start = first.on
    if start > last.on and not first.year_written and start.month == 12:
        start = _year_earlier(start)
        if first.weekday is not None and first.weekday != start.weekday():
            _wrong_weekday(gathered, line, words, start, first.weekday)
            return []
    if not 0 <= (last.on - start).days < LONGEST_SPAN:
        gathered.refuse(line, words, N_("These days do not follow each other: %(first)s, %(last)s."), first=start, last=last.on)  # fmt: skip
        return []
    return [start + n * ONE_DAY for n in range((last.on - start).days + 1)]


def _wrong_weekday(gathered: Gathered, line: int, words: str, on: dt.date, said: int) -> None:
    gathered.refuse(
        line,
        words,
        N_("%(day)s is a %(weekday)s, but the text says %(said)s."),
        day=on,
        weekday=Message(WEEKDAYS[on.weekday()]),
        said=Message(WEEKDAYS[said]),
    )


def _year_earlier(day: dt.date) -> dt.date:
    return day - 365 * ONE_DAY if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _number(text: str) -> int:
    """3, 三, 十, 十一"""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_NUMBERS.get(tens, 1) * 10 if ten else 0) + _NUMBERS.get(ones, 0)
