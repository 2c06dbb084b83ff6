"""What features and operators do with the outbox: put a mail in, ask what a recipient may hold, look at deliveries, try again, stop.

Nothing is sent here: a row is written in the transaction of the act that calls for the mail, and a worker takes it from there
(`mail.delivery`). What is done by hand, only an operator may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from liaison import audit, site
from liaison.addresses import bad_address
from liaison.db import Session, insert_into, locked
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.mail.calling import CALLS_FOR_MAIL, mail_row
from liaison.mail.models import (
    BOUNCED,
    DEFERRED,
    FINAL_STATES,
    GIVEN_UP,
    HANDED_OVER,
    HELD,
    OPEN_STATES,
    REFUSED,
    SENDING,
    SENT,
    SUPERSEDED,
    WAITING,
    MailPerson,
    OutboxMail,
)
from liaison.mail.queue_state import PAUSED

KEEP_BYTES = timedelta(days=30)
MOST_TOLD = 5000
"""Of the mails about one thing its page looks at so many."""


async def enqueue(
    db: Session,
    *,
    kind: str,
    about: str,
    address: str,
    display_to: str,
    locale: str,
    person_ids: Collection[int] = (),
    source_id: int | None = None,
    params: dict[str, Any] | None = None,
    thread: str | None = None,
    priority: int = 5,
    once_key: str | None = None,
    created_by: int | None = None,
) -> OutboxMail | None:
    """Call for one mail to one address; it leaves after this transaction commits. None if there is one with this `once_key` already.

    An address no mail can go to makes a refused row, so that the page shows who was not reached. The row's id is there after a flush."""
    db.info[CALLS_FOR_MAIL] = True
    values = mail_row(
        db,
        kind=kind,
        about=about,
        address=address,
        display_to=display_to,
        locale=locale,
        source_id=source_id,
        params=params,
        thread=thread,
        priority=priority,
        once_key=once_key,
        created_by=created_by,
    )
    if once_key is None:
        mail = OutboxMail(**values, people=[MailPerson(person_id=person_id) for person_id in dict.fromkeys(person_ids)])
        db.add(mail)
        return mail
    added = insert_into(db, OutboxMail).values(values).on_conflict_do_nothing(index_elements=[OutboxMail.once_key])
    row = (await db.execute(added.returning(OutboxMail))).scalar_one_or_none()
    if row is not None:
        db.add_all(MailPerson(mail_id=row.id, person_id=person_id) for person_id in dict.fromkeys(person_ids))
    return row


