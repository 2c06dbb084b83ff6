"""会议材料: the papers of a meeting, and every version that was brought of each."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, IdSet, Versioned
from liaison.directory.models import Agency
from liaison.files.models import TO_SCAN, FileRow
from liaison.meetings.models import AgendaItem, Meeting


class Paper(Versioned, Base):
    """One paper of a meeting or of an item of its agenda, with which it goes to another meeting; a newer file is a new version of it."""

    __tablename__ = "paper"
    __table_args__ = (
        Index("ix_paper_meeting_id", "meeting_id"),
        Index("ix_paper_agenda_item_id", "agenda_item_id"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    """That it was brought to; of a paper with an item the item's own meeting counts."""
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    agenda_item: Mapped[AgendaItem | None] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Whose paper it is: the agency of who brought it."""
    agency: Mapped[Agency] = relationship(lazy="raise")
    title: Mapped[str] = mapped_column(String(200))
    audience: Mapped[frozenset[int] | None] = mapped_column(IdSet)
    """知悉范围: narrower than the item's; None: whoever may know of the item, or sees the meeting."""
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    versions: Mapped[list["PaperVersion"]] = relationship(lazy="raise", order_by="PaperVersion.number")


class PaperVersion(FileRow):
    """One file of a paper as it was brought. Never changed, but for what the virus scanner says of it."""

    __tablename__ = "paper_version"
    __table_args__ = (
        UniqueConstraint("paper_id", "number"),
        Index("ix_paper_version_to_scan", "scanned_at", "id", sqlite_where=TO_SCAN, postgresql_where=TO_SCAN),
    )

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    number: Mapped[int]

    @property
    def about(self) -> str:
        """What its lines of the trail are about."""
        return f"paper:{self.paper_id}"
