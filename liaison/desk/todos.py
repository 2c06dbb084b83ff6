"""What needs somebody now, and in which order: each thing with the day it should be done by. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from liaison.meetings.models import AgendaItem, Meeting

KINDS = (
    "queue",
    "mail",
    "incoming",
    "action",
    "extension",
    "closing",
    "notice",
    "lead_returned",
    "notice_offer",
    "notice_unanswered",
    "notice_paper",
    "answer",
    "slip",
    "time_poll",
    "lead_feedback",
    "leave",
    "substitute",
    "send",
    "call",
    "letter",
    "change_letter",
    "time_letter",
    "hold",
    "sign",
    "minutes_changes",
    "minutes_left",
    "minutes_paper",
    "minutes_unsigned",
    "minutes_draft",
    "minutes_circulate",
    "minutes_issue",
    "minutes_deliver",
    "proposal_sign",
    "proposal_changes",
    "proposal_left",
    "proposal_paper",
    "proposal_mail",
    "proposal_force",
    "proposal_circulate",
    "proposal_unsigned",
    "plan",
    "item",
    "returned",
    "left_chair",
    "left_recorder",
    "left_presenter",
    "remind",
    "vacancy",
    "term",
    "outcomes_differ",
    "outcomes_voided",
    "outcomes_confirm",
    "review",
    "dormant",
)
"""What there is to do; of two things due on one day the one that stands earlier here comes first."""

REMIND_BEFORE = timedelta(days=3)
"""So long before a meeting who has not answered is worth a reminder, also before the date for answers."""

SEND_BEFORE = timedelta(days=30)
"""So long before its notice is due a draft is something to do; before that it merely stands among what is coming."""

CALL_NEAR = timedelta(days=7)
"""So long before its call for items what was deferred to a meeting is something to decide; nobody waits for it before that."""

TOLD = (
    "kind",
    "title",
    "local_start",
    "duration_minutes",
    "timezone",
    "location",
    "provisional",
    "host",
    "note",
    "hides_attendees",
    "agenda",
)
"""What of an announced version is compared with the meeting as it stands."""


class Asked(NamedTuple):
    """One attendee, by name or from a slip."""

    id: int
    meeting_id: int
    person_id: int | None
    agency_invitation_id: int | None
    partstat: str
    agency_id: int = 0
    name: str = ""
    role: str = "required"
    version: int = 1
    leave_approved_at: datetime | None = None
    substitute_asked_at: datetime | None = None
    attendance: str | None = None
    from_outside: bool = False
    """Whose leave nobody approves is on nobody's desk either way."""


class Slip(NamedTuple):
    """One agency's invitation."""

    id: int
    meeting_id: int
    agency_id: int
    returned: bool


class Failure(NamedTuple):
    """One mail that did not arrive: to whom, and the code of the reason."""

    name: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """The newest announcement of a meeting: what it said and whom it asked."""

    method: str
    snapshot: Mapping[str, Any]

    @property
    def asked(self) -> frozenset[tuple[str, int]]:
        """("attendee", id) and ("slip", id) of everybody it went to."""
        found = set()
        for one in self.snapshot["addressees"]:
            found |= {("attendee", each) for each in one["attendee_ids"]}
            found |= {("slip", each["invitation_id"]) for each in one["slips"]}
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Counts:
    """The answers to one meeting: who comes, which people and which agencies have not answered, how many agenda items stand."""

    coming: int = 0
    waiting: int = 0
    slips: int = 0
    items: int = 0


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing whose next step is the viewer's."""

    kind: str
    due_on: date | None
    subject_id: int
    """The attendee, invitation, meeting, agenda item, action item, mechanism, designation or question for a time it is about; of minutes
    the meeting, of those to deliver their version."""
    meeting: Meeting | None = None
    text: str = ""
    """What the meeting does not tell: the item's title, the agency, why a notice waits."""
    count: int = 0
    version: int = 0
    """What the one press was offered for: it is refused once somebody changed that."""
    failures: tuple[Failure, ...] = ()
    day: date | None = None
    """The promised date that a meeting is to be planned for, the date asked for, the day on which an item was reported done."""
    names: tuple[str, ...] = ()
    """The agencies that are told by letter; the people who left."""
    joins: bool = False
    """Of what is put to the members: that an agency joins, which `text` names; else the agreement, by its title."""
    days: tuple[date, date] | None = None
    """The period of outcomes it is about, both days included."""
    reached: bool = True
    """Whether an agency without a liaison has an address of its own."""

    def days_late(self, today: date) -> int:
        """How many days it is overdue; 0 when it is not."""
        return max(0, (today - self.due_on).days) if self.due_on else 0

    def look(self, today: date) -> str:
        """bad when overdue or broken, warn when due by tomorrow, else brand; the words beside it say the same."""
        if self.kind in ("mail", "queue", "vacancy") or self.days_late(today):
            return "bad"
        return "warn" if self.due_on and (self.due_on - today).days <= 1 else "brand"


