"""提请关注: what an agency's liaison wrote to their own leader of an overdue item. Read by that agency alone."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.actions.models import ActionItem
from liaison.db import Base
from liaison.directory.models import Person
from liaison.i18n import Words


class Escalation(Base):
    """One text as it was kept, or sent to somebody of the own agency. Never changed."""

    __tablename__ = "action_escalation"
    __table_args__ = (Index("ix_action_escalation_action_item_id", "action_item_id"),)

    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Whose people read it: the agency that was responsible."""
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whom it was mailed to; None: it was only kept, and carried by hand."""
    to_person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[to_person_id])


def draft_of(words: Words, item: ActionItem, today: date, newest: str | None) -> str:
    """What is proposed to be written; the liaison changes it as they like. Needs what a line of the ledger shows."""
    due_on = item.due_on or today
    parts = [
        words._(
            "The action item “%(title)s”, for which our agency is responsible, was due on %(day)s and is overdue.",
            title=item.title,
            day=words.full_date(due_on),
        )
    ]
    if item.owner is not None:
        parts.append(words._("Its owner is %(name)s.", name=item.owner.name))
    if newest:
        parts.append(words._("Latest progress: %(text)s", text=newest))
    parts.append(words._("Your attention is kindly requested."))
    return "\n".join(parts)
