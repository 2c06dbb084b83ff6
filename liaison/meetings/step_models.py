"""What officers and the clock did to the steps around a meeting; everything else about them follows from the deadline profile."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base, Versioned


class MeetingStep(Versioned, Base):
    """One step of one meeting (call for items, notice due …) that was shifted, skipped or done. A step without such a row lies where
    the mechanism's deadlines put it."""

    __tablename__ = "meeting_step"
    __table_args__ = (UniqueConstraint("meeting_id", "step"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    step: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date | None]
    """The local date an officer put it on; None: by the deadlines. When answers are due stands with the meeting instead."""
    shifted_at: Mapped[datetime | None]
    shifted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    skipped_at: Mapped[datetime | None]
    skipped_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None where the clock did it."""
    done_for: Mapped[date | None]
    """The local date of the meeting that it was done for: on another date it is to be done again, but for the call for items."""
    mails: Mapped[int] = mapped_column(default=0)
    """How many people and agencies were mailed."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was shifted, skipped or done early, as the officer wrote it."""
