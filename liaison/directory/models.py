"""Agencies, their offices (shared mailboxes with a name) and their people (GLOSSARY.md "Organisation")."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, Versioned

ADDRESS_KINDS = ("alias", "contact")
_OF_THE_SITE = text("kept_by_id IS NULL")


@dataclass(frozen=True, slots=True)
class Address:
    """Where mail for somebody goes: `mail` in lower case; `shared` when others read it too; `via` says whose it is."""

    mail: str
    shared: bool
    via: str
    """own, contact, office or agency"""
    holder: str
    """The name to write it to: the person's, the contact's, the office's or the agency's."""


@dataclass(frozen=True, slots=True)
class AgencyShown:
    """An agency where a page only names it, in its colour."""

    id: int
    short_name: str
    name: str
    sort_order: int
    kept_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person where a page only names them."""

    id: int
    name: str
    job_title: str | None = None


class Agency(Versioned, Base):
    """A public agency, an equal party to its agreements. It has no seal here and no rank."""

    __tablename__ = "agency"
    __table_args__ = (
        Index(
            "uq_agency_short_name", "short_name", unique=True, sqlite_where=_OF_THE_SITE, postgresql_where=_OF_THE_SITE
        ),
    )

    short_name: Mapped[str] = mapped_column(String(40))
    """Unique among the agencies of the site. Of bodies from outside several agencies may each enter one of the same name, and none of them
    learns of the others'."""
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40), default="administration")
    mail: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(60))
    locale: Mapped[str | None] = mapped_column(String(10))
    sort_order: Mapped[int] = mapped_column(default=100)
    kept_by_id: Mapped[int | None]
    """Of a body from outside (a school, a company, a community) that takes part in something: the agency that entered it, and that alone
    reads of it and its people. None: an agency of this site."""
    deactivated_at: Mapped[datetime | None]
    deactivated_by: Mapped[int | None]

    @property
    def keeper_id(self) -> int:
        """The agency that keeps its people: itself, or of a body from outside the one that entered it."""
        return self.kept_by_id or self.id

    def own_address(self) -> Address | None:
        """Where mail for the agency itself goes: its own address, which whoever is there reads; None when it has none."""
        return Address(self.mail.lower(), True, "agency", self.name) if self.mail else None


class Office(Versioned, Base):
    """A shared mailbox with a name: a department whose people read one address (PRACTICE.md 11)."""

    __tablename__ = "office"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    name: Mapped[str] = mapped_column(String(80))
    mail: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(60))
    deactivated_at: Mapped[datetime | None]
    deactivated_by: Mapped[int | None]


class Person(Versioned, Base):
    """Somebody of an agency. Mail is optional and need not be unique; a leader may be reached through a contact."""

    __tablename__ = "person"
    key: Mapped[str | None] = mapped_column(String(60), unique=True)
    """A short name kept for good, so that importing again finds the same person."""
    name: Mapped[str] = mapped_column(String(60))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="raise")
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    office: Mapped[Office | None] = relationship(lazy="raise")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    contact: Mapped["Person | None"] = relationship(lazy="raise", remote_side="Person.id")
    department: Mapped[str | None] = mapped_column(String(80))
    job_title: Mapped[str | None] = mapped_column(String(80))
    rank: Mapped[int | None]
    """Order within the agency on lists and minutes; leaders first."""
    mail: Mapped[str | None] = mapped_column(String(254), index=True)
    """Kept in lower case."""
    phone: Mapped[str | None] = mapped_column(String(60))
    locale: Mapped[str | None] = mapped_column(String(10))
    operator_at: Mapped[datetime | None]
    """Since when this person runs the site (系统管理员)."""
    agency_admin_at: Mapped[datetime | None]
    """Since when this person keeps the agency's people, offices and designations (单位管理员)."""
    deactivated_at: Mapped[datetime | None]
    deactivated_by: Mapped[int | None]

    def effective_address(self) -> Address | None:
        """The own mail, else the contact's, else the office's, else the agency's; None when none has one (PRACTICE.md 11).

        Needs `agency`, `office` and `contact` loaded."""
        if self.mail:
            return Address(self.mail.lower(), False, "own", self.name)
        if self.contact is not None and self.contact.mail and self.contact.deactivated_at is None:
            return Address(self.contact.mail.lower(), True, "contact", self.contact.name)
        if self.office is not None and self.office.deactivated_at is None:
            return Address(self.office.mail.lower(), True, "office", self.office.name)
        return self.agency.own_address()

    def mail_locale(self, site_locale: str) -> str:
        """The language mail to this person is written in: their own, else the agency's, else the site's; never the sender's."""
        return self.locale or self.agency.locale or site_locale


class KnownAddress(Base):
    """Another address that speaks for a person: their own second mailbox (`alias`), or that of somebody who answers for them
    (`contact`, by the name `holder`). Told by an officer who knows (MAIL.md "Answers coming in")."""

    __tablename__ = "known_address"
    __table_args__ = (UniqueConstraint("person_id", "address"), Index("ix_known_address_address", "address"))

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    """Lower case."""
    kind: Mapped[str] = mapped_column(String(10))
    holder: Mapped[str | None] = mapped_column(String(60))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None]
