"""Joint meetings: their series, who is asked, what was announced to whom, what they answered, and the agenda.

State is facts with who and when: a meeting is a draft until `announced_at`, and cancelled or postponed while that fact stands."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.calendaring.deadlines import first_mail_day
from liaison.db import Base, IdSet, Versioned
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.mail.models import HANDED_OVER as PASSED_ON
from liaison.mechanisms.models import Mechanism

KINDS = ("regular", "extraordinary", "pre_meeting", "topical", "publicity", "reception", "lecture", "legal_education")
ACTIVITIES = KINDS[4:]
"""Joint publicity, reception days, lectures: meetings that the promised rhythm does not count."""
ATTENDEE_ROLES = ("chair", "required", "optional", "in_attendance")
PARTSTATS = ("needs_action", "accepted", "tentative", "declined")
REGISTERED_WAYS = ("phone", "in_person", "paper", "chat", "mail", "other")
PURPOSES = ("study", "consult", "report", "push_forward", "deliberate", "other")
PRESENT, IN_ATTENDANCE, APOLOGIES, ABSENT = "present", "in_attendance", "apologies", "absent"
ATTENDANCES = (PRESENT, IN_ATTENDANCE, APOLOGIES, ABSENT)
HANDED_OVER = PASSED_ON
"""The occasion of an announcement that says nothing new: it only goes to whoever holds an agency's office now."""
HANDED_ON = "handed_on"
"""What a mail tells whoever held that office before."""
NUMBERED_KINDS = ("regular", "extraordinary")
"""The kinds that count as the mechanism's joint meetings and get a 会次 when they are held."""


