"""Which reminders went out, so that each goes once whatever restarts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base


class Reminder(Base):
    """One step of one thing that a person, or an agency at its own address, was reminded of. `about` names the thing ("action:7",
    "attendee:3", "slip:5", "items:2", "prepare:2")."""

    __tablename__ = "reminder"
    __table_args__ = (
        # Two, since an empty column never counts as equal to another.
        UniqueConstraint("about", "step", "due_on", "person_id"),
        UniqueConstraint("about", "step", "due_on", "agency_id"),
        CheckConstraint("(person_id IS NULL) <> (agency_id IS NULL)", name="one_receiver"),
    )

    about: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]
    """What the step was counted from (due date, meeting day, Monday): another date is another reminder."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    """Set where it went to an agency that has no liaison, at its own address."""
    at: Mapped[datetime]
