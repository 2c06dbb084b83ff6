"""What became of agenda items that were left for a later meeting."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base
from liaison.directory.models import Person
from liaison.meetings.models import Meeting


class AgendaItemMove(Base):
    """暂缓: an item left the agenda of one meeting for that of a later one; it stays the same item. Without `to_meeting_id` it waits
    for the mechanism's next meeting to be scheduled. Never changed, but for that, and where that meeting is cancelled."""

    __tablename__ = "agenda_item_move"
    __table_args__ = (
        Index("ix_agenda_item_move_agenda_item_id", "agenda_item_id"),
        Index("ix_agenda_item_move_from_meeting_id", "from_meeting_id"),
    )

    agenda_item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    from_meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    from_meeting: Mapped[Meeting] = relationship(lazy="raise", foreign_keys=[from_meeting_id])
    to_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    to_meeting: Mapped[Meeting | None] = relationship(lazy="raise", foreign_keys=[to_meeting_id])
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[by_id])
    reason: Mapped[str | None] = mapped_column(Text)
