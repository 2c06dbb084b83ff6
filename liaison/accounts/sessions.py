"""Signed-in browsers: opened at sign-in with a new 256-bit key, seen, listed, ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from liaison import audit
from liaison.accounts.models import UserSession
from liaison.accounts.secrets import hashed
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.errors import NotFound

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
_OF_KEY = select(
    UserSession.id,
    UserSession.person_id,
    UserSession.by_office,
    UserSession.last_seen_at,
    UserSession.created_at,
    UserSession.ended_at,
).where(UserSession.key_hash == bindparam("key_hash"))


@dataclass(frozen=True, slots=True)
class Live:
    """What every request asks of its browser's session."""

    id: int
    person_id: int
    by_office: bool
    last_seen_at: datetime


async def open_session(db: Session, person_id: int, *, user_agent: str, source: str, by_office: bool) -> str:
    """Sign this browser in; returns the key for its cookie, which is stored only hashed."""
    key = secrets.token_urlsafe(32)
    db.add(
        UserSession(
            key_hash=hashed(key),
            person_id=person_id,
            created_at=db.now(),
            last_seen_at=db.now(),
            user_agent=user_agent[:300],
            source=source[:60],
            by_office=by_office,
        )
    )
    audit.add(db, audit.Actor(person_id, "web"), "sign_in", f"person:{person_id}", source=source)
    return key


async def session_of(db: Session, key: str) -> Live | None:
    """The live session of a cookie's key: not ended, not idle for 30 minutes, not older than 12 hours."""
    row = (await db.execute(_OF_KEY, {"key_hash": hashed(key)})).one_or_none()
    if row is None or row.ended_at is not None:
        return None
    now = db.now()
    if now - row.last_seen_at >= IDLE or now - row.created_at >= ABSOLUTE:
        return None
    return Live(row.id, row.person_id, row.by_office, row.last_seen_at)


async def person_of(db: Session, key: str) -> int | None:
    """Whose session the cookie's key once was, also when it is over; None when nobody knows any more."""
    query = select(UserSession.person_id).where(UserSession.key_hash == hashed(key))
    return (await db.execute(query)).scalar_one_or_none()


async def see(db: Session, session_id: int) -> None:
    """Note that the session was used just now (the only thing a GET may change, at most once a minute)."""
    await db.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=db.now()))


async def sign_out(db: Session, viewer: Viewer, *, session_id: int | None = None) -> None:
    """End one of the viewer's own sessions: the present one, or another from the list. Raises NotFound for anybody else's."""
    session_id = session_id or viewer.session_id
    row = await locked(db, UserSession, session_id) if session_id else None
    if row is None or row.person_id != viewer.person_id:
        raise NotFound
    if row.ended_at is None:
        row.ended_at = db.now()
        audit.add(db, viewer, "sign_out", f"person:{viewer.person_id}", session=row.id)


async def sign_out_everywhere(db: Session, viewer: Viewer) -> None:
    """End every session of the viewer, this one too."""
    await end_sessions(db, viewer.person_id)
    audit.add(db, viewer, "sign_out_everywhere", f"person:{viewer.person_id}")


async def live_sessions(db: Session, person_id: int) -> list[UserSession]:
    """The person's live sessions, newest first."""
    now = db.now()
    rows = await db.scalars(
        select(UserSession)
        .where(
            UserSession.person_id == person_id,
            UserSession.ended_at.is_(None),
            UserSession.last_seen_at > now - IDLE,
            UserSession.created_at > now - ABSOLUTE,
        )
        .order_by(UserSession.last_seen_at.desc())
    )
    return list(rows)


async def end_sessions(
    db: Session, person_id: int, *, only: int | None = None, but: int | None = None, by_office: bool = False
) -> None:
    """End the person's sessions: all, `only` one, all `but` one, or those opened `by_office`."""
    query = update(UserSession).where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
    if only is not None:
        query = query.where(UserSession.id == only)
    if but is not None:
        query = query.where(UserSession.id != but)
    if by_office:
        query = query.where(UserSession.by_office)
    await db.execute(query.values(ended_at=db.now()))
