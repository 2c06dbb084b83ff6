"""API tokens: a person's key to the JSON API, with that person's rights."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from liaison import audit
from liaison.accounts.models import ApiToken
from liaison.accounts.permissions import may_make_token
from liaison.accounts.secrets import hashed
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_

USED_EVERY = timedelta(hours=1)
"""A token's last use is noted at most so often."""


async def create_token(db: Session, viewer: Viewer, person_id: int, *, name: str = "") -> str:
    """A new token for the person, told once and stored only hashed. Raises NotPermitted, Invalid."""
    if not may_make_token(viewer, person_id):
        raise NotPermitted(N_("Everybody makes their own tokens, signed in on a page."))
    check = Check()
    name = check.text("name", name, most=80) or ""
    check.done()
    token = "lia_" + secrets.token_urlsafe(32)
    row = ApiToken(token_hash=hashed(token), person_id=person_id, name=name, created_at=db.now())
    db.add(row)
    await db.flush()
    audit.add(db, viewer, "create_token", f"person:{person_id}", token=row.id, name=name)
    return token


async def token_of(db: Session, token: str) -> ApiToken | None:
    """The unrevoked token."""
    query = select(ApiToken).where(ApiToken.token_hash == hashed(token), ApiToken.revoked_at.is_(None))
    return (await db.execute(query)).scalar_one_or_none()


async def note_used(db: Session, token_id: int) -> None:
    """Keep when the token was last used, so that its owner sees which ones nobody needs any more."""
    await db.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=db.now()))


async def live_tokens(db: Session, person_id: int) -> list[ApiToken]:
    """The person's unrevoked tokens, newest first."""
    query = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    return list(await db.scalars(query.order_by(ApiToken.id.desc())))


async def revoke_token(db: Session, viewer: Viewer, token_id: int) -> None:
    """End one of the viewer's own tokens. Raises NotFound for anybody else's."""
    row = await locked(db, ApiToken, token_id)
    if row.person_id != viewer.person_id:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = db.now()
        audit.add(db, viewer, "revoke_token", f"person:{row.person_id}", token=row.id)
