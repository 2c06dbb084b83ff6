"""Reference codes: what a mail lets its reader do by answering it, where links cannot be opened (MAIL.md "Answers coming in").

A reply from the registered address that keeps the code and begins with 同意, 修改意见 or 签收 counts like the mailed link, once. The code
is 80 random bits; only its hash is stored."""

import base64
import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from liaison.accounts.links import May
from liaison.accounts.models import ReferenceCode
from liaison.accounts.secrets import hashed
from liaison.db import Session
from liaison.errors import Gone, NotFound
from liaison.i18n import N_

_GONE = N_("This reference code is not valid any more. If something is still open, you will find it in a newer mail.")


async def code_for(db: Session, may: May, *, expires_at: datetime) -> str:
    """A new code to print in a mail, for this act of this person; what was given out before stays valid until it is used."""
    raw = base64.b32encode(secrets.token_bytes(10)).decode()
    code = "-".join(raw[start : start + 4] for start in range(0, 16, 4))
    db.add(
        ReferenceCode(
            code_hash=hashed(code),
            purpose=may.purpose,
            object_id=may.object_id,
            person_id=may.person_id,
            agency_id=may.agency_id,
            designation_id=may.designation_id,
            created_at=db.now(),
            expires_at=expires_at,
        )
    )
    return f"L-{code}"


async def find(db: Session, code: str) -> ReferenceCode:
    """The row of a code that may still be used. Raises NotFound for one nobody gave out, Gone for one that was used or is over."""
    row = await given_out(db, code)
    if row is None:
        raise NotFound
    if row.used_at is not None or row.revoked_at is not None or row.expires_at <= db.now():
        raise Gone(_GONE)
    return row


async def given_out(db: Session, code: str) -> ReferenceCode | None:
    """The row of a code, whatever became of it; None of one nobody gave out."""
    query = select(ReferenceCode).where(ReferenceCode.code_hash == hashed(code)).with_for_update()
    return (await db.execute(query)).scalar_one_or_none()


async def use(db: Session, row: ReferenceCode) -> None:
    """It has done its work; all other codes for the same act of the same person end with it."""
    row.used_at = db.now()
    same = (
        update(ReferenceCode)
        .where(ReferenceCode.purpose == row.purpose, ReferenceCode.object_id == row.object_id)
        .where(ReferenceCode.person_id == row.person_id, ReferenceCode.used_at.is_(None), ReferenceCode.id != row.id)
    )
    await db.execute(same.values(revoked_at=db.now()))


async def revoke_for_designation(db: Session, designation_id: int) -> None:
    """What was tied to an office dies with the designation."""
    await _revoke(db, ReferenceCode.designation_id == designation_id)


async def revoke_for_person(db: Session, person_id: int) -> None:
    """A deactivated person's codes end."""
    await _revoke(db, ReferenceCode.person_id == person_id)


async def _revoke(db: Session, whose: ColumnElement[bool]) -> None:
    live = (ReferenceCode.used_at.is_(None), ReferenceCode.revoked_at.is_(None))
    await db.execute(update(ReferenceCode).where(whose, *live).values(revoked_at=db.now()))
