"""A cooperation mechanism: the agreement that founds it, the agencies that are members on which dates, and who is whose liaison."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.calendaring.workdays import WorkCalendar
from liaison.db import Base, Versioned
from liaison.directory.models import Agency, Person
from liaison.mechanisms.review import next_review_day

PRINCIPAL, DEPUTY, ACTING = "principal", "deputy", "acting"
ROLES = (PRINCIPAL, ACTING, DEPUTY)
ONLINE, MAIL_ONLY, PAPER = "online", "mail", "paper"
TAKES_PART = (ONLINE, MAIL_ONLY, PAPER)


class Mechanism(Versioned, Base):
    """Two to nine equal agencies that meet under one agreement. It issues nothing itself: an agency does."""

    __tablename__ = "mechanism"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    short_name: Mapped[str] = mapped_column(String(60))
    programme: Mapped[str | None] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(10))
    mailbox: Mapped[str | None] = mapped_column(String(254))
    """The ORGANIZER and From of its calendar mail; the site's MAIL_FROM when empty (MAIL.md decision 3)."""
    lead_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    lead_agency: Mapped[Agency] = relationship(lazy="raise")
    quorum: Mapped[int | None]
    """So many agencies are to be there (最低参会单位数)."""
    must_include: Mapped[list[Any] | None]
    """The ids of the agencies that are to be among them; None or empty: any."""
    first_ordinal: Mapped[int | None]
    """会次 of the first meeting recorded here, for mechanisms that met before; None counts from 1."""
    deadlines: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Working days around the meeting day by step (calendaring.deadlines); empty means the default profile."""
    all_sign: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Minutes are signed by all member agencies of the meeting's day; else by those that took part."""
    silence_consents: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Who says nothing of circulated minutes until they are due is taken to agree (默认), as the agencies agreed."""
    needs_closing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """办结需确认: an action item that is reported done waits until another member agency's liaison, or the chair, closes it."""
    ended_on: Mapped[date | None]
    entered_on: Mapped[date | None]
    """The local date on which it was founded here; None where that was before it was noted."""

    def has_ended(self, day: date) -> bool:
        """Whether it has ended by that local date; one whose end is still to come runs on until then."""
        return self.ended_on is not None and self.ended_on <= day

    def sender(self, site: str) -> tuple[str, str]:
        """Name and address that its mails come from: its own mailbox under its name, else the site's MAIL_FROM with the name in it."""
        return (self.short_name, self.mailbox) if self.mailbox else ("", site)


@dataclass(frozen=True, slots=True)
class MechanismShown:
    """Whose dates and working days count, where a page says no more of a mechanism."""

    timezone: str
    region: str


class HostTurn(Base):
    """One place in the rotation of hosts, counted from 1."""

    __tablename__ = "host_turn"
    __table_args__ = (UniqueConstraint("mechanism_id", "position"),)

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    position: Mapped[int]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")


class Agreement(Versioned, Base):
    """The document the mechanism rests on (《意见》): title, number, dates."""

    __tablename__ = "agreement"

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), unique=True)
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    title: Mapped[str] = mapped_column(String(200))
    doc_no: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    review_on: Mapped[date | None]
    remind_on: Mapped[date | None]
    """The next day on which the clock reminds its members of the review; None when it need not look."""
    document_id: Mapped[int | None]
    """The text that the members countersigned here; None of one that was entered."""

    def plan_reminder(self, calendar: WorkCalendar, since: date) -> None:
        """The next step on or after that day."""
        self.remind_on = next_review_day(calendar, self.review_on, since=since)


class Clause(Base):
    """One numbered clause of the agreement."""

    __tablename__ = "clause"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    obligation: Mapped[dict[str, Any] | None]
    """obligations.Obligation.to_json; None of a clause that obliges to nothing that the record could tell."""


class FormerAgreement(Base):
    """What an agreement said until a newer version took its place. Never changed."""

    __tablename__ = "former_agreement"

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    title: Mapped[str] = mapped_column(String(200))
    doc_no: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    review_on: Mapped[date | None]
    clauses: Mapped[list[Any]]
    """[number, text, obligation] of each."""
    held_until: Mapped[date]
    """The first local date on which the newer version held."""
    replaced_at: Mapped[datetime]

    @classmethod
    def of(
        cls, agreement: Agreement, clauses: Sequence[Clause], *, held_until: date, replaced_at: datetime
    ) -> "FormerAgreement":
        """The agreement as it stands, to be kept."""
        return cls(
            mechanism_id=agreement.mechanism_id,
            document_id=agreement.document_id,
            title=agreement.title,
            doc_no=agreement.doc_no,
            signed_on=agreement.signed_on,
            effective_on=agreement.effective_on,
            review_on=agreement.review_on,
            clauses=[[one.number, one.text, one.obligation] for one in clauses],
            held_until=held_until,
            replaced_at=replaced_at,
        )


