"""Brief (工作信息): a short account of results, a meeting or an activity, drafted from the record and edited by a person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, Versioned
from liaison.directory.models import Person
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import Meeting

RESULTS, OF_MEETING = "results", "meeting"


class Brief(Versioned, Base):
    """One agency's own text, with the rows that it was drafted from, so that whoever doubts a figure finds where it came from."""

    __tablename__ = "brief"
    __table_args__ = (Index("ix_brief_listed", "mechanism_id", "agency_id", "id"),)

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Whose text it is; no other agency reads it here."""
    kind: Mapped[str] = mapped_column(String(10))
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    """The period of one on results, both days included."""
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting | None] = relationship(lazy="raise")
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    drafted_text: Mapped[str] = mapped_column(Text)
    """As it was drafted from the record, whatever was written since."""
    source: Mapped[dict[str, Any]]
    """What it was drafted from, as it stood then: figures, and the lines counted or what the record of the meeting says."""
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[drafted_by])
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
