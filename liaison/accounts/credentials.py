"""A person's password as a verb sees it: looked up before, and stored after, the slow hashing that a door does in a thread."""

from sqlalchemy import select

from liaison import audit
from liaison.accounts.models import Password
from liaison.accounts.sessions import end_sessions
from liaison.accounts.sign_in import people_named, revoke_links
from liaison.db import Session


async def accounts_named(db: Session, account: str) -> list[tuple[int, str]]:
    """(person, hash) of everybody whom this name may mean and who has a password, to compare a typed one with.

    Several people may share a mail address: each signs in with their own password, and nobody can shut another out by giving
    somebody the same address."""
    ids = [person.id for person in await people_named(db, account)]
    query = select(Password.person_id, Password.hash).where(Password.person_id.in_(ids)).order_by(Password.person_id)
    return [(row.person_id, row.hash) for row in await db.execute(query)]


async def password_of(db: Session, person_id: int) -> str | None:
    """The stored hash; None for whoever signs in by mailed links only."""
    return (await db.execute(select(Password.hash).where(Password.person_id == person_id))).scalar_one_or_none()


async def set_password(db: Session, person_id: int, hash_: str, *, via: str, but_session: int | None = None) -> None:
    """Store a new password; every other browser is signed out, and links still on their way end."""
    row = (
        await db.execute(select(Password).where(Password.person_id == person_id).with_for_update())
    ).scalar_one_or_none()
    if row is None:
        db.add(Password(person_id=person_id, hash=hash_, set_at=db.now()))
    else:
        row.hash, row.set_at = hash_, db.now()
    await end_sessions(db, person_id, but=but_session)
    await revoke_links(db, person_id)
    audit.add(db, audit.Actor(person_id, via), "set_password", f"person:{person_id}")


async def refused(db: Session, account: str, *, source: str) -> None:
    """Note a sign-in that did not fit; what was typed as a name is kept only where it is somebody's."""
    person_ids = [person.id for person in await people_named(db, account)]
    thing = f"person:{person_ids[0]}" if person_ids else "site:1"
    audit.add(db, audit.Actor(None, "web"), "sign_in_refused", thing, source=source)
