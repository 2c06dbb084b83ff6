"""How action items are shown: state and due date in words and colour, carried over how often, what the reader may do. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.actions.due import DUE_SOON, OVERDUE, due_state
from liaison.actions.models import DONE, OPEN, ActionItem, ItemShown
from liaison.actions.permissions import may_change, may_report
from liaison.calendaring.workdays import WorkCalendar, region_calendar
from liaison.i18n import N_, Words

STATE_NAMES = {
    "open": N_("Not done yet"),
    "overdue": N_("Overdue"),
    "done": N_("Done"),
    "not_possible": N_("No longer possible"),
}
REPORTED = "reported"
"""Reported done, and not closed yet."""
FREE_DAYS = {"weekend": N_("Weekend"), "holiday": N_("Statutory holiday")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger."""

    item: ActionItem | ItemShown
    state: str
    """open, due_soon, overdue, reported, done or not_possible"""
    words: str
    """the state as it stands in the line: 逾期2天"""
    kind: str
    """its colour: ok, warn, bad or none"""
    carried: int
    may_report: bool
    may_change: bool
    free_day: str
    """What free day the due date of an open item falls on, in words; empty for a working day (GLOSSARY.md)."""


def lines(
    words: Words,
    viewer: Viewer,
    items: Sequence[ActionItem | ItemShown],
    now: datetime,
    carried: Mapping[int, int],
) -> list[Line]:
    """The items as lines, in their order, each on the date that its mechanism's zone has now."""
    today = {zone: now.astimezone(ZoneInfo(zone)).date() for zone in {item.mechanism.timezone for item in items}}
    return [line(words, viewer, item, today[item.mechanism.timezone], carried.get(item.id, 0)) for item in items]


def line(words: Words, viewer: Viewer, item: ActionItem | ItemShown, today: date, carried: int) -> Line:
    """One item as a line; needs `mechanism`. `today` is the local date in its zone."""
    state, free_day = item.state, ""
    if item.waits_for_closing:
        state = REPORTED
    elif state == OPEN and item.due_on is not None:
        calendar = region_calendar(item.mechanism.region)
        due = due_state(calendar, item.due_on, today)
        state = due if due in (DUE_SOON, OVERDUE) else OPEN
        free_day = FREE_DAYS.get(calendar.kind(item.due_on).value, "")
    return Line(
        item,
        state,
        waiting_since(words, item) if state == REPORTED else worded(words, state, item.due_on, today),
        {DONE: "ok", REPORTED: "brand", DUE_SOON: "warn", OVERDUE: "bad"}.get(state, ""),
        carried,
        may_report(viewer, item),
        may_change(viewer, item),
        words._(free_day) if free_day else "",
    )


def worded(words: Words, state: str, due_on: date | None, today: date) -> str:
    """The state in words; how many days overdue, or left where it is soon due (UX.md 4)."""
    if state in (OVERDUE, DUE_SOON) and due_on is not None:
        return _due_words(words, state, (due_on - today).days)
    return words._(STATE_NAMES[state])


def waiting_since(words: Words, item: ActionItem | ItemShown) -> str:
    """待销号 of an item that is reported done, with the day on which it was; empty for any other. Needs `mechanism`."""
    day = reported_on(item)
    if day is None or not item.waits_for_closing:
        return ""
    return words._("to be closed, reported done on %(day)s", day=words.short_date(day))


def reported_on(item: ActionItem | ItemShown) -> date | None:
    """The local day on which it was reported done. Needs `mechanism`."""
    return item.reported_done_at.astimezone(ZoneInfo(item.mechanism.timezone)).date() if item.reported_done_at else None


def worded_due(words: Words, item: ActionItem | ItemShown, calendar: WorkCalendar, today: date) -> str:
    """临期 or 逾期 of an open item in words, with how many days, or that it waits to be closed; empty for any other."""
    if item.waits_for_closing:
        return waiting_since(words, item)
    if item.state != OPEN or item.due_on is None:
        return ""
    due = due_state(calendar, item.due_on, today)
    return _due_words(words, due, (item.due_on - today).days) if due in (DUE_SOON, OVERDUE) else ""


def _due_words(words: Words, due: str, days: int) -> str:
    """逾期2天; 临期，2天后到期."""
    left = days_left(words, days)
    return left if due == OVERDUE else words._("due soon: %(left)s", left=left)


def days_left(words: Words, days: int) -> str:
    """How far a due date is, so many days ahead or back."""
    if days < 0:
        return words.ngettext("overdue by %(n)d day", "overdue by %(n)d days", -days)
    if days == 0:
        return words._("due today")
    if days == 1:
        return words._("due tomorrow")
    return words.ngettext("due in %(n)d day", "due in %(n)d days", days)
