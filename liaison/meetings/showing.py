"""How a meeting is shown: answers gathered by agency, who has not answered, what became of each mail, time against the agenda. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from liaison.calendaring.workdays import WorkCalendar
from liaison.directory.models import Agency, AgencyShown, Person
from liaison.i18n import N_
from liaison.mail.outbox import Told
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.audience import ItemShown
from liaison.meetings.models import AgencyInvitation, Announcement, Attendee, Meeting

DELIVERY_NAMES = {
    "waiting": N_("Waiting to be sent"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "deferred": N_("Will be tried again"),
    "refused": N_("Not delivered"),
    "bounced": N_("Came back"),
    "superseded": N_("Replaced by a newer mail"),
    "given_up": N_("Given up"),
    "held": N_("Held back"),
}
NOT_REACHED = ("refused", "bounced", "given_up")
DAY_NAMES = {
    "workday": N_("Working day"),
    "weekend": N_("Weekend"),
    "holiday": N_("Statutory holiday"),
    "makeup": N_("Make-up workday"),
}
WHY_UNREACHABLE = {
    "no_address": N_("has no mail address; please tell them by phone"),
    "paper": N_("takes part on paper; please hand over the letter"),
    "deactivated": N_("has left: the entry in the directory is deactivated"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """A meeting as it was when the page was asked for: forms show this, also when a verb has refused half-way."""

    id: int
    mechanism_id: int
    mechanism: str
    title: str
    state: str
    version: int
    local_start: datetime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    duration_minutes: int
    location: str | None
    announced: bool


def facts(meeting: Meeting) -> Facts:
    """Copy them; needs `mechanism` loaded."""
    return Facts(
        id=meeting.id,
        mechanism_id=meeting.mechanism_id,
        mechanism=meeting.mechanism.short_name,
        title=meeting.title,
        state=meeting.state,
        version=meeting.version,
        local_start=meeting.local_start,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        timezone=meeting.timezone,
        duration_minutes=meeting.duration_minutes,
        location=meeting.location,
        announced=meeting.announced_at is not None,
    )


@dataclass(frozen=True, slots=True)
class Day:
    """What kind of day a chosen date is, and whether that is certain."""

    date: date
    kind: str
    certain: bool
    is_free: bool


def day_of(calendar: WorkCalendar, day: date) -> Day:
    """Working day, weekend, holiday or make-up workday; not certain while that year's holidays are unpublished (暂定)."""
    return Day(day, calendar.kind(day).value, calendar.is_certain(day), not calendar.is_workday(day))


@dataclass(slots=True)
class Line:
    """One person in the list of answers."""

    attendee: Attendee | AttendeeShown
    answer: str
    """a key of wording.ANSWER_NAMES: the partstat, or substitute"""
    mail: Told | None
    may_register: bool
    may_remove: bool
    may_approve: bool = False
    """May approve this person's leave, as the own agency's liaison."""
    is_double: bool = False
    """A name on the slip of somebody who is asked by name as well: counted once, by what they answered themselves."""


@dataclass(slots=True)
class AgencyAnswers:
    """One agency in the list of answers: its slip if it was asked as an agency, and its people."""

    agency: Agency | AgencyShown
    invitation: AgencyInvitation | None = None
    may_fill: bool = False
    may_register: bool = False
    may_remove: bool = False
    sees_remarks: bool = False
    is_on_paper: bool = False
    """No mail goes there: it is told by letter."""
    lines: list[Line] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many gave which answer, in the order of wording.ANSWER_NAMES, zeros left out."""
        return tallied(line.answer for line in self.lines if not line.is_double)

    @property
    def named(self) -> int:
        """The names on the slip."""
        return sum(line.attendee.agency_invitation_id is not None for line in self.lines)

    @property
    def is_slip_missing(self) -> bool:
        """Asked as an agency, and the slip has not come back."""
        return self.invitation is not None and self.invitation.returned_at is None

    def mark_doubles(self) -> None:
        """Find the names on the slip of people who are asked by name."""
        by_name = {line.attendee.name for line in self.lines if line.attendee.agency_invitation_id is None}
        for line in self.lines:
            line.is_double = line.attendee.agency_invitation_id is not None and line.attendee.name in by_name


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person or an agency whose answer is missing, and how to call them."""

    name: str
    agency: Agency | AgencyShown
    phone: str | None
    through: str | None
    """Whose phone it is, when not their own."""
    register_path: str | None
    mail: Told | None
    is_agency: bool
    is_own: bool
    """Of the reader's own agency."""
    is_reader: bool
    """Nobody to call: it is the reader themselves who would pick up."""