def most_urgent_first(todos: Iterable[Todo]) -> list[Todo]:
    """By the day it should be done by, then by kind, then by when the meeting begins."""

    def key(todo: Todo) -> tuple[date, int, float, int]:
        starts = todo.meeting.starts_at.timestamp() if todo.meeting else 0.0
        return (todo.due_on or date.max, KINDS.index(todo.kind), starts, todo.subject_id)

    return sorted(todos, key=key)


def counted(
    attendees: Iterable[Asked], slips: Iterable[Slip], agenda: Mapping[int, Sequence[AgendaItem]]
) -> dict[int, Counts]:
    """The counts by meeting."""
    found: dict[int, dict[str, int]] = {}
    everybody = list(attendees)
    by_name = {(one.meeting_id, one.agency_id, one.name) for one in everybody if one.agency_invitation_id is None}
    for one in everybody:
        counts = found.setdefault(one.meeting_id, {})
        on_slip = one.agency_invitation_id is not None
        if on_slip and (one.meeting_id, one.agency_id, one.name) in by_name:
            continue  # asked by name as well: counted once
        if one.partstat == "accepted":
            counts["coming"] = counts.get("coming", 0) + 1
        elif one.partstat == "needs_action" and not on_slip:  # names on a slip wait with the slip
            counts["waiting"] = counts.get("waiting", 0) + 1
    for slip in slips:
        if not slip.returned:
            counts = found.setdefault(slip.meeting_id, {})
            counts["slips"] = counts.get("slips", 0) + 1
    for meeting_id, items in agenda.items():
        found.setdefault(meeting_id, {})["items"] = sum(item.state == "accepted" for item in items)
    return {meeting_id: Counts(**counts) for meeting_id, counts in found.items()}


def unsent(meeting: Meeting, told: Told | None, now_says: Mapping[str, Any], asked: Collection[tuple[str, int]]) -> str:
    """Why a notice waits to be sent: draft, off (cancelled or postponed), changed; "" when everybody holds it.

    `now_says` is the version that would be announced, `asked` everybody a mail would reach."""
    if meeting.cancelled_at or meeting.postponed_at:
        # Who was told that it is postponed waits for a date until told that it is cancelled.
        was_postponed = told is not None and told.method == "CANCEL" and told.snapshot.get("postponed")
        other_words = bool(was_postponed and meeting.cancelled_at)
        return "off" if meeting.announced_at and (not meeting.off_announced or other_words) else ""
    if meeting.announced_at is None:
        return "draft"
    if told is None or told.method != "REQUEST":
        return "changed"
    same = all(told.snapshot.get(name) == now_says.get(name) for name in TOLD)
    return "" if same and told.asked == frozenset(asked) else "changed"


def is_time_to_send(why: str, notice_due: date, today: date) -> bool:
    """Whether a notice that waits for that reason (`unsent`) is something to do now: what people hold wrongly always, a draft of next
    year not yet."""
    return bool(why) and (why != "draft" or notice_due - today <= SEND_BEFORE)


def is_time_to_accept(item: AgendaItem, call_on: date, today: date) -> bool:
    """Whether a proposed item is something to decide now: one that was deferred to a meeting months away not yet."""
    return not item.deferred_count or call_on - today <= CALL_NEAR


def is_time_to_remind(meeting: Meeting, due_on: date | None, now: datetime) -> bool:
    """From the date for answers on, or three days before; not on a day on which a reminder went out already."""
    today = now.astimezone(meeting.zone).date()
    reminded = meeting.reminded_at is not None and meeting.reminded_at.astimezone(meeting.zone).date() == today
    near = meeting.starts_at - now <= REMIND_BEFORE or (due_on is not None and today >= due_on)
    return meeting.state == "announced" and meeting.starts_at > now and near and not reminded
