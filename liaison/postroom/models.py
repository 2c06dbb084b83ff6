"""来信: every mail that came in, what it came to and why, and who settled it where a person had to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base, IdSet

APPLIED, STALE, HELD, IGNORED = "applied", "stale", "held", "ignored"
VERDICTS = (APPLIED, STALE, HELD, IGNORED)
_KEPT = text("raw IS NOT NULL")
_WAITS = text("verdict = 'held' AND settled_at IS NULL")


class IncomingMail(Base):
    """One mail as it came in. Its bytes are kept 90 days; what it came to stays."""

    __tablename__ = "incoming_mail"
    __table_args__ = (
        Index("ix_incoming_mail_waits", "mechanism_id", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_incoming_mail_mechanism_id_id", "mechanism_id", "id"),
        Index("ix_incoming_mail_kept", "received_at", sqlite_where=_KEPT, postgresql_where=_KEPT),
    )

    received_at: Mapped[datetime]
    door: Mapped[str] = mapped_column(String(10))
    """imap, lmtp, maildir or stdin"""
    source_key: Mapped[str | None] = mapped_column(String(300), unique=True)
    """Where the mail stands in its mailbox: fetched twice, it is still one mail."""
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """Equal for one mail that was delivered twice (`mail.inbox.digest_of`)."""
    message_id: Mapped[str] = mapped_column(String(500), default="")
    sender: Mapped[str] = mapped_column(String(320), default="")
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(400), default="")
    size: Mapped[int]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    verdict: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(40))
    """A code of `postroom.wording.REASONS`."""
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the reason's sentence and the officer's page need besides: the answer, the proposed time …"""
    mechanism_id: Mapped[int | None] = mapped_column(ForeignKey("mechanism.id"))
    """Whose officers see it; None: nobody knows, so the operators do."""
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendee.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who it is from, as far as that is known."""
    audience: Mapped[frozenset[int] | None] = mapped_column(IdSet)
    """Set where its sender wrote that only the people of these agencies may know of it."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_as: Mapped[str | None] = mapped_column(String(20))
    """applied, by_hand (done another way) or dismissed, by an officer"""

    @property
    def address_in_question(self) -> str:
        """The address of which somebody may say whose it is: the sender's, or that of whoever answers uninvited."""
        return str(self.params.get("attendee") or self.sender) if self.reason == "uninvited" else self.sender

    @property
    def waits(self) -> bool:
        """Somebody has still to look at it; `queries.waiting` asks the same of all rows."""
        return self.verdict == HELD and self.settled_at is None
