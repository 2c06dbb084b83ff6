"""Another date for an answer: the agency that is asked offers one, the sender agrees or not."""

from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.notices import due, telling
from liaison.notices.answering import plan
from liaison.notices.locking import add_act, lock, lock_own
from liaison.notices.models import AGREED, OFFERED, REFUSED, Addressee
from liaison.notices.permissions import is_sender

NOT_SENDER = N_("Whether another date will do is said by the liaison or deputy of the agency that sent the notice.")


async def offer(db: Session, viewer: Viewer, addressee: Addressee, *, due_on: date | None, text: str) -> Addressee:
    """另提期限: the agency cannot answer in time and offers a later local date, with the reason; one on a free day moves to the next working
    day. A newer offer replaces the one before. Raises NotPermitted, Invalid (due_on, text), Conflict."""
    await lock_own(db, viewer, addressee)
    if not addressee.owes:
        raise Conflict(N_("Nothing is waited for from your agency."))
    check = Check()
    text = check.required_text("text", text, most=2000, lines=True)
    due_on = check.day("due_on", due_on, required=True)
    if addressee.due_on is None:
        check.refuse("due_on", N_("There is no deadline to put off."))
    elif due_on is not None and "due_on" not in check.errors:
        mechanism = addressee.notice.mechanism
        due_on = due.next_workday(region_calendar(mechanism.region), due_on)
        if due_on <= addressee.due_on:
            check.refuse("due_on", N_("Please give a date after the present deadline."))
        elif due_on < db.clock.today(mechanism.timezone):
            check.refuse("due_on", N_("This date has passed."))
    check.done()
    if addressee.offered_due_on == due_on:
        return addressee
    addressee.offered_due_on, addressee.offered_at = due_on, db.now()
    act = add_act(db, viewer, addressee, OFFERED, text=text, due_on=due_on)
    await telling.tell_sender(db, addressee, act, by=viewer.person_id or None)
    return addressee


async def agree(db: Session, viewer: Viewer, addressee: Addressee, *, due_on: date | None = None) -> Addressee:
    """The sender agrees: the deadline of this agency moves and its reminders are planned anew. `due_on`: the offer that was read. Raises
    NotPermitted, Conflict (no such offer)."""
    return await _decide(db, viewer, addressee, AGREED, due_on=due_on)


async def refuse(
    db: Session, viewer: Viewer, addressee: Addressee, *, text: str, due_on: date | None = None
) -> Addressee:
    """The sender does not: the deadline stays. Raises NotPermitted, Invalid (text), Conflict (no such offer)."""
    return await _decide(db, viewer, addressee, REFUSED, due_on=due_on, text=text)


async def _decide(
    db: Session, viewer: Viewer, addressee: Addressee, what: str, *, due_on: date | None, text: str | None = None
) -> Addressee:
    await lock(db, addressee.notice)
    if not is_sender(viewer, addressee.notice):
        raise NotPermitted(NOT_SENDER)
    offered = addressee.offered_due_on
    if offered is None:
        newest = next((act for act in reversed(addressee.acts) if act.what in (OFFERED, AGREED, REFUSED)), None)
        if newest is not None and newest.what == what and due_on in (None, newest.due_on):
            return addressee
        raise Conflict(N_("No other date is offered that waits for your answer."))
    if due_on not in (None, offered):
        raise Conflict(N_("Another date was offered in the meantime. Please look again."))
    check = Check()
    text = check.text("text", text, most=2000, lines=True, required=what == REFUSED)
    check.done()
    addressee.offered_due_on = addressee.offered_at = None
    if what == AGREED:
        addressee.due_on = offered
        plan(db, addressee)
    act = add_act(db, viewer, addressee, what, of_sender=True, text=text, due_on=offered)
    await telling.tell_addressee(db, addressee, act, by=viewer.person_id or None)
    return addressee