async def holding(db: Session, thread: str, addresses: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """By address (one of `addresses`, if given), what its newest mail of this thread that was sent, is being sent or is in doubt left
    there; 试运行 leaves nothing."""
    may_have = or_(OutboxMail.state.in_((SENT, SENDING)), OutboxMail.in_doubt)
    query = (
        select(OutboxMail.address, OutboxMail.holds)
        .where(OutboxMail.thread == thread, OutboxMail.trial_to.is_(None), OutboxMail.holds.is_not(None), may_have)
        .order_by(OutboxMail.id)
    )
    if addresses is not None:
        query = query.where(OutboxMail.address.in_(addresses))
    return {address: holds for address, holds in await db.execute(query) if holds is not None}


async def on_the_way(db: Session, thread: str) -> set[str]:
    """The addresses to which a mail of this thread waits, is being sent, or is tried again."""
    rows = select(OutboxMail.address).where(OutboxMail.thread == thread, OutboxMail.state.in_((*OPEN_STATES, HELD)))
    return set(await db.scalars(rows))


async def spoken_of(db: Session, thread: str, addresses: Collection[str]) -> dict[str, dict[str, Any]]:
    """By address, the parameters of its newest mail of this thread: whom it spoke to, in which words."""
    query = select(OutboxMail.address, OutboxMail.params).where(
        OutboxMail.thread == thread, OutboxMail.address.in_(addresses), OutboxMail.holds.is_not(None)
    )
    return {row.address: row.params for row in await db.execute(query.order_by(OutboxMail.id))}


async def supersede(db: Session, thread: str, addresses: Collection[str], *, all_others: bool = False) -> int:
    """A newer mail follows to these addresses: those of this thread that have not left do not leave any more; how many.

    A mail in doubt stops too, and still counts as held. One that a worker is sending right now is let finish, and not tried again.
    With `all_others` it is a newer announcement: what waits for any other address, or was refused there, is out of date as well; only
    what may have reached an address that gets nothing newer goes on."""
    mine = and_(OutboxMail.thread == thread, OutboxMail.address.in_([address.lower() for address in addresses]))
    not_on_its_way = or_(
        OutboxMail.state.in_((WAITING, DEFERRED, HELD)),
        and_(OutboxMail.state == SENDING, OutboxMail.composed_at.is_(None)),
    )
    # Refused for good: nobody may try it again once something newer was said. One in doubt keeps its state, since it may be held.
    refused = and_(OutboxMail.state.in_((REFUSED, GIVEN_UP)), OutboxMail.in_doubt.is_(False))
    ended = or_(not_on_its_way, refused)
    outdated = and_(mine, ended)
    if all_others:
        outdated = and_(OutboxMail.thread == thread, ended, or_(mine, OutboxMail.in_doubt.is_(False)))
    stopped = await db.execute(
        update(OutboxMail)
        .where(outdated)
        .values(
            state=SUPERSEDED,
            reason="newer_mail",
            superseded_at=db.now(),
            final_at=db.now(),
            claimed_by=None,
            claimed_until=None,
        )
        .returning(OutboxMail.id)
    )
    count = len(stopped.all())
    await db.execute(
        update(OutboxMail)
        .where(mine, OutboxMail.state == SENDING, OutboxMail.superseded_at.is_(None))
        .values(superseded_at=db.now())
    )
    return count


async def retry(db: Session, actor: site.Operating, mail_id: int) -> OutboxMail:
    """Try a mail again now, and again for three days; with the same bytes if it had any. Conflict where that makes no sense."""
    site.operators_only(actor)
    mail = await locked(db, OutboxMail, mail_id)
    if mail.state not in (DEFERRED, REFUSED, BOUNCED, GIVEN_UP):
        raise Conflict(
            N_("Only a mail that was refused, bounced, deferred or given up can be tried again."), state=mail.state
        )
    if problem := bad_address(mail.address):
        raise Conflict(N_("No mail can go to this address: correct it first."), reason=problem)
    if mail.composed_at is not None and await _purged(db, mail.id):
        raise Conflict(N_("The text of this mail was deleted after 30 days: send a new one."))
    if mail.thread is not None and (mail.superseded_at is not None or await _has_newer(db, mail)):
        raise Conflict(N_("There is newer mail about the same thing: this one would be out of date."))
    mail.state, mail.attempts, mail.reason, mail.final_at, mail.superseded_at = WAITING, 0, None, None, None
    db.info[CALLS_FOR_MAIL] = True
    audit.add(db, actor, "retry_mail", f"mail:{mail.id}", about=mail.about)
    return mail


async def release(db: Session, actor: site.Operating, mail_id: int) -> OutboxMail:
    """Let a mail go that a restore has held."""
    site.operators_only(actor)
    mail = await locked(db, OutboxMail, mail_id)
    if mail.state != HELD:
        raise Conflict(N_("This mail is not held."), state=mail.state)
    mail.state, mail.reason = WAITING, None
    db.info[CALLS_FOR_MAIL] = True
    audit.add(db, actor, "release_mail", f"mail:{mail.id}", about=mail.about)
    return mail


async def release_all(db: Session, actor: site.Operating, *, count: int) -> int:
    """Let every mail go that a restore has held, if they are still as many as the operator was shown; else Conflict."""
    site.operators_only(actor)
    released = await db.execute(
        update(OutboxMail)
        .where(OutboxMail.state == HELD)
        .values(state=WAITING, reason=None)
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    )
    found = len(released.all())
    if found != count:
        raise Conflict(
            N_("There are %(found)s held mails now, not %(count)s. Look at them again."), found=found, count=count
        )
    db.info[CALLS_FOR_MAIL] = True
    audit.add(db, actor, "release_all_mail", "site:1", mails=found)
    return found


async def hold_all(db: Session) -> int:
    """After a restore: every mail that has not ended waits for an operator, and whatever was composed may have reached its recipient,
    for the site went on after the backup was made. How many."""
    held = await db.execute(
        update(OutboxMail)
        .where(OutboxMail.state.in_(OPEN_STATES))
        .values(
            state=HELD,
            reason="restored",
            in_doubt=or_(OutboxMail.in_doubt, OutboxMail.composed_at.is_not(None)),
            claimed_by=None,
            claimed_until=None,
        )
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    )
    return len(held.all())


async def give_up(db: Session, actor: site.Operating, mail_id: int) -> OutboxMail:
    """Do not try a mail any more."""
    site.operators_only(actor)
    mail = await locked(db, OutboxMail, mail_id)
    if mail.state not in (WAITING, DEFERRED, HELD):
        raise Conflict(N_("Only a mail that still waits can be given up."), state=mail.state)
    mail.state, mail.reason, mail.final_at = GIVEN_UP, "given_up_by_hand", db.now()
    audit.add(db, actor, "give_up_mail", f"mail:{mail.id}", about=mail.about)
    return mail


async def pause(db: Session, actor: site.Operating) -> None:
    """All mail waits until `resume`; what a worker is sending at this moment still leaves."""
    await site.choose(db, actor, PAUSED, {})


async def resume(db: Session, actor: site.Operating) -> None:
    """Mail goes out again."""
    await site.choose(db, actor, PAUSED, None)


async def queue(
    db: Session,
    *,
    states: Sequence[str] = (*OPEN_STATES, HELD),
    oldest_first: bool = False,
    beyond: int | None = None,
    limit: int = 100,
) -> Sequence[OutboxMail]:
    """The mails in these states for the operator's page, newest first or `oldest_first`; `beyond` is the last id of the page before."""
    order = OutboxMail.id if oldest_first else OutboxMail.id.desc()
    rows = select(OutboxMail).where(OutboxMail.state.in_(states)).order_by(order).limit(limit)
    if beyond is not None:
        rows = rows.where(OutboxMail.id > beyond if oldest_first else OutboxMail.id < beyond)
    return (await db.scalars(rows)).all()


async def deliveries(
    db: Session,
    *,
    about: str | None = None,
    person_id: int | None = None,
    state: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> Sequence[OutboxMail]:
    """What became of the mails about a thing ("meeting:7") or to a person, oldest first."""
    rows = select(OutboxMail).where(OutboxMail.id > after).order_by(OutboxMail.id).limit(limit)
    if about is not None:
        rows = rows.where(OutboxMail.about == about)
    if person_id is not None:
        rows = rows.where(OutboxMail.id.in_(select(MailPerson.mail_id).where(MailPerson.person_id == person_id)))
    if state is not None:
        rows = rows.where(OutboxMail.state == state)
    return (await db.scalars(rows)).all()


@dataclass(frozen=True, slots=True)
class Told:
    """What the page of a thing tells of one mail about it."""

    id: int
    kind: str
    change: str | None
    source_id: int | None
    thread: str | None
    address: str
    display_to: str
    state: str
    created_at: datetime
    final_at: datetime | None
    next_try_at: datetime
    trial_to: str | None
    reason: str | None


_TOLD = (
    select(
        OutboxMail.id,
        OutboxMail.kind,
        OutboxMail.params["change"].as_string(),
        OutboxMail.source_id,
        OutboxMail.thread,
        OutboxMail.address,
        OutboxMail.display_to,
        OutboxMail.state,
        OutboxMail.created_at,
        OutboxMail.final_at,
        OutboxMail.next_try_at,
        OutboxMail.trial_to,
        OutboxMail.reason,
    )
    .where(OutboxMail.about == bindparam("about"))
    .order_by(OutboxMail.id)
    .limit(MOST_TOLD)
)
_TOLD_TO = (
    select(MailPerson.person_id, MailPerson.mail_id)
    .join(OutboxMail, OutboxMail.id == MailPerson.mail_id)
    .where(OutboxMail.about == bindparam("about"))
    .order_by(MailPerson.mail_id)
)


async def told(db: Session, about: str) -> list[Told]:
    """The mails about a thing, oldest first, without what they are made of."""
    return [Told(*row) for row in await db.execute(_TOLD, {"about": about})]


async def newest_by_person(db: Session, about: str, mails: Sequence[Told]) -> dict[int, Told]:
    """By person, the newest of these mails about that thing (oldest first) that was meant for them."""
    if not mails:
        return {}
    by_id = {mail.id: mail for mail in mails}
    rows = await db.execute(_TOLD_TO, {"about": about})
    return {person_id: by_id[mail_id] for person_id, mail_id in rows if mail_id in by_id}


async def purge(db: Session) -> int:
    """Delete the bytes of mails whose final state is 30 days old; the row with its headers and SHA-256 stays. How many."""
    rows = await db.execute(
        update(OutboxMail)
        .where(
            OutboxMail.state.in_(FINAL_STATES),
            OutboxMail.final_at < db.now() - KEEP_BYTES,
            OutboxMail.body.is_not(None),
        )
        .values(body=None)
        .returning(OutboxMail.id)
    )
    return len(rows.all())


async def _purged(db: Session, mail_id: int) -> bool:
    return (await db.execute(select(OutboxMail.body.is_(None)).where(OutboxMail.id == mail_id))).scalar_one()


async def _has_newer(db: Session, mail: OutboxMail) -> bool:
    """Whether something newer was said of the same thing: to this address, or by a newer announcement to whomever. One that passed
    an office on says nothing new to anybody but those it went to."""
    to_everybody = OutboxMail.params["change"].as_string().is_distinct_from(HANDED_OVER)
    newer = select(func.count()).where(
        OutboxMail.thread == mail.thread,
        or_(OutboxMail.address == mail.address, and_(OutboxMail.source_id > mail.source_id, to_everybody)),
        OutboxMail.id > mail.id,
        OutboxMail.kind == mail.kind,
    )
    return (await db.execute(newer)).scalar_one() > 0