class Series(Versioned, Base):
    """The rule of a mechanism's regular meetings (RRULE, RFC 5545) and how dates move off free days."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("mechanism_id", "name"),)

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    rrule: Mapped[str] = mapped_column(String(300))
    starts_on: Mapped[date]
    start_time: Mapped[time]
    duration_minutes: Mapped[int]
    roll: Mapped[str] = mapped_column(String(20), default="following")
    avoid_makeup: Mapped[bool] = mapped_column(default=True)
    location: Mapped[str | None] = mapped_column(String(200))


class Meeting(Versioned, Base):
    """One meeting, from draft to the answers. It stores local wall time and zone; `starts_at` is derived and derived again
    after a change of zone data. Holds one UID at a time; reinstating takes a new one (MAIL.md "State")."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_mechanism_id_starts_at", "mechanism_id", "starts_at"),
        Index("ix_meeting_mechanism_id_id", "mechanism_id", "id"),
        Index("ix_meeting_postponed", "mechanism_id", "starts_at", sqlite_where=text("postponed_at IS NOT NULL"),
              postgresql_where=text("postponed_at IS NOT NULL")),
        Index("uq_meeting_id_starts_at", "id", "starts_at", unique=True),
        UniqueConstraint("mechanism_id", "ordinal"),
        Index("uq_meeting_ordinal_in_year", "mechanism_id", "ordinal_year", "ordinal_in_year", unique=True),
        Index("ix_meeting_remind_on", "remind_on", sqlite_where=text("remind_on IS NOT NULL"),
              postgresql_where=text("remind_on IS NOT NULL")),
        Index("ix_meeting_step_on", "step_on", sqlite_where=text("step_on IS NOT NULL"),
              postgresql_where=text("step_on IS NOT NULL")),
        Index("ix_meeting_planned", "mechanism_id", "starts_at",
              sqlite_where=text("plan_sent_at IS NOT NULL AND announced_at IS NULL"),
              postgresql_where=text("plan_sent_at IS NOT NULL AND announced_at IS NULL")),
    )  # fmt: skip

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    nominal_on: Mapped[date | None]
    """The date the series' rule named before it moved off a free day."""
    why_moved: Mapped[dict[str, Any] | None]
    """Code and parameters, worded when shown."""
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    local_start: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    timezone: Mapped[str] = mapped_column(String(60))
    duration_minutes: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    provisional: Mapped[bool] = mapped_column(default=False)
    """The date rests on a holiday calendar that is not yet published (暂定)."""
    plan_sent_at: Mapped[datetime | None]
    """When the annual plan first told the member agencies of it: from then on their liaisons' calendars show it as tentative."""
    location: Mapped[str | None] = mapped_column(String(200))
    host_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    host_agency: Mapped[Agency] = relationship(lazy="raise")
    recorder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    authorised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str | None] = mapped_column(Text)
    """What the notice says besides the facts (for example what to bring)."""
    replies_due_on: Mapped[date | None]
    """Until the end of this local date slips and answers may be changed; by default the mechanism's deadline profile."""
    hides_attendees: Mapped[bool] = mapped_column(default=False)
    audience_groups: Mapped[list[Any] | None]
    """受众: whom a joint activity is for, in words (activities.GROUPS or others)."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    organizer: Mapped[str | None] = mapped_column(String(254))
    """Frozen at the first REQUEST."""
    reply_secret: Mapped[str | None] = mapped_column(String(32))
    """Of what each address's own tag in the organizer's address is made; None: the organizer's address carries none."""
    sequence: Mapped[int | None]
    dtstamp: Mapped[datetime | None]
    """Of the newest announcement under this UID; both never fall for a UID."""
    answers_from: Mapped[int] = mapped_column(default=0)
    """Answers at or after this SEQUENCE count: that of the last change of time (calendaring.itip.Version)."""
    announced_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    remind_on: Mapped[date | None]
    """The local date on which those who come, or have not answered, are reminded by the clock; None when that is done."""
    step_on: Mapped[date | None]
    """The local date on which the clock next looks at the steps before the meeting; None when nothing is left of them."""
    steps_from: Mapped[date | None]
    """Steps that lay before this local date are left out: the meeting was not planned for its date then. None: nothing is left out."""
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    postponed_at: Mapped[datetime | None]
    postponed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    off_announced: Mapped[bool] = mapped_column(default=False)
    """The cancellation or postponement that stands was announced: coming back then needs a new UID."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was last moved, postponed or cancelled, as the officer wrote it."""
    held_at: Mapped[datetime | None]
    """When an officer said that it took place (已召开); from then on its numbers, agenda and answers stand."""
    held_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_afterwards_at: Mapped[datetime | None]
    """补录: it was held without the system and entered here then; nobody was mailed."""
    ordinal: Mapped[int | None]
    ordinal_in_year: Mapped[int | None]
    """会次 in all and in the year of its local date, fixed under the mechanism's lock when it is held (GLOSSARY.md)."""
    quorum_rule: Mapped[dict[str, Any] | None]
    """What its quorum was when it was held (attendance.Quorum): later changes of the mechanism do not touch the record."""
    quorum_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was held without its quorum, as `held_by` wrote it at `held_at`."""
    ordinal_year: Mapped[int | None]
    """That year, for the index by which no number is given twice within it."""
    minutes_drafted_at: Mapped[datetime | None]
    """When the first draft of its minutes was made, or entered."""
    minutes_circulated_at: Mapped[datetime | None]
    """When its minutes were last sent to the agencies to be signed; from then on the hold is not taken back."""
    minutes_agreed_at: Mapped[datetime | None]
    """Since when all who sign agree to the newest text of its minutes; None while any does not."""
    minutes_issued_at: Mapped[datetime | None]
    """When its minutes were issued (印发); a correction that is issued later changes nothing of that."""
    next_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    """下次会议: the meeting whose date was fixed in this one (next_meeting.fix)."""

    @property
    def state(self) -> str:
        """draft, announced, held, cancelled or postponed."""
        if self.cancelled_at:
            return "cancelled"
        if self.postponed_at:
            return "postponed"
        if self.held_at:
            return "held"
        return "announced" if self.announced_at else "draft"

    @property
    def is_off(self) -> bool:
        """Cancelled, or postponed without a new date."""
        return self.cancelled_at is not None or self.postponed_at is not None

    def refuse_off(self) -> None:
        """Raise Conflict while it is cancelled or postponed: what it is to be then needs a date first."""
        if self.is_off:
            raise Conflict(N_("This meeting is cancelled or postponed. Reinstate it with a date instead."))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def local_on(self) -> date:
        """The local date it takes place on."""
        return self.local_start.date()

    def count_steps_from(self, now: datetime) -> None:
        """It has a date, or another one, since `now`: the clock does what is due from the next morning on."""
        self.step_on = self.steps_from = first_mail_day(now, self.zone) if self.starts_at > now else None

    def takes_place_by(self, today: date) -> bool:
        """Whether its day has come by this local date, so that it can be recorded: its page is then about what happens."""
        return self.held_at is not None or (not self.is_off and self.local_on <= today)


class AgencyInvitation(Versioned, Base):
    """A meeting is announced to agencies: so many seats, such people asked for; the agency's liaison returns one slip (回执)."""

    __tablename__ = "agency_invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "agency_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    seats: Mapped[int] = mapped_column(default=1)
    requirement: Mapped[str | None] = mapped_column(String(200))
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    returned_via: Mapped[str | None] = mapped_column(String(20))
    returned_sequence: Mapped[int | None]
    declined: Mapped[bool] = mapped_column(default=False)
    """The agency answered that nobody comes."""
    comment: Mapped[str | None] = mapped_column(Text)
    registered: Mapped[dict[str, Any] | None]
    """代登记: {"how", "said_by", "at", "by_id"}."""
    removed_at: Mapped[datetime | None]

    @property
    def returned_for_earlier_time(self) -> bool:
        """A slip came, and the meeting was moved since: it is asked for again."""
        return self.returned_at is None and self.returned_via is not None


