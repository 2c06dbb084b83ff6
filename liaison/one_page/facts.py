"""What the page says, as values, and in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from liaison.i18n import N_, Words
from liaison.mechanisms.rhythm import Count
from liaison.one_page.fitting import NAME, Part, clipped, led_by

TITLE = N_("%(mechanism)s on one page")


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """The next meeting that was announced, else the next one planned. `agenda`: titles as the reader may know them."""

    title: str
    local_start: datetime
    length: timedelta
    location: str | None
    host: str
    announced: bool
    provisional: bool
    days_ahead: int
    coming: int | None
    """None where the reader may not see the list."""
    waiting: int
    agenda: Sequence[str]


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for one agency."""

    agency: str
    slips: int = 0
    sign_offs: int = 0
    overdue: int = 0
    due_soon: int = 0
    vacant: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.slips or self.sign_offs or self.overdue or self.due_soon or self.vacant)


@dataclass(frozen=True, slots=True)
class Overdue:
    """One overdue action item."""

    title: str
    agency: str
    owner: str | None
    days: int


@dataclass(frozen=True, slots=True)
class Signing:
    """Minutes that are not issued yet."""

    title: str
    held_on: date
    state: str
    """none, draft, circulating or agreed"""
    agreed: int
    signers: int
    owes: Sequence[str]
    wants_changes: Sequence[str]
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The year so far."""

    year: int
    promise: Count | None
    held: int
    """Joint meetings held, extraordinary ones included."""
    assigned: int
    done: int
    in_time: int
    """Of those done, by their due date."""
    open: int
    overdue: int
    carried: int


@dataclass(frozen=True, slots=True)
class OnePage:
    """Everything on the page."""

    mechanism: str
    today: date
    members: int
    next_meeting: NextMeeting | None
    waits: Sequence[Waits]
    overdue: Sequence[Overdue]
    """The oldest; `figures.overdue` counts them all."""
    signing: Sequence[Signing]
    figures: Figures


def parts(words: Words, page: OnePage) -> list[Part]:
    """The page's parts in words, most important line first."""
    return [
        Part(words._("Next meeting"), _next(words, page.next_meeting), 6),
        Part(words._("What waits for whom"), _waits(words, page.waits), 9),
        Part(words._("Overdue action items"), _overdue(words, page.overdue), 6, _unwritten(page)),
        Part(words._("Minutes to be signed or issued"), _signing(words, page.signing, page.today), 3),
        Part(words._("%(year)s so far", year=page.figures.year), _figures(words, page.figures), 4),
    ]


def _next(words: Words, one: NextMeeting | None) -> list[str]:
    if one is None:
        return [words._("None is planned.")]
    when = words.full_span(one.local_start, one.local_start + one.length, named_zone=False)
    marks = [] if one.announced else [words._("the notice has not been sent")]
    marks += [words._("provisional date")] if one.provisional else []
    lines = [one.title + (words._(" (%(text)s)", text=words._("; ").join(marks)) if marks else "")]
    lines.append(when)
    lines.append(
        words._("%(place)s, host: %(host)s", place=one.location or words._("place to be announced"), host=one.host)
    )
    soon = words._("today") if one.days_ahead == 0 else words._("in %(days)s", days=words.days(one.days_ahead))
    if one.coming is not None:
        soon += words._("; coming: %(coming)s, not answered: %(waiting)s", coming=one.coming, waiting=one.waiting)
    lines.append(soon)
    return lines + [words._("Item %(n)s: %(title)s", n=n, title=title) for n, title in enumerate(one.agenda, 1)]


def _waits(words: Words, waits: Sequence[Waits]) -> list[str]:
    lines = []
    for one in waits:
        if one.is_empty:
            continue
        said = [words._("no liaison designated")] if one.vacant else []
        for count, text in (
            (one.slips, words.ngettext("%(n)d slip to return", "%(n)d slips to return", one.slips)),
            (one.sign_offs, words.ngettext("minutes to sign", "%(n)d minutes to sign", one.sign_offs)),
            (one.overdue, words.ngettext("%(n)d item overdue", "%(n)d items overdue", one.overdue)),
            (one.due_soon, words.ngettext("%(n)d item due soon", "%(n)d items due soon", one.due_soon)),
        ):
            said += [text] if count else []
        lines.append(led_by(one.agency, words._(": ") + words._(", ").join(said)))
    return lines or [words._("Nothing waits for any agency.")]


def _unwritten(page: OnePage) -> int:
    return max(0, page.figures.overdue - len(page.overdue))


def _overdue(words: Words, overdue: Sequence[Overdue]) -> list[str]:
    lines = []
    for one in overdue:
        facts = words._(
            " (%(who)s, %(days)s late)",
            who=words._(", ").join(clipped(each, NAME) for each in (one.agency, one.owner) if each),
            days=words.days(one.days),
        )
        lines.append(led_by(one.title, facts))
    return lines or [words._("None.")]


def _signing(words: Words, signing: Sequence[Signing], today: date) -> list[str]:
    lines = []
    for one in signing:
        if one.state == "none":
            said = words._("not drafted yet")
        elif one.state == "draft":
            said = words._("being drafted")
        elif one.state == "agreed":
            said = words._("all agencies have agreed, to be issued")
        else:
            said = words._("%(n)s of %(all)s agreed", n=one.agreed, all=one.signers)
            if one.owes:
                said += words._("; waits for %(agencies)s", agencies=words._(", ").join(one.owes))
            if one.wants_changes:
                said += words._("; %(agencies)s: changes requested", agencies=words._(", ").join(one.wants_changes))
            if one.due_on is not None:
                said += words._(" (by %(day)s)", day=words.plain_date(one.due_on, today))
        meeting = f"{words.plain_date(one.held_on, today)} {one.title}"  # the day first: titles are often the same
        lines.append(led_by(meeting, words._(": ") + said))
    return lines or [words._("None.")]


def _figures(words: Words, figures: Figures) -> list[str]:
    lines = []
    if figures.promise is not None and figures.promise.promised:
        count = figures.promise
        lines.append(
            words._(
                "Regular meetings: %(promised)s promised, %(held)s held, %(due)s to come, %(missed)s missed",
                promised=count.promised,
                held=count.held,
                due=count.due,
                missed=len(count.missed),
            )
        )
    lines.append(words._("Joint meetings held in all: %(n)s", n=figures.held))
    lines.append(
        words._(
            "Action items: %(assigned)s assigned, %(done)s done (%(in_time)s by their date)",
            assigned=figures.assigned,
            done=figures.done,
            in_time=figures.in_time,
        )
    )
    lines.append(
        words._(
            "Open today: %(open)s, overdue %(overdue)s, carried over from earlier meetings %(carried)s",
            open=figures.open,
            overdue=figures.overdue,
            carried=figures.carried,
        )
    )
    return lines
