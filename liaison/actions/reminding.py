"""提醒（本单位内：催办）: an officer reminds of one action item, by one mail; once a day unless they say so again.

Within the responsible agency the owner is reminded; from another agency its liaison, since equals do not supervise each other's people."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions.item_telling import people
from liaison.actions.locking import lock
from liaison.actions.models import ActionItem
from liaison.actions.permissions import may_change, reads_before
from liaison.actions.reminder_models import HandReminder
from liaison.db import Session
from liaison.directory.models import Address, Agency, Person
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import on_duty

KIND = "action_reminder"


class RemindedToday(Conflict):
    """Somebody was reminded of it today already: again only on purpose."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a reminder reaches: a person, by an office or as the owner, or an agency at its own address."""

    agency: Agency
    person: Person | None
    designation_id: int | None
    address: Address
    locale: str


async def remind(db: Session, viewer: Viewer, item: ActionItem, *, again: bool = False) -> HandReminder:
    """Send one mail with the item's link. Raises NotPermitted, Conflict (ended, waits to be closed, nobody to mail), RemindedToday unless `again`."""
    await lock(db, item)
    if not may_change(viewer, item):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    item.ask_owed()
    newest = await _newest(db, item.id)
    today = db.clock.today(item.mechanism.timezone)
    if newest is not None and not again and newest.at.astimezone(ZoneInfo(item.mechanism.timezone)).date() == today:
        raise RemindedToday(N_("A reminder of this item went out today already."))
    to = await receiver(db, viewer, item)
    if to is None:
        raise Conflict(N_("There is nobody to mail: nobody is concerned, or no mail reaches them."))
    reminder = HandReminder(
        action_item_id=item.id,
        at=db.now(),
        by_id=viewer.person_id,
        by=await db.get_one(Person, viewer.person_id),
        agency_id=to.agency.id,
        agency=to.agency,
        person_id=to.person.id if to.person else None,
        person=to.person,
    )
    db.add(reminder)
    await db.flush()
    await outbox.enqueue(
        db,
        kind=KIND,
        about=f"action:{item.id}",
        address=to.address.mail,
        display_to=f"{to.address.holder} <{to.address.mail}>",
        locale=to.locale,
        person_ids=[to.person.id] if to.person else [],
        source_id=reminder.id,
        params={"designation_id": to.designation_id},
        once_key=f"{KIND}:{reminder.id}",
        created_by=viewer.person_id,
    )
    audit.add(
        db, viewer, "remind", f"action:{item.id}", mechanism_id=item.mechanism_id, person=reminder.person_id,
        agency=reminder.agency_id,
    )  # fmt: skip
    return reminder


async def receiver(db: Session, viewer: Viewer, item: ActionItem) -> Receiver | None:
    """Whom this viewer's reminder would reach; None for nobody but themselves."""
    own = viewer.acts_for(item.mechanism_id) == item.lead_agency_id
    agency = item.lead_agency
    if own and item.owner_id is not None and item.owner_id != viewer.person_id:
        for owner in await people(db, {item.owner_id}):
            if (address := owner.effective_address()) is not None:
                return Receiver(agency, owner, None, address, owner.mail_locale(db.settings.locale))
    duty = await on_duty(db, item.mechanism, db.clock.today(item.mechanism.timezone))
    member = next((one for one in duty.members if one.agency_id == agency.id), None)
    if member is None or member.takes_part == PAPER:
        return None
    officer = duty.in_office[agency.id]
    if officer is None:
        at = agency.own_address()
        return Receiver(agency, None, None, at, agency.locale or db.settings.locale) if at is not None else None
    address = officer.person.effective_address()
    if address is None or officer.person_id == viewer.person_id:
        return None
    locale = officer.person.mail_locale(db.settings.locale)
    return Receiver(agency, officer.person, officer.id, address, locale)


async def of_item(db: Session, viewer: Viewer, item: ActionItem) -> Sequence[HandReminder]:
    """Who was reminded when, newest first, as the viewer reads it."""
    query = select(HandReminder).where(HandReminder.action_item_id == item.id)
    query = query.options(joinedload(HandReminder.by), joinedload(HandReminder.person), joinedload(HandReminder.agency))
    if before := reads_before(viewer, item, db.now()):
        query = query.where(HandReminder.at < before)
    return (await db.scalars(query.order_by(HandReminder.id.desc()).limit(20))).all()


async def _newest(db: Session, item_id: int) -> HandReminder | None:
    query = select(HandReminder).where(HandReminder.action_item_id == item_id).order_by(HandReminder.id.desc())
    return (await db.execute(query.limit(1))).scalar_one_or_none()