class Member(Versioned, Base):
    """An agency's membership, half-open [joined_on, left_on), and how it takes part: online, by mail only, or on paper."""

    __tablename__ = "member"
    __table_args__ = (
        Index("uq_member_current", "mechanism_id", "agency_id", unique=True,
              sqlite_where=text("left_on IS NULL"), postgresql_where=text("left_on IS NULL")),
        CheckConstraint("left_on IS NULL OR left_on > joined_on", name="dates"),
    )  # fmt: skip

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="raise")
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    takes_part: Mapped[str] = mapped_column(String(10), default=ONLINE)

    def is_member_on(self, day: date) -> bool:
        """Whether the agency is a member on that local date."""
        return self.joined_on <= day and (self.left_on is None or day < self.left_on)


class ListCheck(Base):
    """名单核对: twice a year a member agency is asked whether its liaison, deputies, people, addresses and phones are right; and each time
    it said so."""

    __tablename__ = "list_check"
    __table_args__ = (
        UniqueConstraint("member_id", "half_from"),
        Index("ix_list_check_member_id_confirmed_at", "member_id", "confirmed_at"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    half_from: Mapped[date | None]
    """1 March or 1 September where the clock came to it in that half-year, whether it asked or not; None of what was said unasked."""
    asked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None where it came from the agency's own mailbox."""


class Designation(Versioned, Base):
    """An agency's own dated word on who is its liaison, deputy or acting liaison in a mechanism (PRACTICE.md 3).

    The term is half-open [starts_on, ends_on), open-ended unless an end is given. Two principals of one agency and mechanism
    never overlap: the database refuses it (EXCLUDE on PostgreSQL, triggers on SQLite)."""

    __tablename__ = "designation"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="dates"),)

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="raise")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    role: Mapped[str] = mapped_column(String(10))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    basis_ref: Mapped[str | None] = mapped_column(String(80))
    may_sign: Mapped[bool] = mapped_column(default=True)
    designated_by: Mapped[int | None]
    designated_at: Mapped[datetime]

    @property
    def last_on(self) -> date | None:
        """The last day in the term; None for an open one."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    def is_in_term_on(self, day: date) -> bool:
        """Whether that local date lies in the term."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class Reader(Base):
    """Somebody who may read one mechanism for a while (查阅人员): dated, read-only, every view logged."""

    __tablename__ = "reader"

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The first local date on which they read nothing more."""
    basis_ref: Mapped[str | None] = mapped_column(String(80))
    """By which letter, or on what the members agreed."""
    named_at: Mapped[datetime | None]
    named_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    """When their time was cut short."""
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    def reads_on(self, day: date) -> bool:
        """Whether they read on that local date."""
        return self.starts_on <= day < self.ends_on


class HolidayCalendar(Versioned, Base):
    """The working days of one region as this site has them, once somebody entered any: counts every change, and is locked by each."""

    __tablename__ = "holiday_calendar"

    region: Mapped[str] = mapped_column(String(20), unique=True)


class HolidayYear(Base):
    """放假安排: one year's schedule as it was entered. The newest that was not undone counts; what was entered is never changed."""

    __tablename__ = "holiday_year"
    __table_args__ = (Index("ix_holiday_year_region_year", "region", "year"),)

    region: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    official: Mapped[bool]
    """False: only expected so far (provisional)."""
    days: Mapped[list[Any]]
    """[date, holiday or makeup, name or None] of each, by date."""
    source: Mapped[str | None] = mapped_column(String(200))
    """Which notice it is, as the operator names it."""
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]


class HolidayDay(Base):
    """One day that differs from the schedule of its year, and why. The newest that was not undone counts, until its year is entered
    anew."""

    __tablename__ = "holiday_day"
    __table_args__ = (Index("ix_holiday_day_region_on", "region", "on"),)

    region: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    """holiday, makeup, workday or weekend"""
    reason: Mapped[str] = mapped_column(String(200))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("holiday_year.id"))
    """The schedule of its year that stood then; None where it was the shipped one."""
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
