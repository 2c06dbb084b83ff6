"""Decisions (议定事项) of a meeting, and whom each charges with what by when, as it was decided."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, Versioned
from liaison.directory.models import Agency
from liaison.meetings.models import Meeting


class Decision(Versioned, Base):
    """议定事项: what the meeting decided, numbered by mechanism and year (议定〔2026〕11号). A number is never used again."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("mechanism_id", "year", "number"),
        Index("ix_decision_meeting_id", "meeting_id"),
        Index("ix_decision_agenda_item_id", "agenda_item_id"),
    )

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    year: Mapped[int]
    """Of the meeting's local date."""
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    lead_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """牵头单位 as decided, like the supporting agencies and the date below. An action item begins with them and goes its own way: an
    extension or a transfer changes the item, never what the meeting decided."""
    lead_agency: Mapped[Agency | None] = relationship(lazy="raise")
    due_on: Mapped[date | None]
    """完成时限 as decided: a local date."""
    decided_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was last corrected or revoked after the meeting."""

    supports: Mapped[list["DecisionSupport"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="DecisionSupport.id"
    )


class DecisionSupport(Base):
    """One supporting agency (配合单位) of a decision."""

    __tablename__ = "decision_support"
    __table_args__ = (UniqueConstraint("decision_id", "agency_id"),)

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="raise")
