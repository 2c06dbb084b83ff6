"""Finding a time (会议时间征询): the times that are asked about, and what each member agency answered.

State is facts with who and when: a poll is open until `closed_at`; the time that was picked, if any, has `picked_at`."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.calendaring.walltime import end_of
from liaison.db import Base, Versioned
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting
from liaison.polls.wording import ENDED, ENDED_WITHOUT

CAN, IF_NEED_BE, CANNOT = "can", "if_need_be", "cannot"
CHOICES = (CAN, IF_NEED_BE, CANNOT)
OPEN, PICKED, CLOSED = "open", "picked", "closed"
WANTS_A_TIME = ("draft", "postponed")
"""States of a meeting that a time is looked for."""
FEWEST, MOST = 2, 6
"""So many times are asked about at once."""
_OPEN = text("closed_at IS NULL")


class TimePoll(Versioned, Base):
    """One question to the member agencies: which of these times suits you. Its times never change; others are asked about anew."""

    __tablename__ = "time_poll"
    __table_args__ = (
        Index("ix_time_poll_mechanism_id_id", "mechanism_id", "id"),
        Index("uq_time_poll_open", "meeting_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    """The draft or postponed meeting that is given the time; None where the meeting is scheduled afterwards."""
    meeting: Mapped[Meeting | None] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """The agency that asks: mails speak as it."""
    agency: Mapped[Agency] = relationship(lazy="raise")
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    """Until the end of this local date of the mechanism's zone it can be answered."""
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was closed without a time, as the officer wrote it."""

    candidates: Mapped[list["Candidate"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="Candidate.local_start"
    )
    answers: Mapped[list["PollAnswer"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def state(self) -> str:
        """open, picked or closed (without a time). Needs `candidates`."""
        if self.closed_at is None:
            return OPEN
        return PICKED if self.picked else CLOSED

    @property
    def picked(self) -> "Candidate | None":
        """The time that was picked. Needs `candidates`."""
        return next((one for one in self.candidates if one.picked_at is not None), None)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.mechanism.timezone)

    @property
    def wants_a_time(self) -> bool:
        """Whether an answer still helps anybody: its meeting, where it is for one, was neither announced nor called off since. Needs
        `meeting`."""
        return self.meeting is None or self.meeting.state in WANTS_A_TIME

    def takes_answers_on(self, day: date) -> bool:
        """Whether liaisons may still answer on that local date."""
        return self.closed_at is None and day <= self.due_on

    def refuse_ended(self) -> None:
        """Raise Conflict, with the time that was picked, once the question has ended. Needs `candidates`."""
        if self.picked is not None:
            raise Conflict(ENDED, when=f"{self.picked.local_start:%Y-%m-%d %H:%M}")
        if self.closed_at is not None:
            raise Conflict(ENDED_WITHOUT)

    def in_order(self) -> "list[PollAnswer]":
        """The agencies asked, in agency order. Needs `answers` with their agencies."""
        return sorted(self.answers, key=lambda one: (one.agency.sort_order, one.agency_id))

    def answer_of(self, agency_id: int | None) -> "PollAnswer | None":
        """The line of an agency that was asked; None for any other. Needs `answers`."""
        return next((one for one in self.answers if one.agency_id == agency_id), None)


class Candidate(Base):
    """One time that is asked about: local wall time of the mechanism's zone, and how long."""

    __tablename__ = "time_poll_candidate"
    __table_args__ = (UniqueConstraint("time_poll_id", "local_start"),)

    time_poll_id: Mapped[int] = mapped_column(ForeignKey("time_poll.id"))
    local_start: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    duration_minutes: Mapped[int]
    picked_at: Mapped[datetime | None]

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when until when, as instants."""
        return end_of(self.local_start, 0, zone), end_of(self.local_start, self.duration_minutes, zone)


class PollAnswer(Versioned, Base):
    """One agency that was asked, and what its liaison answered; without `answered_at` nothing yet, or taken back."""

    __tablename__ = "time_poll_answer"
    __table_args__ = (UniqueConstraint("time_poll_id", "agency_id"),)

    time_poll_id: Mapped[int] = mapped_column(ForeignKey("time_poll.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="raise")
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """By a candidate's id as text: can, if_need_be or cannot."""
    comment: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person | None] = relationship(lazy="raise")
    answered_via: Mapped[str | None] = mapped_column(String(20))
    """web, link, api or registered"""
    registered: Mapped[dict[str, Any] | None]
    """代登记: {"how", "said_by", "at", "by_id"}."""

    def choice_for(self, candidate: Candidate) -> str | None:
        """What the agency said of one time."""
        said = self.choices.get(str(candidate.id))
        return str(said) if said is not None else None
