"""What an annual plan keeps beside its meetings: the dates left out, and the plan as it was sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base


class SkippedDate(Base):
    """A date that a series promises and an officer left out, with the reason: no meeting is planned for it, and it counts as missed."""

    __tablename__ = "skipped_date"
    __table_args__ = (UniqueConstraint("series_id", "nominal_on"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    nominal_on: Mapped[date]
    """Where the rule itself puts it, so that it stays left out when a holiday calendar moves the day."""
    reason: Mapped[str] = mapped_column(String(200))
    skipped_at: Mapped[datetime]
    skipped_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class SentPlan(Base):
    """年度会议安排 as it was sent: the year's dates as the member agencies were told them, so that a later mail tells what changed."""

    __tablename__ = "sent_plan"
    __table_args__ = (UniqueConstraint("mechanism_id", "year", "number"),)

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    year: Mapped[int]
    number: Mapped[int]
    """1 for the plan itself, then one more for each change told."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    agency_ids: Mapped[list[int]] = mapped_column(JSON)
    """The member agencies of that day: whichever joins later is told all of the year."""
    sent_at: Mapped[datetime]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
