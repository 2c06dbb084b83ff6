"""The days of a series: its recurrence rule (RFC 5545 RRULE) read strictly, and its days moved off free days."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

from liaison.calendaring import workdays
from liaison.calendaring.rule import Freq, Rule, expand
from liaison.calendaring.workdays import ONE_DAY, Roll, Rolled, WorkCalendar

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
LONGEST_TEXT = 500
MOST_DATES = 500
LARGEST_INTERVAL = 1000
WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
TIME_PARTS = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY", "BYSETPOS", "WKST"}
)


class RuleRefused(ValueError):
    """A recurrence rule that is not taken, as code and parameters, worded when shown.

    Codes: `too_long` (limit), `characters`, `syntax` (part), `unknown_part` (part), `repeated_part` (part),
    `time_part` (part), `freq` (value, empty if missing), `bad_value` (part, value), `too_many` (limit),
    `until_with_count`, `until_before_start`, `out_of_range` (day), `combination` (part, freq), `setpos_alone`.
    """

    def __init__(self, code: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(code, dict(params or {}))
        self.code = code
        self.params = dict(params or {})


def parse_rule(text: str, *, starts_on: dt.date) -> Rule:
    """The rule an officer or a file gives for a series, or RuleRefused."""
    if len(text) > LONGEST_TEXT:
        raise RuleRefused("too_long", {"limit": str(LONGEST_TEXT)})
    if not re.fullmatch(r"[A-Za-z0-9=;,+-]+", text):
        raise RuleRefused("characters")
    _check_range(starts_on)
    parts = _split(text.upper())
    freq = _freq(parts)
    rule = Rule(
        text=text.upper(),
        starts_on=starts_on,
        freq=freq,
        interval=_number(parts, "INTERVAL", 1, LARGEST_INTERVAL) or 1,
        count=_count(parts),
        until=_until(parts, starts_on),
        bymonth=frozenset(_numbers(parts, "BYMONTH", 1, 12, signed=False)),
        bymonthday=frozenset(_numbers(parts, "BYMONTHDAY", 1, 31)),
        byyearday=frozenset(_numbers(parts, "BYYEARDAY", 1, 366)),
        byday=_byday(parts, freq),
        bysetpos=tuple(_numbers(parts, "BYSETPOS", 1, 366)),
        wkst=_wkst(parts),
    )
    _check_combination(rule)
    return _completed(rule)


def nominal_dates(rule: Rule, start: dt.date, end: dt.date) -> list[dt.date]:
    """The days the rule itself names between `start` and `end`, both included, free days or not."""
    start, end = max(start, FIRST_DAY), min(end, LAST_DAY)
    return [day for day in expand(rule, start, end) if day >= start]


def dates(
    rule: Rule, calendar: WorkCalendar, start: dt.date, end: dt.date, *, roll: Roll, avoid_makeup: bool
) -> list[Rolled]:
    """The days of the series between `start` and `end` after moving them off free days: sorted, each day once.

    A day counts where it ends up: one that a holiday pushes over New Year belongs to the new year. Where two fall on
    one day, the one that was not moved is kept.
    """
    start, end = max(start, FIRST_DAY), min(end, LAST_DAY)
    if start > end:
        return []
    first = start
    if roll in (Roll.FOLLOWING, Roll.MODIFIED_FOLLOWING):
        # Whatever lies up to the nearest acceptable day before the window cannot be pushed into it.
        first = _acceptable_beside(calendar, start, -1, avoid_makeup) + ONE_DAY
    last = end
    if roll in (Roll.PRECEDING, Roll.MODIFIED_FOLLOWING):
        last = _acceptable_beside(calendar, end, 1, avoid_makeup) - ONE_DAY

    kept: dict[dt.date, Rolled] = {}
    for nominal in nominal_dates(rule, first, last):
        moved = workdays.roll(calendar, nominal, roll, avoid_makeup)
        if start <= moved.date <= end and (moved.date not in kept or moved.why is None):
            kept[moved.date] = moved
    return [kept[day] for day in sorted(kept)]


def next_dates(
    rule: Rule, calendar: WorkCalendar, after: dt.date, count: int, *, roll: Roll, avoid_makeup: bool
) -> list[Rolled]:
    """The next `count` days of the series later than `after`; fewer if the series ends before."""
    if not 0 <= count <= MOST_DATES:
        raise ValueError(f"at most {MOST_DATES} dates are proposed, not {count}")
    found: list[Rolled] = []
    start, width = max(after, FIRST_DAY - ONE_DAY), 400
    while len(found) < count and start < LAST_DAY:
        end = start + dt.timedelta(days=min(width, (LAST_DAY - start).days))
        found += dates(rule, calendar, start + ONE_DAY, end, roll=roll, avoid_makeup=avoid_makeup)
        start, width = end, width * 2
    return found[:count]


def _acceptable_beside(calendar: WorkCalendar, day: dt.date, step: int, avoid_makeup: bool) -> dt.date:
    while True:
        day += step * ONE_DAY
        if workdays.is_acceptable(calendar, day, avoid_makeup=avoid_makeup):
            return day


# Reading the text


def _split(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not (name and equals and value):
            raise RuleRefused("syntax", {"part": part})
        if name in TIME_PARTS:
            raise RuleRefused("time_part", {"part": name})
        if name not in PARTS:
            raise RuleRefused("unknown_part", {"part": name})
        if name in parts:
            raise RuleRefused("repeated_part", {"part": name})
        parts[name] = value
    return parts


def _freq(parts: Mapping[str, str]) -> Freq:
    value = parts.get("FREQ", "")
    if value not in set(Freq):
        raise RuleRefused("freq", {"value": value})
    return Freq(value)


def _refused_value(part: str, value: str) -> RuleRefused:
    return RuleRefused("bad_value", {"part": part, "value": value})


def _number(parts: Mapping[str, str], part: str, least: int, most: int) -> int | None:
    value = parts.get(part)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", value) or not least <= int(value) <= most:
        raise _refused_value(part, value)
    return int(value)


def _numbers(parts: Mapping[str, str], part: str, least: int, most: int, *, signed: bool = True) -> list[int]:
    if part not in parts:
        return []
    sign = "[+-]?" if signed else ""
    found = []
    for value in parts[part].split(","):
        if not re.fullmatch(sign + r"[0-9]{1,3}", value) or not least <= abs(int(value)) <= most:
            raise _refused_value(part, value)
        found.append(int(value))
    return found


def _count(parts: Mapping[str, str]) -> int | None:
    value = parts.get("COUNT")
    if value is None:
        return None
    if "UNTIL" in parts:
        raise RuleRefused("until_with_count")
    if not value.isdigit():
        raise _refused_value("COUNT", value)
    digits = value.lstrip("0")
    if not digits:
        raise _refused_value("COUNT", value)
    if len(digits) > len(str(MOST_DATES)) or int(digits) > MOST_DATES:
        raise RuleRefused("too_many", {"limit": str(MOST_DATES)})
    return int(digits)


def _until(parts: Mapping[str, str], starts_on: dt.date) -> dt.date | None:
    """UNTIL as a date: a series is a matter of days, its time of day is kept beside the rule."""
    value = parts.get("UNTIL")
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{8}", value):
        raise _refused_value("UNTIL", value)
    try:
        until = dt.date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError as error:
        raise _refused_value("UNTIL", value) from error
    _check_range(until)
    if until < starts_on:
        raise RuleRefused("until_before_start")
    return until


def _byday(parts: Mapping[str, str], freq: Freq) -> frozenset[tuple[int, int]]:
    if "BYDAY" not in parts:
        return frozenset()
    most = 53 if freq is Freq.YEARLY and "BYMONTH" not in parts else 5
    found = set()
    for value in parts["BYDAY"].split(","):
        match = re.fullmatch(r"([+-]?[0-9]{1,2})?([A-Z]{2})", value)
        if not match or match[2] not in WEEKDAYS:
            raise _refused_value("BYDAY", value)
        if match[1]:
            if freq not in (Freq.MONTHLY, Freq.YEARLY):
                raise RuleRefused("combination", {"part": f"BYDAY={value}", "freq": freq.value})
            if not 1 <= abs(int(match[1])) <= most:
                raise _refused_value("BYDAY", value)
        found.add((int(match[1] or 0), WEEKDAYS[match[2]]))
    return frozenset(found)


def _wkst(parts: Mapping[str, str]) -> int:
    value = parts.get("WKST", "MO")
    if value not in WEEKDAYS:
        raise _refused_value("WKST", value)
    return WEEKDAYS[value]


def _check_range(day: dt.date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise RuleRefused("out_of_range", {"day": day.isoformat()})


def _check_combination(rule: Rule) -> None:
    """What RFC 5545 forbids or leaves without meaning."""
    if rule.bymonthday and rule.freq is Freq.WEEKLY:
        raise RuleRefused("combination", {"part": "BYMONTHDAY", "freq": rule.freq.value})
    if rule.byyearday and rule.freq is not Freq.YEARLY:
        raise RuleRefused("combination", {"part": "BYYEARDAY", "freq": rule.freq.value})
    if rule.bysetpos and not (rule.bymonth or rule.bymonthday or rule.byyearday or rule.byday):
        raise RuleRefused("setpos_alone")


def _completed(rule: Rule) -> Rule:
    """What the text leaves open follows the first day: FREQ=MONTHLY from the 15th means every 15th."""
    if rule.freq is Freq.DAILY or rule.bymonthday or rule.byyearday or rule.byday:
        return rule
    start = rule.starts_on
    if rule.freq is Freq.WEEKLY:
        return replace(rule, byday=frozenset({(0, start.weekday())}))
    if rule.freq is Freq.YEARLY and not rule.bymonth:
        return replace(rule, bymonth=frozenset({start.month}), bymonthday=frozenset({start.day}))
    return replace(rule, bymonthday=frozenset({start.day}))
