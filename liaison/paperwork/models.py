"""What is typed once for a meeting's letter, and the templates that agencies brought."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, Versioned
from liaison.directory.models import Agency

NOTICE, LETTER, INVITATION = "notice", "letter", "invitation"
GENRES = (LETTER, NOTICE, INVITATION)
"""函, 通知, 邀请函 (GLOSSARY.md): between agencies that do not outrank each other the letter is the default."""
NOTICE_OF_MEETING = "notice"
KINDS = (NOTICE_OF_MEETING, "slips", "agenda", "sign_in", "script", "name_cards")
"""The papers that can be made of a meeting: notice with slip, summary of slips (回执汇总), agenda, sign-in sheet (签到表), words for
the chair (主持词), name cards (桌签)."""
FILLED_KINDS = KINDS[:-1]
"""Those that an agency may lay out with a template of its own."""


class MeetingLetter(Versioned, Base):
    """The head of a meeting's notice on paper: which agency issues it, as what, under which number and date.

    The number belongs to that agency's registry: typed, never made."""

    __tablename__ = "meeting_letter"
    __table_args__ = (UniqueConstraint("meeting_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    issuing_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    issuing_agency: Mapped[Agency] = relationship(lazy="raise")
    genre: Mapped[str] = mapped_column(String(12))
    doc_no: Mapped[str | None] = mapped_column(String(60))
    dated_on: Mapped[date | None]
    """None: the day on which the paper is made."""


class DocumentTemplate(Base):
    """An agency's own .docx for one kind of paper, until it is taken out of use or another takes its place."""

    __tablename__ = "document_template"
    __table_args__ = (
        Index("uq_document_template_in_use", "agency_id", "kind", unique=True,
              sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL")),
    )  # fmt: skip

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(120))
    """As it was called where it came from; only shown."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