def answer_of(attendee: Attendee | AttendeeShown) -> str:
    """The answer as it is said: 委派他人参加 is accepted with a substitute; names on a slip wait with the slip to be confirmed."""
    if attendee.partstat == "needs_action" and attendee.agency_invitation_id is not None:
        return "unconfirmed"
    return "substitute" if attendee.partstat == "accepted" and attendee.substitute else attendee.partstat


def tallied(answers: Iterable[str]) -> dict[str, int]:
    """How many gave which answer, zeros left out."""
    counts = {"accepted": 0, "substitute": 0, "tentative": 0, "declined": 0, "needs_action": 0, "unconfirmed": 0}
    for answer in answers:
        counts[answer] += 1
    return {answer: n for answer, n in counts.items() if n}


def phone_of(person: Person) -> tuple[str | None, str | None]:
    """A number to call and whose it is: the own one (None), the contact's, the office's, the agency's; needs these loaded."""
    if person.phone:
        return person.phone, None
    for other in (person.contact, person.office, person.agency):
        if other is not None and other.phone:
            return other.phone, other.short_name if isinstance(other, Agency) else other.name
    return None, None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The agenda's wishes against the meeting's slot."""

    items: int
    wanted: int
    slot: int

    @property
    def left(self) -> int:
        """Negative when the items want more than there is."""
        return self.slot - self.wanted


def minutes_of(items: Sequence[ItemShown], slot: int) -> Minutes:
    """Accepted items only, restricted ones too, since the meeting needs the time; those without a duration want nothing."""
    accepted = [item for item in items if item.state == "accepted"]
    return Minutes(len(accepted), sum(item.duration_minutes or 0 for item in accepted), slot)


@dataclass(frozen=True, slots=True)
class MailLine:
    """One address of the meeting: its newest notice and, if one followed, its newest reminder."""

    address: str
    name: str
    notice: Told | None
    reminder: Told | None

    @property
    def is_not_reached(self) -> bool:
        return self.notice is not None and self.notice.state in NOT_REACHED


def mail_lines(mails: Iterable[Told]) -> list[MailLine]:
    """By address, in the order in which they were first written to; `mails` oldest first."""
    newest: dict[str, dict[str, Told]] = {}
    for mail in mails:
        newest.setdefault(mail.address, {})[mail.kind] = mail
    lines = []
    for address, by_kind in newest.items():
        notice, reminder = by_kind.get("meeting"), by_kind.get("meeting_reminder")
        some = notice or reminder
        if some is not None:
            lines.append(MailLine(address, some.display_to.rpartition(" <")[0] or address, notice, reminder))
    return lines


def only_tried(last: Announcement | None, mails: Iterable[Told]) -> list[str]:
    """The addresses whose newest notice went out only while the site was tried out, to its operator: they have not received it.
    `mails` oldest first; `last` is the newest announcement of the meeting's UID."""
    if last is None:
        return []
    newest: dict[str, Told] = {}
    had: dict[str, int] = {}
    for mail in mails:
        if mail.kind == "meeting" and mail.thread == last.uid:
            newest[mail.address] = mail
            if mail.trial_to is None and mail.state in ("sent", "sending"):
                had[mail.address] = mail.source_id or 0
    asked = {one["address"] for one in last.snapshot["addressees"]}
    return [
        address
        for address, mail in newest.items()
        if address in asked and mail.trial_to is not None and had.get(address, 0) < (mail.source_id or 0)
    ]


def not_reached(lines: Iterable[MailLine]) -> int:
    """How many addresses the newest notice did not reach."""
    return sum(line.is_not_reached for line in lines)


def mail_of(attendee: Attendee | AttendeeShown, by_person: Mapping[int, Told]) -> Told | None:
    """The newest mail meant for this person by name; names on a slip are not mailed."""
    if attendee.agency_invitation_id is not None or attendee.person_id is None:
        return None
    return by_person.get(attendee.person_id)
