"""Which reminders went out, so that each goes once whatever restarts."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base


class Reminder(Base):
    """One step of one thing that one person was reminded of. `about` names the thing ("action:7", "meeting:3", "week:2026-W48")."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("about", "step", "due_on", "person_id"),)

    about: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]
    """What the step was counted from (due date, meeting day, Monday): another date is another reminder."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
