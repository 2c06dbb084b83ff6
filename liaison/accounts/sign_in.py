"""Signing in: who an account name means, and one-time links by mail, from the command line, or for setting a password.

A link's token is its public id and a MAC by SECRET_KEY: the database alone signs nobody in."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.models import SignInLink
from liaison.accounts.secrets import fits_a_key, hashed, mac, same
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.directory.queries import of_the_site
from liaison.errors import Gone, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mail.models import OutboxMail

SIGN_IN, PASSWORD, SET_UP = "sign_in", "password", "set_up"
_PATHS = {SIGN_IN: "/sign-in/link/", PASSWORD: "/password/", SET_UP: "/set-up/"}
_GOOD_FOR = {SIGN_IN: timedelta(minutes=10), PASSWORD: timedelta(minutes=10), SET_UP: timedelta(hours=24)}
MOST_NAMED = 5
"""People who share one address and may each be sent a link at one asking, or sign in under it with a password."""
LONGEST_PATH = 200
"""A longer way back is left out: cut off it would lead elsewhere."""
_URGENT = 1


async def people_named(db: Session, account: str) -> list[Person]:
    """The active people an account name means: one by key, or everybody with this mail (it need not be unique)."""
    name = account.strip().lower()
    query = (
        select(Person)
        .join(Person.agency)
        .where(or_(func.lower(Person.key) == name, Person.mail == name), Person.deactivated_at.is_(None))
        .where(Agency.deactivated_at.is_(None), of_the_site())
        .options(joinedload(Person.agency))
        .order_by(Person.id)
    )
    return list(await db.scalars(query.limit(MOST_NAMED)))


async def person_with_key(db: Session, key: str) -> Person | None:
    """The active person with exactly this short name."""
    query = select(Person).join(Person.agency).where(Person.key == key.strip(), Person.deactivated_at.is_(None))
    return (await db.execute(query.where(Agency.deactivated_at.is_(None)))).scalar_one_or_none()


async def send_links(
    db: Session, account: str, *, purpose: str, browser: str, next_path: str | None = None, source: str
) -> None:
    """Mail a one-time link to whoever the account name means, to their own address only (a shared mailbox signs nobody in).

    `browser` is the secret of the browser that asked: only there the link works. Silent about whether anybody was found."""
    for person in await people_named(db, account):
        if person.mail is None:
            continue
        link = _new_link(db, purpose, person.id, browser=browser, next_path=next_path)
        mail = await outbox.enqueue(
            db,
            kind="sign_in",
            about=f"person:{person.id}",
            address=person.mail,
            display_to=f"{person.name} <{person.mail}>",
            locale=person.mail_locale(db.settings.locale),
            person_ids=[person.id],
            priority=_URGENT,
        )
        await db.flush()
        if mail is not None:
            link.mail_id, mail.source_id = mail.id, link.id
        audit.add(db, audit.Actor(None, "web"), f"ask_{purpose}_link", f"person:{person.id}", source=source)


async def printed_link(db: Session, person_id: int, *, next_path: str | None = None) -> str:
    """A one-time sign-in link for the command line and the demo to print: good for 10 minutes, in any browser. Raises NotFound."""
    person = await db.get(Person, person_id)
    if person is None or person.deactivated_at is not None:
        raise NotFound
    link = _new_link(db, SIGN_IN, person_id, next_path=next_path)
    await db.flush()
    audit.add(db, audit.Actor(None, "cli"), "print_sign_in_link", f"person:{person_id}")
    return await link_url(db, link)


async def set_up_link(db: Session) -> str | None:
    """The link that first start prints while the site has no operator: good for a day; None once there is one."""
    operators = (
        select(func.count()).select_from(Person).where(Person.operator_at.is_not(None), Person.deactivated_at.is_(None))
    )
    if (await db.execute(operators)).scalar_one():
        return None
    link = _new_link(db, SET_UP, None)
    await db.flush()
    return await link_url(db, link)


async def link_url(db: Session, link: SignInLink) -> str:
    """The address to hand out; made anew from the row and the key each time, never stored."""
    token = f"{link.public_id}.{mac(db.settings.secret_key, link.purpose, link.public_id, str(link.person_id))}"
    return f"{db.settings.base_url}{_PATHS[link.purpose]}{token}"


async def find_link(db: Session, token: str, *, purpose: str, browser: str | None) -> SignInLink:
    """The link behind a token, still good and in the right browser; changes nothing. Raises NotFound, Gone or NotPermitted."""
    public_id, _, given = token.partition(".")
    link = (await db.execute(select(SignInLink).where(SignInLink.public_id == public_id))).scalar_one_or_none()
    if link is None or link.purpose != purpose:
        raise NotFound
    if not fits_a_key(db.settings, given, link.purpose, link.public_id, str(link.person_id)):
        raise NotFound
    await _refuse_if_over(db, link)
    if link.browser_hash is not None and not same(link.browser_hash, hashed(browser or "")):
        raise NotPermitted(
            N_("Please open this link in the browser in which you asked for it, or ask for a new one here.")
        )
    return link


async def use_link(db: Session, token: str, *, purpose: str, browser: str | None) -> SignInLink:
    """Use a link up: of two at the same moment one wins. Raises like `find_link`."""
    found = await find_link(db, token, purpose=purpose, browser=browser)
    link = await locked(db, SignInLink, found.id)
    await _refuse_if_over(db, link)
    link.used_at = db.now()
    return link


async def revoke_links(db: Session, person_id: int) -> None:
    """End every link that would still sign the person in."""
    open_links = (SignInLink.person_id == person_id, SignInLink.used_at.is_(None), SignInLink.revoked_at.is_(None))
    await db.execute(update(SignInLink).where(*open_links).values(revoked_at=db.now()))


def _new_link(
    db: Session, purpose: str, person_id: int | None, *, browser: str | None = None, next_path: str | None = None
) -> SignInLink:
    link = SignInLink(
        public_id=secrets.token_hex(12),
        person_id=person_id,
        purpose=purpose,
        browser_hash=hashed(browser) if browser else None,
        next_path=next_path if next_path and len(next_path) <= LONGEST_PATH else None,
        created_at=db.now(),
    )
    db.add(link)
    return link


async def _refuse_if_over(db: Session, link: SignInLink) -> None:
    ends_at = await _ends_at(db, link)
    person = await db.get(Person, link.person_id) if link.person_id else None
    left = link.person_id is not None and (person is None or person.deactivated_at is not None)
    if left or link.used_at is not None or link.revoked_at is not None or (ends_at is not None and ends_at <= db.now()):
        raise Gone(N_("This link has been used or has expired. Please ask for a new one."))


async def _ends_at(db: Session, link: SignInLink) -> datetime | None:
    """Until when it is good: counted from the hand-over to the mail server; None while its mail still waits."""
    if link.mail_id is None:
        return link.created_at + _GOOD_FOR[link.purpose]
    sent_at = (await db.execute(select(OutboxMail.final_at).where(OutboxMail.id == link.mail_id))).scalar_one_or_none()
    return None if sent_at is None else sent_at + _GOOD_FOR[link.purpose]