class Attendee(Versioned, Base):
    """One person asked to a meeting, by name or as a name on an agency's slip, and the answer. Names are kept as they were."""

    __tablename__ = "attendee"
    __table_args__ = (
        ForeignKeyConstraint(["meeting_id", "starts_at"], ["meeting.id", "meeting.starts_at"], onupdate="CASCADE"),
        Index("ix_attendee_meeting_id", "meeting_id"),
        Index("ix_attendee_person_id_meeting_id", "person_id", "meeting_id"),
        Index("ix_attendee_person_id_starts_at", "person_id", "starts_at", "meeting_id"),
    )

    meeting_id: Mapped[int]
    starts_at: Mapped[datetime]
    """The meeting's, so that an index has what somebody is asked to in order of time. The database itself follows the meeting
    and lets nobody set another; what was read into a session before the meeting moved is not read again."""
    meeting: Mapped[Meeting] = relationship(
        primaryjoin="Meeting.id == Attendee.meeting_id", foreign_keys="Attendee.meeting_id", lazy="raise"
    )
    agency_invitation_id: Mapped[int | None] = mapped_column(ForeignKey("agency_invitation.id"))
    """Set for a name that came on the agency's slip; such a person is not mailed."""
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    name: Mapped[str] = mapped_column(String(60))
    job_title: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="required")
    position: Mapped[int] = mapped_column(default=0)
    partstat: Mapped[str] = mapped_column(String(20), default="needs_action")
    comment: Mapped[str | None] = mapped_column(Text)
    substitute: Mapped[dict[str, Any] | None]
    """委派他人参加: {"name", "job_title"?, "phone"?}; partstat is then accepted."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_via: Mapped[str | None] = mapped_column(String(20))
    """web, link, api, mail, slip or registered"""
    answered_sequence: Mapped[int | None]
    answered_from: Mapped[str | None] = mapped_column(String(254))
    """The mail address an answer by mail came from, where it is not the one that was asked: an alias, or a contact."""
    answered_unverified: Mapped[bool] = mapped_column(default=False, server_default=false())
    """未核实: it came by mail, and no mail server vouched for its sender."""
    registered: Mapped[dict[str, Any] | None]
    """代登记: {"how", "said_by", "at", "by_id"}."""
    attendance: Mapped[str | None] = mapped_column(String(20))
    """出席 / 列席 / 请假 / 缺席 as checked in at the meeting; None until somebody says."""
    attendance_at: Mapped[datetime | None]
    attendance_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_in_at: Mapped[datetime | None]
    """签到 by the person, or for a name on a slip by the agency's liaison; kept whatever the recorder notes."""
    checked_in_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    leave_approved_at: Mapped[datetime | None]
    """准假: the agency agrees that this person does not come. A new answer forgets it."""
    leave_approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    substitute_asked_at: Mapped[datetime | None]
    """The agency asks for a substitute instead."""
    substitute_asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    walked_in_at: Mapped[datetime | None]
    """Was there without having been asked: entered then by who recorded the meeting."""
    removed_at: Mapped[datetime | None]

    @property
    def from_outside(self) -> bool:
        """Of a body from outside, where nobody approves their leave. Needs `agency`."""
        return self.agency.kept_by_id is not None

    def forget_leave(self) -> None:
        """What the agency said of leave was about the answer before."""
        self.leave_approved_at = self.leave_approved_by = None
        self.substitute_asked_at = self.substitute_asked_by = None

    @property
    def answered_for_earlier_time(self) -> bool:
        """An answer came, and the meeting was moved since: it is asked for again."""
        return self.partstat == "needs_action" and self.answered_at is not None


class Announcement(Base):
    """What was told to the attendees at one moment: one version of the meeting and the method it went by. Never changed."""

    __tablename__ = "announcement"
    __table_args__ = (Index("ix_announcement_meeting_id", "meeting_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    uid: Mapped[str] = mapped_column(String(40), index=True)
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(10))
    occasion: Mapped[str] = mapped_column(String(20))
    """invited, moved, updated, cancelled, postponed or reinstated: what the subject says; handed_over, where only a liaison changed."""
    snapshot: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(Text)
    vacancy: Mapped[dict[str, Any] | None]
    """{"reason", "agencies"}: why it was sent although these agencies, by name as it was, had nobody to take it."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class AgendaItem(Versioned, Base):
    """One item of the agenda: why it is there, which agency brings it, who presents, how long it wants. Kept in order from 1."""

    __tablename__ = "agenda_item"
    __table_args__ = (Index("ix_agenda_item_meeting_id", "meeting_id", "position"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(20))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency | None] = relationship(lazy="raise")
    presenter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    presenter: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[presenter_id])
    duration_minutes: Mapped[int | None]
    audience: Mapped[frozenset[int] | None] = mapped_column(IdSet)
    """知悉范围: the agencies whose people may know what it is about (meetings.audience); None: everybody who sees the meeting."""
    state: Mapped[str] = mapped_column(String(12), default="accepted")
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was last returned or deferred, in the words of who did."""
    deferred_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was deferred: the rows of AgendaItemMove."""
    removed_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    """已议. The item that is begun and not settled is the current one of a meeting that is being held."""


class Note(Versioned, Base):
    """What the recorder writes down while the meeting runs: about one item, or about the meeting as a whole."""

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("agenda_item_id", "meeting_id"),
        Index("uq_note_of_meeting", "meeting_id", unique=True,
              sqlite_where=text("agenda_item_id IS NULL"), postgresql_where=text("agenda_item_id IS NULL")),
        Index("ix_note_meeting_id", "meeting_id"),
    )  # fmt: skip

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
