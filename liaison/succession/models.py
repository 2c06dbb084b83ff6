"""Which terms the mails and links of an office follow; each handover, one act that ends a term and begins the next; and what is left open."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, IdSet
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Designation

_OPEN = text("settled_at IS NULL")
_AHEAD = text("applied_at IS NULL AND taken_back_at IS NULL")


class FollowedTerm(Base):
    """A term that has begun, and whose calendars and links followed; the row goes when those have followed its end."""

    __tablename__ = "followed_term"

    designation_id: Mapped[int] = mapped_column(ForeignKey("designation.id", ondelete="CASCADE"), unique=True)
    at: Mapped[datetime]


class Handover(Base):
    """交接: somebody hands an office over to somebody else of the agency on a day. What it moves is moved on that day, once."""

    __tablename__ = "handover"
    __table_args__ = (
        Index("ix_handover_from_id", "from_id"),
        Index("ix_handover_to_id", "to_id"),
        Index("ix_handover_ahead", "starts_on", sqlite_where=_AHEAD, postgresql_where=_AHEAD),
    )

    from_id: Mapped[int] = mapped_column(ForeignKey("designation.id"))
    """The term that ends."""
    from_: Mapped[Designation] = relationship(lazy="raise", foreign_keys=[from_id])
    to_id: Mapped[int | None] = mapped_column(ForeignKey("designation.id"))
    """The term that begins; None once it was taken back."""
    to_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[to_person_id])
    starts_on: Mapped[date]
    ended_before: Mapped[date | None]
    """The end that the term had before; it gets it again if this is taken back."""
    deputy_ends: Mapped[dict[str, Any] | None]
    """The ends before of the successor's terms as deputy that end with it, by id."""
    kept_ids: Mapped[frozenset[int]] = mapped_column(IdSet)
    """The action items that stay with who leaves."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    moved: Mapped[dict[str, Any] | None]
    """By kind (succession.moving), the ids of what was moved on the day."""
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    @property
    def is_ahead(self) -> bool:
        """Its day has not been applied yet, and nobody took it back."""
        return self.applied_at is None and self.taken_back_at is None


class ChangeLetter(Base):
    """An agency that no mail about a change of liaison reaches: it is told by letter, and the host's liaison says when that was done."""

    __tablename__ = "change_letter"
    __table_args__ = (UniqueConstraint("designation_id", "on", "to_agency_id"),)

    designation_id: Mapped[int] = mapped_column(ForeignKey("designation.id"))
    """Who is liaison by it."""
    designation: Mapped[Designation] = relationship(lazy="raise")
    on: Mapped[date]
    """Since when."""
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    to_agency: Mapped[Agency] = relationship(lazy="raise")
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class LeftRole(Base):
    """Somebody who left the agency or the service was to record a meeting, or to present an agenda item, and nobody took it over: the
    host's liaison names somebody else, or says that it is done without."""

    __tablename__ = "left_role"
    __table_args__ = (
        Index("ix_left_role_meeting_id", "meeting_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_left_role_agenda_item_id", "agenda_item_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    """To be recorded."""
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    """To be presented, at whatever meeting it stands."""
    name: Mapped[str] = mapped_column(String(60))
    """Who left, as they were called."""
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
