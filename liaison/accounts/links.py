"""Signed links `/r/<kid>.<link>.<mac>`: what a mail lets one person or agency do without an account.

The row says for whom, what and until when; the MAC, by the site's SECRET_KEY, that we made it for exactly that. Neither the database
nor the address alone is enough to make one."""

import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Update, and_, false, insert, or_, select, update
from sqlalchemy.orm import aliased

from liaison.accounts.models import Link
from liaison.accounts.secrets import key_id, keys_of, link_mac, same
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import Gone, NotFound
from liaison.i18n import N_

ANSWER, SLIP, ACTION, PROPOSE, TIME_POLL, LIST = "answer", "slip", "action", "propose", "time_poll", "list"
EXTENSION = "extension"
SIGN, MINUTES = "sign", "minutes"
"""Sign one version of a text (also of a reference code), and read issued minutes."""
PROPOSAL = "proposal"
"""Sign one version of what is put to the members: of the agreement, or that an agency joins (also of a reference code)."""
NOTICE, OFFER = "notice", "offer"
"""What one agency does with a notice (also of a reference code), and what its sender says to another date that it offers."""


@dataclass(frozen=True, slots=True)
class May:
    """What one link lets its holder do: `purpose` (answer, slip …) with the object, for a person, an agency, by an office."""

    purpose: str
    object_id: int
    person_id: int | None = None
    agency_id: int | None = None
    designation_id: int | None = None


async def link_for(
    db: Session,
    *,
    purpose: str,
    object_id: int,
    person_id: int | None = None,
    agency_id: int | None = None,
    designation_id: int | None = None,
    expires_at: datetime,
) -> str:
    """The address of the link to do `purpose` (answer, slip …) with the object; the same one each time, until it is revoked: then a
    new one. What was given out earlier holds until the newest `expires_at`."""
    may = May(purpose, object_id, person_id, agency_id, designation_id)
    return (await links_for(db, [may], expires_at=expires_at))[may]


async def links_for(db: Session, wanted: Collection[May], *, expires_at: datetime) -> dict[May, str]:
    """The addresses of many links, each as `link_for` gives it, found in one query and made in one more."""
    ids: dict[str, set[int]] = {}
    for may in wanted:
        ids.setdefault(may.purpose, set()).add(may.object_id)
    these = [and_(Link.purpose == purpose, Link.object_id.in_(objects)) for purpose, objects in ids.items()]
    query = select(Link).where(or_(false(), *these), Link.revoked_at.is_(None)).order_by(Link.id)
    found: dict[May, Link] = {}
    for link in await db.scalars(query):
        found.setdefault(May(link.purpose, link.object_id, link.person_id, link.agency_id, link.designation_id), link)
    missing = [may for may in dict.fromkeys(wanted) if may not in found]
    if missing:
        times = {"created_at": db.now(), "expires_at": expires_at}
        made = [{"public_id": secrets.token_hex(12), **times, **asdict(may)} for may in missing]
        await db.execute(insert(Link), made)
        found |= {may: Link(**values) for may, values in zip(missing, made, strict=True)}
    key = db.settings.secret_key
    start = f"{db.settings.base_url}/r/{key_id(key)}"
    urls = {}
    for may in dict.fromkeys(wanted):
        link = found[may]
        link.expires_at = max(link.expires_at, expires_at)
        urls[may] = f"{start}.{link.public_id}.{link_mac(key, link)}"
    return urls


async def resolve(db: Session, text: str) -> Link:
    """The link behind `<kid>.<link>.<mac>`. Raises NotFound for a malformed or forged one; Gone for one that expired, was revoked,
    or whose person or agency is not there any more."""
    kid, _, rest = text.partition(".")
    public_id, _, given = rest.partition(".")
    key = next((key for key in keys_of(db.settings) if key_id(key) == kid), None)
    person, agency = aliased(Person), aliased(Agency)
    query = (
        select(Link, person, agency)
        .outerjoin(person, person.id == Link.person_id)
        .outerjoin(agency, agency.id == Link.agency_id)
        .where(Link.public_id == public_id)
    )
    found = (await db.execute(query)).one_or_none()
    if key is None or found is None or not same(given, link_mac(key, found[0])):
        raise NotFound
    link, holder, party = found
    if link.revoked_at is not None or link.expires_at <= db.now():
        raise Gone(N_("This link is not valid any more. If something is still open, you will find it in a newer mail."))
    left = holder is not None and party is not None and holder.agency_id != party.id
    inactive = any(each is not None and each.deactivated_at is not None for each in (holder, party))
    if left or inactive:
        raise Gone(N_("This link is not valid any more: it belonged to somebody who has left."))
    return link


async def revoke(db: Session, purpose: str, object_id: int, *, person_id: int | None = None) -> None:
    """End every link to do this with the object; with `person_id` only that person's."""
    query = update(Link).where(Link.purpose == purpose, Link.object_id == object_id)
    await _revoke(db, query if person_id is None else query.where(Link.person_id == person_id))


async def revoke_for_designation(db: Session, designation_id: int) -> None:
    """What was tied to an office dies with the designation."""
    await _revoke(db, update(Link).where(Link.designation_id == designation_id))


async def revoke_for_person(db: Session, person_id: int) -> None:
    """A deactivated person's links end."""
    await _revoke(db, update(Link).where(Link.person_id == person_id))


async def _revoke(db: Session, query: Update) -> None:
    await db.execute(query.where(Link.revoked_at.is_(None)).values(revoked_at=db.now()))
