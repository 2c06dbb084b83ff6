"""Signed links in mails: `/r/<kid>.<link>.<mac>` does one thing for one person, or for an agency, without an account.

The row says whose link it is and until when; the MAC says that this site made the address. Following one shows, posting acts."""

import secrets
from datetime import datetime

from sqlalchemy import select, update

from liaison.accounts.models import Link
from liaison.accounts.secrets import hashed, mac, same
from liaison.config import Settings
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import Gone, NotFound
from liaison.i18n import N_

ANSWER, SLIP = "answer", "slip"


async def link_for(
    db: Session,
    *,
    purpose: str,
    object_id: int,
    expires_at: datetime,
    person_id: int | None = None,
    agency_id: int | None = None,
    designation_id: int | None = None,
) -> str:
    """The address of this person's link to one thing; the same one again while it is not revoked, with its life prolonged."""
    query = select(Link).where(
        Link.purpose == purpose, Link.object_id == object_id, Link.person_id == person_id, Link.agency_id == agency_id,
        Link.designation_id == designation_id, Link.revoked_at.is_(None),
    )  # fmt: skip
    link = (await db.execute(query)).scalar_one_or_none()
    if link is None:
        link = Link(
            public_id=secrets.token_hex(12),
            purpose=purpose,
            object_id=object_id,
            person_id=person_id,
            agency_id=agency_id,
            designation_id=designation_id,
            created_at=db.now(),
            expires_at=expires_at,
        )
        db.add(link)
        await db.flush()
    link.expires_at = max(link.expires_at, expires_at)
    return f"{db.settings.base_url}/r/{token_of(db.settings.secret_key, link)}"


async def resolve(db: Session, token: str) -> Link:
    """The link behind what follows `/r/`. Raises NotFound for a malformed or forged one, Gone for one that is over."""
    kid, _, rest = token.partition(".")
    public_id, _, signature = rest.partition(".")
    key = next((key for key in _keys(db.settings) if same(key_id(key), kid)), None)
    if key is None or not public_id.isalnum() or len(token) > 200:
        raise NotFound
    link = (await db.execute(select(Link).where(Link.public_id == public_id))).scalar_one_or_none()
    if link is None or not same(signature, _signature(key, link)):
        raise NotFound
    if link.revoked_at is not None:
        raise Gone(N_("This link was withdrawn. A newer mail has a new one; or ask the liaison."))
    if link.expires_at <= db.now():
        raise Gone(N_("This link has expired."))
    if link.person_id is not None:
        person = await db.get(Person, link.person_id)
        if person is None or person.deactivated_at is not None:
            raise Gone(N_("This link is no longer valid."))
    return link


async def revoke_for_designation(db: Session, designation_id: int) -> None:
    """What was mailed to somebody by office ends with the office."""
    await _revoke(db, Link.designation_id == designation_id)


async def revoke_for_person(db: Session, person_id: int) -> None:
    """Every link of a person who is deactivated."""
    await _revoke(db, Link.person_id == person_id)


async def revoke(db: Session, purpose: str, object_id: int) -> None:
    """Every link to one thing, for example of an attendee who was removed."""
    await _revoke(db, (Link.purpose == purpose) & (Link.object_id == object_id))


def token_of(key: str, link: Link) -> str:
    """`<kid>.<link>.<mac>`: which key signed, which row, and the MAC over what the row says."""
    return f"{key_id(key)}.{link.public_id}.{_signature(key, link)}"


def key_id(key: str) -> str:
    """Tells keys apart without telling them: after a change of SECRET_KEY links of the previous one still work."""
    return hashed("kid" + key)[:8]


def _keys(settings: Settings) -> list[str]:
    return [key for key in (settings.secret_key, settings.secret_key_previous) if key]


def _signature(key: str, link: Link) -> str:
    return mac(key, "link", link.public_id, link.purpose, str(link.object_id), str(link.person_id), str(link.agency_id))


async def _revoke(db: Session, which: object) -> None:
    await db.execute(update(Link).where(which, Link.revoked_at.is_(None)).values(revoked_at=db.now()))  # type: ignore[arg-type]
