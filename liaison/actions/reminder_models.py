"""提醒 by hand: who was reminded of an action item, when, and by whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base
from liaison.directory.models import Agency, Person


class HandReminder(Base):
    """One reminder that an officer called for: to a person, or to an agency without a liaison at its own address. Never changed."""

    __tablename__ = "action_reminder"
    __table_args__ = (Index("ix_action_reminder_action_item_id", "action_item_id"),)

    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """The responsible agency at that time."""
    agency: Mapped[Agency] = relationship(lazy="raise")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
