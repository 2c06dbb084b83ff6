"""The row by which a mail is called for, and many of them in few statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from liaison.addresses import bad_address
from liaison.db import Session, insert_into
from liaison.mail.models import REFUSED, WAITING, MailPerson, OutboxMail

CALLS_FOR_MAIL = "calls_for_mail"
"""In `Session.info` of a transaction after which a mail may be due at once: a worker in the same process need not wait."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of many mails that are called for together; `once_key` names it."""

    address: str
    display_to: str
    locale: str
    person_ids: Collection[int]
    params: dict[str, Any]
    once_key: str


async def enqueue_all(
    db: Session, wanted: Sequence[Wanted], *, kind: str, about: str, priority: int = 5, created_by: int | None = None
) -> None:
    """Call for many mails in few statements; one whose `once_key` there is already is left out."""
    if not wanted:
        return
    db.info[CALLS_FOR_MAIL] = True
    rows = [
        mail_row(
            db,
            kind=kind,
            about=about,
            address=one.address,
            display_to=one.display_to,
            locale=one.locale,
            params=one.params,
            priority=priority,
            once_key=one.once_key,
            created_by=created_by,
        )
        for one in wanted
    ]
    added = insert_into(db, OutboxMail).on_conflict_do_nothing(index_elements=[OutboxMail.once_key])
    found = await db.execute(added.returning(OutboxMail.id, OutboxMail.once_key), rows)
    ids = {once_key: mail_id for mail_id, once_key in found}
    people = [
        {"mail_id": ids[one.once_key], "person_id": person_id}
        for one in wanted
        if one.once_key in ids
        for person_id in dict.fromkeys(one.person_ids)
    ]
    if people:
        await db.execute(insert(MailPerson), people)


def mail_row(
    db: Session,
    *,
    kind: str,
    about: str,
    address: str,
    display_to: str,
    locale: str,
    source_id: int | None = None,
    params: dict[str, Any] | None = None,
    thread: str | None = None,
    priority: int,
    once_key: str | None,
    created_by: int | None,
) -> dict[str, Any]:
    """The row of a mail that is called for now."""
    address = address.lower()
    problem = bad_address(address)
    return {
        "kind": kind,
        "about": about,
        "address": address[:254],
        "display_to": display_to[:400],
        "locale": locale,
        "source_id": source_id,
        "params": params or {},
        "thread": thread,
        "priority": priority,
        "once_key": once_key,
        "created_by": created_by,
        "created_at": db.now(),
        "next_try_at": db.now(),
        "state": REFUSED if problem else WAITING,
        "reason": problem,
        "final_at": db.now() if problem else None,
    }
