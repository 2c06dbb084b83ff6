"""Action items (落实事项): one responsible agency, any number of supporting ones, one identity across meetings (PRACTICE.md 6).

State is facts with who and when: an item is open until it ended, as done (办结) or as no longer possible (终止办理)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.actions.due import newest_step, next_step_on
from liaison.calendaring.deadlines import first_mail_day
from liaison.calendaring.workdays import region_calendar
from liaison.db import Base, Versioned
from liaison.directory.models import Agency, AgencyShown, Person, PersonShown
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism, MechanismShown
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import Meeting

OPEN, DONE, NOT_POSSIBLE = "open", "done", "not_possible"
STATES = (OPEN, DONE, NOT_POSSIBLE)
_OPEN = text("ended_at IS NULL")


class ActionItem(Versioned, Base):
    """What one agency is to do, alone or with others, and by when; carried from meeting to meeting, never copied."""

    __tablename__ = "action_item"
    __table_args__ = (
        Index("ix_action_item_ledger", "mechanism_id", "ended_at", "due_on", "id"),
        Index("ix_action_item_ended", "mechanism_id", "ended_how", "due_on", "id", "assigned_on", "lead_agency_id"),
        Index("ix_action_item_owner_ended", "owner_id", "ended_how", "due_on", "id"),
        Index("ix_action_item_mechanism_id_id", "mechanism_id", "id"),
        Index("ix_action_item_lead_agency_id", "lead_agency_id", "ended_at", "due_on"),
        Index("ix_action_item_owner_id", "owner_id", "ended_at", "due_on"),
        Index("ix_action_item_meeting_id", "meeting_id"),
        Index("ix_action_item_remind_on", "remind_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    """The meeting that asked for it; None for one added between meetings."""
    meeting: Mapped[Meeting | None] = relationship(lazy="raise")
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    decision: Mapped[Decision | None] = relationship(lazy="raise")
    title: Mapped[str] = mapped_column(String(300))
    lead_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    lead_agency: Mapped[Agency] = relationship(lazy="raise")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[owner_id])
    former_owner: Mapped[str | None] = mapped_column(String(60))
    """原责任人: whose it was until their office was handed over; the newest of its FormerOwner, by name as it was."""
    due_on: Mapped[date | None]
    """The local date in the mechanism's zone by whose end it is to be done."""
    assigned_on: Mapped[date]
    """The local date of the meeting it came from, else of the day it was added; a joining agency sees items from its own date on."""
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    remind_on: Mapped[date | None]
    """The next local date on which a reminder step falls; None when none is left (actions.due)."""
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None] = mapped_column(String(20))
    """done or not_possible"""
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_via: Mapped[str | None] = mapped_column(String(20))
    ended_note: Mapped[str | None] = mapped_column(Text)
    """What was achieved, or why it is no longer possible."""

    reported_done_at: Mapped[datetime | None]
    """When it was reported done, where the mechanism asks that somebody else closes it; it is open until then."""
    reported_done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_done_note: Mapped[str | None] = mapped_column(Text)

    supports: Mapped[list["Support"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def state(self) -> str:
        """open, done or not_possible."""
        return state_of(self.ended_at, self.ended_how)

    @property
    def waits_for_closing(self) -> bool:
        """Whether it was reported done and nobody closed it yet."""
        return self.ended_at is None and self.reported_done_at is not None

    def ask_owed(self) -> None:
        """Raise Conflict unless its owner still owes it: it ended, or was reported done and waits to be closed."""
        if self.ended_at is not None:
            raise Conflict(N_("This action item has ended. Reopen it first."))
        if self.waits_for_closing:
            raise Conflict(N_("This action item is reported done and waits to be closed: its owner owes nothing now."))

    def said_at_end(self) -> "list[Progress]":
        """What was said when it ended, or was reported done, as progress: kept when it goes on, so that nothing that was written goes out
        of sight."""
        reported = self.reported_done_at is not None
        text, at = self.ended_note or self.reported_done_note, self.reported_done_at if reported else self.ended_at
        by = self.reported_done_by if reported else self.ended_by
        return [Progress(action_item_id=self.id, text=text, at=at, by_id=by, via="")] if text and at else []

    def go_on(self, now: datetime) -> None:
        """It is open again, and owed. Needs `mechanism`."""
        self.reported_done_at = self.reported_done_by = self.reported_done_note = None
        self.ended_at = self.ended_how = self.ended_by = self.ended_via = self.ended_note = None
        self.resume_reminders(now)

    @property
    def host_agency_id(self) -> int:
        """The agency that hosted the meeting it came from; of one added between meetings, the mechanism's lead agency. Needs `mechanism`
        and `meeting`."""
        return self.meeting.host_agency_id if self.meeting is not None else self.mechanism.lead_agency_id

    def plan_reminders(self, now: datetime) -> None:
        """Note on which local date the next reminder step falls, from `now` on. Needs `mechanism`."""
        since = first_mail_day(now, ZoneInfo(self.mechanism.timezone))
        self.remind_on = next_step_on(region_calendar(self.mechanism.region), self.due_on, since=since)

    def resume_reminders(self, now: datetime) -> None:
        """The same for an item that goes on after all: the newest step that has come since it was assigned goes with the next clock mail,
        as after an outage, unless it went before the item ended. So who owes an overdue item hears of it the next morning, and not
        only when a later step comes, or never."""
        self.plan_reminders(now)
        zone, calendar = ZoneInfo(self.mechanism.timezone), region_calendar(self.mechanism.region)
        morning = first_mail_day(now, zone)
        since = first_mail_day(self.assigned_at, zone)
        if self.due_on is not None and newest_step(calendar, self.due_on, morning, since=since):
            self.remind_on = morning


def state_of(ended_at: datetime | None, ended_how: str | None) -> str:
    """open, done or not_possible."""
    return OPEN if ended_at is None else ended_how or DONE


@dataclass(frozen=True, slots=True)
class SupportShown:
    """A supporting agency where a page only names it."""

    agency: AgencyShown


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An item where a page only lists it: what a line says and who may do what with it, under the names that ActionItem has."""

    mechanism: MechanismShown
    lead_agency: AgencyShown
    owner: PersonShown | None
    supports: Sequence[SupportShown]
    id: int
    version: int
    mechanism_id: int
    meeting_id: int | None
    title: str
    lead_agency_id: int
    owner_id: int | None
    former_owner: str | None
    due_on: date | None
    ended_at: datetime | None
    ended_how: str | None
    reported_done_at: datetime | None

    @property
    def state(self) -> str:
        """open, done or not_possible."""
        return state_of(self.ended_at, self.ended_how)

    @property
    def waits_for_closing(self) -> bool:
        """Whether it was reported done and nobody closed it yet."""
        return self.ended_at is None and self.reported_done_at is not None


class Support(Base):
    """One supporting agency (配合单位) of an item."""

    __tablename__ = "action_support"
    __table_args__ = (UniqueConstraint("action_item_id", "agency_id"),)

    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="raise")


class FormerOwner(Base):
    """原责任人: who owned the item until a day, when their office passed to somebody else. Names as they were."""

    __tablename__ = "former_owner"
    __table_args__ = (Index("ix_former_owner_action_item_id", "action_item_id"),)

    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(60))
    agency_name: Mapped[str] = mapped_column(String(120))
    until_on: Mapped[date]
    """The first local day on which it was no longer theirs."""
    to_name: Mapped[str | None] = mapped_column(String(60))
    """Whose it became; None: nobody's yet."""


class Progress(Base):
    """进展: one note on how an item goes, by whom and through which door. Never changed."""

    __tablename__ = "progress"
    __table_args__ = (Index("ix_progress_action_item_id", "action_item_id"),)

    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person | None] = relationship(lazy="raise")
    via: Mapped[str] = mapped_column(String(20))
    """The door it came through; empty of what was said when the item ended, before it went on."""
    registered: Mapped[dict[str, Any] | None]
    """代登记: {"how", "said_by", "at", "by_id"}."""
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """The supporting agency (配合单位) that reports its own part, or the one that sent the item back; None: who is responsible."""
    agency: Mapped[Agency | None] = relationship(lazy="raise")
    sent_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    """退回: why an item that was reported done was not closed."""
    unverified: Mapped[bool] = mapped_column(default=False, server_default=false())
    """未核实: it came by mail, and no mail server vouched for its sender."""
