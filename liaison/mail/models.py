"""The outbox: one row per mail and address, from the act that called for it to the receiving server's last word."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, BigId, IdSet

WAITING = "waiting"  # to be tried at once: nothing was tried yet, or somebody asked for another try
SENDING = "sending"  # a worker holds the claim
SENT = "sent"
DEFERRED = "deferred"  # refused for now, or in doubt; `next_try_at` says when it goes on
REFUSED = "refused"  # refused for good, or could not be composed
BOUNCED = "bounced"
SUPERSEDED = "superseded"  # a newer mail says it all, or there was nothing left to say
GIVEN_UP = "given_up"
HELD = "held"  # after a restore, until an operator releases it
HANDED_OVER = "handed_over"
"""What the `change` in a mail's parameters says where the thing went with an office to somebody else."""
OPEN_STATES = (WAITING, SENDING, DEFERRED)
FINAL_STATES = (SENT, REFUSED, BOUNCED, SUPERSEDED, GIVEN_UP)

_OPEN = text("state IN ('waiting', 'deferred', 'sending')")


class OutboxMail(Base):
    """One mail to one address. Without bytes until a worker first claims it: then composed, stored, and never changed again."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        UniqueConstraint("once_key"),
        Index("ix_outbox_mail_open", "priority", "next_try_at", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_outbox_mail_thread_address", "thread", "address"),
        Index("ix_outbox_mail_about", "about", "id"),
        Index("ix_outbox_mail_message_id", "message_id"),
        Index("ix_outbox_mail_address_id", "address", "id"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    """Which composer makes its bytes: meeting, meeting_reminder, sign_in, …"""
    about: Mapped[str] = mapped_column(String(60))
    """The thing it speaks of, "meeting:7"; deliveries are listed by it."""
    source_id: Mapped[int | None] = mapped_column(BigId)
    """What the composer loads: the announcement, the sign-in link."""
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    thread: Mapped[str | None] = mapped_column(String(64))
    """Mails of one thread (a meeting's UID) to one address reference each other, supersede each other and go one after the other."""
    address: Mapped[str] = mapped_column(String(254))
    """Lower case; the mail itself is written to `display_to`."""
    display_to: Mapped[str] = mapped_column(String(400))
    locale: Mapped[str] = mapped_column(String(10))
    priority: Mapped[int] = mapped_column(default=5)
    """Smaller goes first."""
    once_key: Mapped[str | None] = mapped_column(String(200))
    """Ids and ISO dates: a second row with the same key is never made (reminders)."""
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    next_try_at: Mapped[datetime]
    """Of a deferred mail, by the database's clock, whatever `--as-of` says; a waiting one is due at once."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Tries that reached a server which took or refused this mail; times when all mail waited are not counted."""
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    claimed_until: Mapped[datetime | None]
    """The lease's end by the database's clock: after it any worker may go on with the mail."""
    in_doubt: Mapped[bool] = mapped_column(default=False)
    """An attempt ended, or may have ended, after the final dot without an answer: the recipient may hold it."""
    superseded_at: Mapped[datetime | None]
    """A newer mail was announced while this one was on its way: it is not tried again."""
    composed_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(String(200))
    mail_from: Mapped[str | None] = mapped_column(String(254))
    """The envelope's sender: the bare address of From."""
    subject: Mapped[str | None] = mapped_column(String(400))
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    """The whole mail; loaded only where a query asks for it (`undefer`)."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    holds: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the recipient may hold once this mail may have reached them (calendaring.itip.Held as JSON)."""
    audience: Mapped[frozenset[int] | None] = mapped_column(IdSet)
    """Set where it says what only the people of these agencies may know: nobody else is shown its text here."""
    trial_to: Mapped[str | None] = mapped_column(String(254))
    """In 试运行 mode the operator's address it went to instead; then the recipient holds nothing of it."""
    last_code: Mapped[int | None]
    last_reply: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(60))
    """Why it is deferred or refused, as a code of `mail.reasons` that is worded when shown."""
    final_at: Mapped[datetime | None]

    people: Mapped[list["MailPerson"]] = relationship(lazy="raise", cascade="all, delete-orphan", passive_deletes=True)


class MailPerson(Base):
    """A person one mail was meant for: people behind a shared address share one mail."""

    __tablename__ = "mail_person"
    __table_args__ = (UniqueConstraint("mail_id", "person_id"),)

    mail_id: Mapped[int] = mapped_column(ForeignKey("outbox_mail.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class QueueState(Base):
    """One word each about the running of the site, shared by all workers; `at` is by the database's clock: when each worker last lived
    (`worker:<name>`), why and until when all mail waits (`blocked`), when each mailbox is read next (`inbox:<label>`) and a mail that
    could not be taken in is tried again (`mail_in:<hash>`), and what `queue_state.note` keeps."""

    __tablename__ = "queue_state"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
