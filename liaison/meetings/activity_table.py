"""A year of joint activities: its sums, and its rows as words for the table that people take along. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.directory.models import Agency
from liaison.i18n import N_, Words
from liaison.meetings.activity_models import COUNTED, FIGURES, ActivityFigures
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.meetings.wording import FIGURE_NAMES, KIND_NAMES, STATE_NAMES

HEADINGS = (N_("Date"), N_("Kind"), N_("Activity"), N_("Hosted by"), N_("Co-hosted by"), N_("Audience"), N_("State"))


@dataclass(frozen=True, slots=True)
class Held:
    """One activity of a year, with who co-hosts it and what was counted; it counts in sums once it was held."""

    meeting: Meeting
    co_hosts: Sequence[Agency]
    figures: ActivityFigures | None

    def figure(self, name: str) -> int | None:
        """What was counted; None for what nobody counted, or what its kind does not count: that is not the same as 0."""
        counts = self.figures is not None and name in COUNTED[self.meeting.kind]
        return getattr(self.figures, name) if counts else None


@dataclass(frozen=True, slots=True)
class Sum:
    """合计 of one kind, or of all: how many were held, and each figure over those on which it was counted; None over none."""

    kind: str | None
    held: int
    figures: dict[str, int | None]


def sums(found: Sequence[Held]) -> list[Sum]:
    """By kind as far as there is any, and of all where there are several kinds."""
    held = [one for one in found if one.meeting.held_at is not None]
    kinds = [kind for kind in ACTIVITIES if any(one.meeting.kind == kind for one in held)]
    by_kind = [_sum(kind, [one for one in held if one.meeting.kind == kind]) for kind in kinds]
    return [*by_kind, _sum(None, held)] if len(kinds) > 1 else by_kind


def _sum(kind: str | None, held: Sequence[Held]) -> Sum:
    def total(name: str) -> int | None:
        counted = [figure for one in held if (figure := one.figure(name)) is not None]
        return sum(counted) if counted else None

    return Sum(kind, len(held), {name: total(name) for name in FIGURES})


def table_of(words: Words, found: Sequence[Held]) -> list[list[str]]:
    """The rows below their headings, and the sums of what was held below them."""
    names = [words._(FIGURE_NAMES[name]) for name in FIGURES]
    rows = [[*(words._(one) for one in HEADINGS), *names], *(_cells(words, one) for one in found)]
    for one in sums(found):
        label = words._(KIND_NAMES[one.kind]) if one.kind else words._("Sum")
        held = words.ngettext("%(n)d time", "%(n)d times", one.held)
        rows.append([words._("Sum"), label, held, "", "", "", "", *(_shown(one.figures[name]) for name in FIGURES)])
    return rows


def _shown(figure: int | None) -> str:
    return "—" if figure is None else str(figure)


def _cells(words: Words, one: Held) -> list[str]:
    meeting = one.meeting
    return [
        meeting.local_on.isoformat(),
        words._(KIND_NAMES[meeting.kind]),
        meeting.title,
        meeting.host_agency.short_name,
        words._(", ").join(agency.short_name for agency in one.co_hosts),
        words._(", ").join(meeting.audience_groups or ()),
        words._(STATE_NAMES[meeting.state]),
        *(_shown(one.figure(name)) for name in FIGURES),
    ]
