"""日常联络记录: what an agency's liaison notes of a contact with another one between meetings."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.actions.models import ActionItem
from liaison.db import Base, Versioned
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import AgendaItem
from liaison.notices.models import Notice


class ContactLog(Versioned, Base):
    """One contact, as the agency that had it notes it for itself: no other agency reads or keeps it."""

    __tablename__ = "contact_log"
    __table_args__ = (Index("ix_contact_log_listed", "mechanism_id", "agency_id", "on", "id"),)

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Whose note it is."""
    on: Mapped[date]
    with_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    with_agency: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[with_agency_id])
    counterpart: Mapped[str | None] = mapped_column(String(80))
    """Who it was with, as the officer wrote it; None where only the agency was named."""
    way: Mapped[str] = mapped_column(String(20))
    """One of REGISTERED_WAYS."""
    subject: Mapped[str] = mapped_column(String(200))
    follow_up: Mapped[str | None] = mapped_column(Text)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    writer: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[written_by])
    removed_at: Mapped[datetime | None]
    """It can be taken back."""
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    notice: Mapped[Notice | None] = relationship(lazy="raise")
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    agenda_item: Mapped[AgendaItem | None] = relationship(lazy="raise")
    action_item_id: Mapped[int | None] = mapped_column(ForeignKey("action_item.id"))
    action_item: Mapped[ActionItem | None] = relationship(lazy="raise")

    @property
    def notice_made(self) -> Notice | None:
        """转为通报: what was made of it, unless that draft was thrown away. Needs `notice`."""
        return self.notice if self.notice is not None and self.notice.discarded_at is None else None

    @property
    def agenda_item_made(self) -> AgendaItem | None:
        """列为议题, unless that item was taken off. Needs `agenda_item`."""
        return self.agenda_item if self.agenda_item is not None and self.agenda_item.removed_at is None else None
