"""The rhythms an officer chooses by name (third Thursday of the quarter's last month) and the RRULE each stands for. Pure."""

from dataclasses import dataclass

from liaison.calendaring.workdays import Roll
from liaison.i18n import N_, Words

QUARTER, MONTH, QUARTER_END, RULE = "quarter", "month", "quarter_end", "rule"
PATTERNS = (QUARTER, MONTH, QUARTER_END, RULE)
NTHS = (1, 2, 3, 4, -1)
MONTHS = {1: "1,4,7,10", 2: "2,5,8,11", 3: "3,6,9,12"}
"""The first, second and last months of the quarters."""
WEEKDAY_NAMES = {
    "MO": N_("Monday"),
    "TU": N_("Tuesday"),
    "WE": N_("Wednesday"),
    "TH": N_("Thursday"),
    "FR": N_("Friday"),
    "SA": N_("Saturday"),
    "SU": N_("Sunday"),
}
ROLL_NAMES = {
    "following": N_("It moves to the next working day."),
    "modified_following": N_(
        "It moves to the next working day, but not into the next month: then to the working day before."
    ),
    "preceding": N_("It moves to the working day before."),
    "none": N_("It stays where it is."),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rhythm by name; `nth`, `weekday` and `month` (of the quarter) as far as its kind has them."""

    kind: str
    nth: int = 3
    weekday: str = "TH"
    month: int = 3


def rrule_of(pattern: Pattern) -> str:
    """The rule it stands for. The last working day of a quarter is its last day, moved back off free days (`Roll.PRECEDING`)."""
    match pattern.kind:
        case "quarter":
            return f"FREQ=MONTHLY;BYMONTH={MONTHS[pattern.month]};BYDAY={pattern.nth}{pattern.weekday}"
        case "month":
            return f"FREQ=MONTHLY;BYDAY={pattern.nth}{pattern.weekday}"
        case "quarter_end":
            return f"FREQ=MONTHLY;BYMONTH={MONTHS[3]};BYMONTHDAY=-1"
    raise ValueError(pattern.kind)


def pattern_of(rrule: str, roll: str) -> Pattern:
    """The name of a rule, as far as it has one; else the kind `rule`."""
    parts = dict(part.partition("=")[::2] for part in rrule.upper().split(";"))
    month = next((number for number, months in MONTHS.items() if parts.get("BYMONTH") == months), None)
    day = parts.get("BYDAY", "").removeprefix("+")
    weekday, nth = day[-2:], day[:-2]
    by_weekday = weekday in WEEKDAY_NAMES and nth in {str(n) for n in NTHS}
    if parts.get("FREQ") == "MONTHLY" and by_weekday:
        if parts.keys() == {"FREQ", "BYMONTH", "BYDAY"} and month:
            return Pattern(QUARTER, int(nth), weekday, month)
        if parts.keys() == {"FREQ", "BYDAY"}:
            return Pattern(MONTH, int(nth), weekday)
    if parts == {"FREQ": "MONTHLY", "BYMONTH": MONTHS[3], "BYMONTHDAY": "-1"} and roll == Roll.PRECEDING:
        return Pattern(QUARTER_END)
    return Pattern(RULE)


def said(rrule: str, roll: str, words: Words) -> str:
    """每季度末月的第三个周四 · The third Thursday of the last month of each quarter"""
    pattern = pattern_of(rrule, roll)
    params = {"nth": nth_names(words)[pattern.nth], "weekday": words._(WEEKDAY_NAMES[pattern.weekday])}
    match pattern.kind:
        case "quarter":
            month = month_names(words)[pattern.month]
            return words._("The %(nth)s %(weekday)s of the %(month)s month of each quarter", month=month, **params)
        case "month":
            return words._("The %(nth)s %(weekday)s of each month", **params)
        case "quarter_end":
            return words._("The last working day of each quarter")
    return words._("By the rule %(rule)s", rule=rrule)


def nth_names(words: Words) -> dict[int, str]:
    """Which of the weekdays of a month."""
    return {
        1: words.pgettext("weekday in a month", "first"),
        2: words.pgettext("weekday in a month", "second"),
        3: words.pgettext("weekday in a month", "third"),
        4: words.pgettext("weekday in a month", "fourth"),
        -1: words.pgettext("weekday in a month", "last"),
    }


def month_names(words: Words) -> dict[int, str]:
    """Which of the three months of a quarter."""
    return {
        1: words.pgettext("month in a quarter", "first"),
        2: words.pgettext("month in a quarter", "second"),
        3: words.pgettext("month in a quarter", "last"),
    }
