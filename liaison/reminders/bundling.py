"""Lines become mails: one an address with everything that is new, and what went is remembered, so that it goes once."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import insert, select

from liaison.db import Session
from liaison.mail.calling import Wanted, enqueue_all
from liaison.mail.models import OutboxMail
from liaison.reminders import queries
from liaison.reminders.models import Reminder
from liaison.reminders.queries import Reader
from liaison.reminders.rules import Line, To, without_repetition

KIND = "reminders"
_AFTER_ACTS = 7
"""Clock mail goes behind mail that an act calls for (outbox priority)."""


async def bundle(db: Session, today: date, lines: Sequence[Line]) -> tuple[int, set[str]]:
    """The morning's mails: one an address with everything that is new; how many, and what waits for tomorrow because its address was
    written to today for another zone. What merely waits and is spoken of for a better reason counts as sent with it."""
    unsent, by_address, read_by = await _new(db, lines)
    keys = {address: f"{KIND}:{today.isoformat()}:{address}" for address in by_address}
    taken = set(await db.scalars(select(OutboxMail.once_key).where(OutboxMail.once_key.in_(keys.values()))))
    fresh = {address: mine for address, mine in sorted(by_address.items()) if keys[address] not in taken}
    await _call_for(db, today, fresh, read_by, keys=keys, priority=_AFTER_ACTS)
    await _remember(db, fresh, unsent)
    return len(fresh), {line.about for address in by_address.keys() - fresh.keys() for line in by_address[address]}


async def at_once(db: Session, today: date, lines: Sequence[Line], *, key: str, by: int | None) -> int:
    """The mails that an officer calls for: alone and at any hour, one an address; how many. `key` names the act: a second press calls
    for none again, and the clock sends none of these lines."""
    unsent, by_address, read_by = await _new(db, lines)
    keys = {address: f"{key}:{address}" for address in by_address}
    await _call_for(db, today, by_address, read_by, keys=keys, created_by=by)
    await _remember(db, by_address, unsent)
    return len(by_address)


async def to_write(db: Session, lines: Sequence[Line]) -> int:
    """How many mails `at_once` would call for."""
    return len((await _new(db, lines))[1])


_Steps = Mapping[tuple[str, To], Mapping[tuple[str, date], None]]


async def _new(db: Session, lines: Sequence[Line]) -> tuple[_Steps, Mapping[str, list[Line]], Mapping[To, Reader]]:
    """What did not go yet, by address; with every step that counts as sent with it."""
    before = await queries.sent(db, {line.about for line in lines})
    unsent = [one for one in lines if (one.about, one.step, one.due_on, one.to) not in before]
    new = without_repetition(unsent)
    steps: dict[tuple[str, To], dict[tuple[str, date], None]] = {}
    for line in unsent:
        steps.setdefault((line.about, line.to), {})[line.step, line.due_on] = None
    read_by = await queries.readers(db, new)
    by_address: dict[str, list[Line]] = {}
    for line in new:
        if (reader := read_by.get(line.to)) is not None:
            by_address.setdefault(reader.address.mail, []).append(line)
    return steps, by_address, read_by


async def _call_for(
    db: Session,
    today: date,
    by_address: Mapping[str, Sequence[Line]],
    read_by: Mapping[To, Reader],
    *,
    keys: Mapping[str, str],
    priority: int = 5,
    created_by: int | None = None,
) -> None:
    wanted = [
        Wanted(
            address=address,
            display_to=f"{read_by[mine[0].to].address.holder} <{address}>",
            locale=read_by[mine[0].to].locale or db.settings.locale,
            person_ids=[line.person_id for line in mine if line.person_id is not None],
            params={"on": today.isoformat(), "lines": [line.to_json() for line in mine]},
            once_key=keys[address],
        )
        for address, mine in by_address.items()
    ]
    about = f"{KIND}:{today.isoformat()}"
    await enqueue_all(db, wanted, kind=KIND, about=about, priority=priority, created_by=created_by)


async def _remember(db: Session, by_address: Mapping[str, Sequence[Line]], steps: _Steps) -> None:
    rows = [
        {
            "about": line.about,
            "step": step,
            "due_on": due_on,
            "person_id": line.person_id,
            "agency_id": line.agency_id,
            "at": db.now(),
        }
        for mine in by_address.values()
        for line in mine
        for step, due_on in steps[line.about, line.to]
    ]
    if rows:
        await db.execute(insert(Reminder), rows)
