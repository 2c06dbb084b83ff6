"""How a person proves who they are: passwords, sessions, mailed links, API tokens. Secrets are stored hashed or as keyed MACs only."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base, BigId


class Password(Base):
    """A person's password as an argon2id hash; who has none signs in by a mailed link."""

    __tablename__ = "password"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]


class UserSession(Base):
    """One signed-in browser. Only the hash of its 256-bit key is stored; idle 30 minutes, 12 hours at most."""

    __tablename__ = "user_session"

    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(60), default="")
    """The network address it was opened from."""
    by_office: Mapped[bool] = mapped_column(default=False)
    """The person held a designation when signing in: the end of the last one ends the session."""
    ended_at: Mapped[datetime | None]


class SignInLink(Base):
    """A one-time link to sign in, set up the site or set a password; good for 10 minutes after its hand-over to the mail server.

    Its address is the public id and a MAC by the site's SECRET_KEY, so that whoever reads the database alone cannot sign in with it."""

    __tablename__ = "sign_in_link"

    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None for the link that sets up a site without people."""
    purpose: Mapped[str] = mapped_column(String(20))
    """sign_in, password or set_up"""
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    """The browser that asked, and alone may use it; None for links printed by the command line."""
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mail.id", ondelete="SET NULL"))
    next_path: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiToken(Base):
    """A person's key to the JSON API, with that person's rights; only its hash is stored."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Link(Base):
    """A mailed address `/r/<kid>.<link>.<mac>` to do one thing for one person or agency without an account.

    It grants no more than its person may do at the moment of the POST; what was tied to an office dies with the designation."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_object", "purpose", "object_id"),)

    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    """answer (object: an attendee), slip (an agency invitation), action (an action item), feed (the person: `/feed/…ics`)"""
    object_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    designation_id: Mapped[int | None] = mapped_column(BigId, index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ReferenceCode(Base):
    """A code in a mail that lets its reader act by answering it, once: what for, for whom, until when. Only its hash is stored."""

    __tablename__ = "reference_code"

    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    designation_id: Mapped[int | None] = mapped_column(BigId, index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Throttle(Base):
    """How often something was tried lately under one key (an address, a source); see `throttle.py`."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), unique=True)
    count: Mapped[int]
    counted_at: Mapped[datetime]
    """When counting began, for a fixed window; the last try, where pauses grow."""


class IdempotentAnswer(Base):
    """The answer first given to an API POST with an Idempotency-Key: a repetition gets it again instead of a second effect."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(Text, default="application/json")
    created_at: Mapped[datetime]
