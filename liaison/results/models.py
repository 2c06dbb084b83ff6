"""Outcome (办案成效): one finished case as one agency reports it; and an agency's word that a period is right."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from liaison.db import Base, BigId, Versioned
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Mechanism

SAID = ("closed_on", "beneficiary_group", "cause", "cases", "people", "amount_recovered", "result")
"""What a line says of its case, and what two agencies' lines of one case must agree in."""


_AGAIN, _AGAIN_0 = (text(f"removed_at IS NULL AND {word}") for word in ("NOT counts", "counts = 0"))
"""Lines on cases that another agency reported before, as each database says it."""


class Yuan(TypeDecorator[Decimal]):
    """An exact sum of money, kept as whole fen: SQLite has no decimals, and sums of floats are none."""

    impl = BigId
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.scaleb(2).to_integral_exact())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)


class Outcome(Versioned, Base):
    """One case that was closed, under its code and without anybody's name, as one agency reports it. Several agencies may report the same case:
    it counts once, and what their lines say of it is compared."""

    __tablename__ = "outcome"
    __table_args__ = (
        Index("uq_outcome_reported", "mechanism_id", "case_code", "agency_id", unique=True,
              sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL")),
        Index("ix_outcome_again", "mechanism_id", sqlite_where=_AGAIN_0, postgresql_where=_AGAIN),
        Index("ix_outcome_listed", "mechanism_id", "closed_on", "id"),
    )  # fmt: skip

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Who reports it, and alone changes it."""
    agency: Mapped[Agency] = relationship(lazy="raise")
    case_code: Mapped[str] = mapped_column(String(60))
    closed_on: Mapped[date]
    beneficiary_group: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(80))
    cases: Mapped[int] = mapped_column(default=1)
    people: Mapped[int]
    amount_recovered: Mapped[Decimal | None] = mapped_column(Yuan())
    """Yuan; None where no money was at stake."""
    result: Mapped[str | None] = mapped_column(String(60))
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_from: Mapped[str | None] = mapped_column(String(100))
    """The name of the file that it came with."""
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    counts: Mapped[bool] = mapped_column(default=True)
    """Whether it is the line that figures take: of several on one case, the first reported that stands."""

    def says(self) -> tuple[Any, ...]:
        """What it says of its case, to be compared with another line of it."""
        return tuple(getattr(self, name) for name in SAID)

    def facts(self) -> dict[str, Any]:
        """Code and all that it says, by column."""
        return {name: getattr(self, name) for name in ("case_code", *SAID)}

    def shown(self) -> dict[str, Any]:
        """The same for a form whose reader saw it otherwise; the sum as text."""
        amount = self.amount_recovered
        return {**self.facts(), "amount_recovered": None if amount is None else f"{amount:.2f}"}


class OutcomeConfirmation(Base):
    """核对: an agency's word that the figures of a period are right, with what they were. A later change in that period voids it."""

    __tablename__ = "outcome_confirmation"
    __table_args__ = (Index("ix_outcome_confirmation_read", "mechanism_id", "to_on"),)

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    from_on: Mapped[date]
    to_on: Mapped[date]
    """The last day of the period, included."""
    cases: Mapped[int]
    people: Mapped[int]
    amount_recovered: Mapped[Decimal] = mapped_column(Yuan())
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person | None] = relationship(lazy="raise")
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"))
    """The line that was entered, changed or taken away since."""
