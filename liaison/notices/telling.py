"""Who is mailed of a notice, at once: those it is sent to, its sender when something was said, and those an act of the sender concerns.

What the mails say is worded when they leave (`mails`)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from liaison.db import Session
from liaison.directory.models import Agency
from liaison.mail import outbox
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.queries import OnDuty, on_duty
from liaison.notices import queries
from liaison.notices.addressing import Holder, Told, thread_of, told_of
from liaison.notices.models import Addressee, Notice, NoticeAct

KIND, NEWS, CLOSED = "notice", "notice_news", "notice_closed"
"""The kinds of mail: the notice itself; what was said of it; that no answer is needed any more."""


async def tell_sent(
    db: Session, notice: Notice, addressees: Sequence[Addressee], *, by: int | None, since: int | None = None
) -> int:
    """【信息通报】: the notice to the liaison in office of each of these agencies and its deputies, an agency without liaison at its own
    address; one mail an address. Not to one that takes part on paper. `since`: the act by which it reaches them, also those that only
    knew of it before. How many mails."""
    told = await those_told(db, notice, [(one.id, one.agency) for one in addressees])
    for one in told:
        ids = "+".join(str(each) for each in sorted({each.addressee_id for each in one.holders}))
        key = f"{notice.id}:{ids}" + (f":{since}" if since else "")
        await _call_for(db, KIND, notice, one, key, by=by)
    return len(told)


async def pass_on(db: Session, mechanism: Mechanism) -> int:
    """An office of the mechanism has changed hands: notices on which an agency still owes its word go to whoever holds its office now, or
    is its deputy, and was not sent them. What a former liaison said stands. How many mails; a second time none."""
    today = db.clock.today(mechanism.timezone)
    if mechanism.has_ended(today):
        return 0
    duty, mails = await on_duty(db, mechanism, today), 0
    for notice in await queries.waiting_in(db, mechanism.id):
        sent = select(OutboxMail.params).where(OutboxMail.about == f"notice:{notice.id}", OutboxMail.kind == KIND)
        had = {Holder(*each).office for params in await db.scalars(sent) for each in params["holders"]}
        had |= _knew(duty, notice)
        owing = [(one.id, one.agency) for one in notice.addressees if one.owes]
        for one in told_of(duty, owing, db.settings.locale):
            one.holders = [each for each in one.holders if each.office not in had]
            if one.holders:
                offices = "+".join(f"{each.addressee_id}/{each.designation_id or 0}" for each in one.holders)
                await _call_for(db, KIND, notice, one, f"{notice.id}:{offices}", by=None, passed_on=True)
                mails += 1
    return mails


def _knew(duty: OnDuty, notice: Notice) -> set[tuple[int, int | None]]:
    """Who is not told of a notice that was entered afterwards, since it is nothing new: whoever held office, or was a deputy, when it was entered; and
    nobody of one whose deadline had passed by then, of which the clock does not speak either. The desk and the handover's sheet show it."""
    if notice.entered_afterwards_at is None:
        return set()
    on = notice.entered_afterwards_at.astimezone(notice.zone).date()
    held = [one for one in duty.in_office.values() if one]
    held += [one for deputies in duty.deputies.values() for one in deputies]
    found: set[tuple[int, int | None]] = set()
    for line in notice.addressees:
        lies_ahead = line.due_on is not None and line.due_on >= on
        found |= {(line.id, None), *((line.id, one.id) for one in held if one.starts_on <= on or not lies_ahead)}
    return found


async def tell_sender(db: Session, addressee: Addressee, act: NoticeAct, *, by: int | None) -> None:
    """What an agency said to it goes to the sending agency's liaison and deputies, but not to who said it themselves."""
    await db.flush()
    notice = addressee.notice
    await _news(db, notice, act, [(addressee.id, notice.from_agency)], by=by)


async def tell_addressee(db: Session, addressee: Addressee, act: NoticeAct, *, by: int | None) -> None:
    """What the sender said to another date goes to the agency that offered it, and what it registered to the agency that it registered it
    for."""
    await db.flush()
    await _news(db, addressee.notice, act, [(addressee.id, addressee.agency)], by=by)


async def tell_closed(db: Session, notice: Notice, owing: Sequence[Addressee], *, by: int | None) -> None:
    """Those that still owed an answer hear that it is not needed; what was to leave to them leaves no more."""
    told = await those_told(db, notice, [(one.id, one.agency) for one in owing])
    for one in told:
        await outbox.supersede(db, thread_of(notice), [one.to.mail])
        await _call_for(db, CLOSED, notice, one, f"{notice.id}", by=by)


async def those_told(db: Session, notice: Notice, parties: Sequence[tuple[int, Agency]]) -> list[Told]:
    """By address, who is told for these agencies today: (line, agency)."""
    duty = await on_duty(db, notice.mechanism, db.clock.today(notice.mechanism.timezone))
    return told_of(duty, parties, db.settings.locale)


async def _news(
    db: Session, notice: Notice, act: NoticeAct, parties: Sequence[tuple[int, Agency]], *, by: int | None
) -> None:
    for one in await those_told(db, notice, parties):
        one.holders = [each for each in one.holders if each.person_id is None or each.person_id != by]
        if one.holders:
            await _call_for(db, NEWS, notice, one, f"{act.id}", by=by, act=act.id)


async def _call_for(
    db: Session, kind: str, notice: Notice, told: Told, key: str, *, by: int | None, **more: Any
) -> None:
    to = told.to
    await outbox.enqueue(
        db,
        kind=kind,
        about=f"notice:{notice.id}",
        address=to.mail,
        display_to=f"{to.name} <{to.mail}>",
        locale=to.locale,
        person_ids=[one.person_id for one in told.holders if one.person_id is not None],
        source_id=notice.id,
        params={
            "addressees": sorted({one.addressee_id for one in told.holders}),
            "holders": [list(one) for one in told.holders],
            **more,
        },
        thread=thread_of(notice) if kind == KIND else None,
        once_key=f"{kind}:{key}:{to.mail}"[:200],
        created_by=by,
    )
