"""Minutes of a meeting: which document holds their text, which agency issues them, and whom no mail brings them to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.countersigning.models import ALL_AGREED, IN_FORCE, Document
from liaison.countersigning.standing import state_of
from liaison.db import Base, Versioned
from liaison.directory.models import Agency
from liaison.meetings.models import Meeting

_OPEN = text("issued_at IS NULL")
_TO_DO = text("done_at IS NULL")


class Minutes(Versioned, Base):
    """One set of minutes. A correction of issued ones is a set of its own that names them; one at a time is being written."""

    __tablename__ = "minutes"
    __table_args__ = (
        Index("ix_minutes_meeting_id", "meeting_id"),
        Index("uq_minutes_open", "meeting_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    document: Mapped[Document] = relationship(lazy="raise")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("minutes.id"))
    """The issued minutes that these correct."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why they are corrected."""
    issuing_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    issuing_agency: Mapped[Agency] = relationship(lazy="raise")
    copy_to: Mapped[list[Any]] = mapped_column(default=list)
    """抄送: names as they are printed."""
    report_to: Mapped[list[Any]] = mapped_column(default=list)
    """抄报: names as they are printed."""
    doc_no: Mapped[str | None] = mapped_column(String(60))
    """发文字号, typed: it belongs to the issuing agency's registry."""
    issued_on: Mapped[date | None]
    """The local date printed as that of issue."""
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_as: Mapped[dict[str, Any] | None]
    """What is printed and not signed, as it was then: {"issuing_agency": name, "head": the audit trail's "number:hash"}."""

    @property
    def about(self) -> str:
        """What its mails are listed by."""
        return f"minutes:{self.id}"

    def note_agreed(self, now: datetime) -> None:
        """Tell the meeting since when all agree to its minutes; a correction changes nothing of that. Needs all of the document."""
        if self.corrects_id is None:
            agreed = state_of(self.document) in (ALL_AGREED, IN_FORCE)
            self.meeting.minutes_agreed_at = (self.meeting.minutes_agreed_at or now) if agreed else None


class MinutesDelivery(Base):
    """Somebody whom no mail brings the issued minutes: they are handed over another way, and the host says when that was done (送达)."""

    __tablename__ = "minutes_delivery"
    __table_args__ = (
        UniqueConstraint("minutes_id", "name"),
        Index("ix_minutes_delivery_to_do", "minutes_id", sqlite_where=_TO_DO, postgresql_where=_TO_DO),
    )

    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    minutes: Mapped[Minutes] = relationship(lazy="raise")
    name: Mapped[str] = mapped_column(String(200))
    """As it is printed, or that of the member agency then."""
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """The member agency that is meant; None for a mere name, which reads what everybody may."""
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
