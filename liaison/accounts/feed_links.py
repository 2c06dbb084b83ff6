"""The secret address of a person's calendar subscription: a Link row for `feed`, revoked and made anew on demand.

A keyed MAC and not a hash, so that its owner can be shown it again; it ends with the person's account and never by time alone."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from liaison import audit
from liaison.accounts.models import Link
from liaison.accounts.secrets import key_id, keys_of, link_mac, same
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.errors import Gone, NotFound
from liaison.i18n import N_

FEED = "feed"
GOOD_FOR = timedelta(days=100 * 365)

_link, _person, _agency = Link.__table__.c, Person.__table__.c, Agency.__table__.c
_HOLDER: Select[Any] = (
    select(
        *(_link.id, _link.public_id, _link.purpose, _link.object_id, _link.person_id, _link.agency_id),
        *(_link.designation_id, _link.expires_at, _link.revoked_at),
        *(_person.agency_id.label("of_agency"), _person.locale, _person.deactivated_at),
        *(_agency.locale.label("agency_locale"), _agency.deactivated_at.label("agency_deactivated_at")),
    )
    .select_from(
        Link.__table__.join(Person.__table__, _person.id == _link.person_id).join(
            Agency.__table__, _agency.id == _person.agency_id
        )
    )
    .where(_link.public_id == bindparam("public_id"), _link.purpose == FEED)
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose subscription it is, and the language in which they read."""

    link_id: int
    person_id: int
    agency_id: int
    locale: str | None


async def feed_address(db: Session, person_id: int) -> str | None:
    """The address as it stands; None while the person has none."""
    query = select(Link).where(Link.purpose == FEED, Link.object_id == person_id, Link.revoked_at.is_(None))
    link = (await db.scalars(query.order_by(Link.id.desc()).limit(1))).first()
    return _address(db, link) if link is not None else None


async def renew_feed(db: Session, viewer: Viewer) -> str:
    """A new address; whoever still has the old one is told from now on that it is gone."""
    person = await locked(db, Person, viewer.person_id)
    live = (Link.purpose == FEED, Link.object_id == person.id, Link.revoked_at.is_(None))
    await db.execute(update(Link).where(*live).values(revoked_at=db.now()))
    link = Link(
        public_id=secrets.token_hex(12),
        purpose=FEED,
        object_id=person.id,
        person_id=person.id,
        created_at=db.now(),
        expires_at=db.now() + GOOD_FOR,
    )
    db.add(link)
    await db.flush()
    audit.add(db, viewer, "renew_feed", f"person:{person.id}", link=link.id)
    return _address(db, link)


async def end_feed(db: Session, person_id: int, *, made: Callable[[datetime], bool]) -> None:
    """The person's address ends if it was made at a moment of which that is true; they may make a new one."""
    live = select(Link).where(Link.purpose == FEED, Link.object_id == person_id, Link.revoked_at.is_(None))
    for link in await db.scalars(live):
        if made(link.created_at):
            link.revoked_at = db.now()


async def holder_of(db: Session, text: str) -> Holder:
    """Whose subscription `<kid>.<link>.<mac>` is. Raises NotFound for a forged one, Gone for one that was revoked.

    The statement is written once, over plain columns: calendars ask every hour, mostly to hear that nothing changed."""
    kid, _, rest = text.partition(".")
    public_id, _, given = rest.partition(".")
    key = next((key for key in keys_of(db.settings) if key_id(key) == kid), None)
    row = (await db.execute(_HOLDER, {"public_id": public_id})).one_or_none()
    if key is None or row is None or not same(given, link_mac(key, row)):
        raise NotFound
    ended = row.revoked_at is not None or row.expires_at <= db.now()
    if ended or row.deactivated_at is not None or row.agency_deactivated_at is not None:
        raise Gone(N_("This calendar address is not valid any more. Its owner finds the new one under their account."))
    return Holder(row.id, row.person_id, row.of_agency, row.locale or row.agency_locale)


def _address(db: Session, link: Link) -> str:
    key = db.settings.secret_key
    return f"{db.settings.base_url}/feed/{key_id(key)}.{link.public_id}.{link_mac(key, link)}.ics"
