"""线索移送: what becomes of a lead that one agency refers to another: 受理, 不予受理 with the reason, 退回补充, 反馈. One verb for page, API and link.

A lead is written, sent, acknowledged and closed like any notice (`writing`, `answering`, `closing`)."""

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.meetings.replies import Registered
from liaison.notices import due, telling
from liaison.notices.answering import acknowledged, begin, plan
from liaison.notices.leads import MOST_TEXT, case_text
from liaison.notices.locking import add_act, lock
from liaison.notices.models import (
    ACCEPTED,
    DECISIONS,
    DECLINED,
    FEEDBACK,
    RETURNED,
    SUPPLEMENTED,
    Addressee,
    Notice,
)
from liaison.notices.permissions import is_sender

MOST_REASON = 2000
NO_REFERRAL = N_("This is an information notice: it is acknowledged and answered.")
_ANSWERED = N_("There is feedback on the result already.")
_DECIDED = {
    ACCEPTED: N_("It was accepted already. What came of it is told as feedback."),
    DECLINED: N_("It was declined already. The agency that referred it can refer it anew."),
    RETURNED: N_("It was returned already, and waits for what is missing."),
}
_NOT_ACCEPTED = N_("Feedback is given on a referral that was accepted. Please accept it first.")
_NOT_RETURNED = N_("Nothing is asked for: this referral is not returned.")


async def accept(
    db: Session,
    viewer: Viewer,
    addressee: Addressee,
    *,
    text: str | None = None,
    phones_ok: bool = False,
    registered: Registered | None = None,
) -> Addressee:
    """受理: the agency takes the lead up; its days are over, and the sender waits for feedback. Twice is once. With `registered` it came
    another way. Raises NotPermitted, Invalid (text, registered.…), Conflict (decided otherwise, closed)."""
    return await _decide(db, viewer, addressee, ACCEPTED, text, phones_ok=phones_ok, registered=registered)


async def decline(
    db: Session,
    viewer: Viewer,
    addressee: Addressee,
    *,
    reason: str | None,
    phones_ok: bool = False,
    registered: Registered | None = None,
) -> Addressee:
    """不予受理: the agency does not take it up, with the reason; that settles it. Raises as `accept` (reason)."""
    return await _decide(db, viewer, addressee, DECLINED, reason, phones_ok=phones_ok, registered=registered)


async def return_(
    db: Session,
    viewer: Viewer,
    addressee: Addressee,
    *,
    reason: str | None,
    phones_ok: bool = False,
    registered: Registered | None = None,
) -> Addressee:
    """退回补充: something is missing, and what; the days stop until the sender has supplied it. Raises as `accept` (reason)."""
    return await _decide(db, viewer, addressee, RETURNED, reason, phones_ok=phones_ok, registered=registered)


async def supplement(
    db: Session, viewer: Viewer, addressee: Addressee, *, text: str | None, phones_ok: bool = False
) -> Addressee:
    """补充: the sender supplies what was missing, and the working days begin again. Twice is once. Raises NotPermitted, Invalid (text),
    Conflict (it is not returned)."""
    notice = addressee.notice
    await lock(db, notice)
    if not is_sender(viewer, notice):
        raise NotPermitted(N_("What is missing is supplied by the liaison or deputy of the agency that referred it."))
    _refuse_no_referral(notice)
    addressee.refuse_over()
    check = Check()
    text = case_text(check, "text", text, most=MOST_TEXT, phones_ok=phones_ok)
    check.done()
    if addressee.decision != RETURNED:
        newest = addressee.newest(*DECISIONS, SUPPLEMENTED)
        if newest is not None and (newest.what, newest.text) == (SUPPLEMENTED, text):
            return addressee
        raise Conflict(_NOT_RETURNED)
    addressee.decision = addressee.decided_at = None
    mechanism = notice.mechanism
    addressee.arrived_on = db.clock.today(mechanism.timezone)
    addressee.due_on = due.due_on(
        region_calendar(mechanism.region), addressee.arrived_on, notice.deadline_days or due.DEFAULT_DAYS
    )
    plan(db, addressee)
    act = add_act(db, viewer, addressee, SUPPLEMENTED, of_sender=True, text=text)
    notice.touch()
    await telling.tell_addressee(db, addressee, act, by=viewer.person_id or None)
    return addressee


async def give_feedback(
    db: Session,
    viewer: Viewer,
    addressee: Addressee,
    *,
    text: str | None,
    phones_ok: bool = False,
    registered: Registered | None = None,
) -> Addressee:
    """反馈: what came of a lead that was accepted; that settles it, and is mailed to the sender. A further one is kept beside the first.
    Raises NotPermitted, Invalid (text, registered.…), Conflict (not accepted, closed)."""
    said = await begin(db, viewer, addressee, registered)
    _refuse_no_referral(addressee.notice)
    check = Check()
    text = case_text(check, "text", text, most=MOST_TEXT, phones_ok=phones_ok)
    check.done()
    if addressee.decision != ACCEPTED:
        raise Conflict(_NOT_ACCEPTED)
    newest = addressee.newest(FEEDBACK)
    if addressee.answered_at is not None and newest is not None and newest.text == text:
        return addressee
    addressee.answered_at = addressee.answered_at or db.now()
    addressee.settle(db.now())
    act = add_act(db, viewer, addressee, FEEDBACK, text=text, registered=said)
    await telling.tell_sender(db, addressee, act, by=viewer.person_id or None)
    return addressee


async def _decide(
    db: Session,
    viewer: Viewer,
    addressee: Addressee,
    what: str,
    text: str | None,
    *,
    phones_ok: bool,
    registered: Registered | None,
) -> Addressee:
    said = await begin(db, viewer, addressee, registered)
    _refuse_no_referral(addressee.notice)
    check = Check()
    field, required = ("text", False) if what == ACCEPTED else ("reason", True)
    text = case_text(check, field, text, most=MOST_REASON, phones_ok=phones_ok, required=required) or None
    check.done()
    if addressee.answered_at is not None:
        raise Conflict(_ANSWERED)
    newest = addressee.newest(*DECISIONS)
    own_word = said is None and newest is not None and newest.registered is not None  # replaces what was registered
    if addressee.decision is not None and newest is not None and not own_word:
        if (newest.what, newest.text) == (what, text):
            return addressee
        if addressee.decision != RETURNED or what == RETURNED:
            raise Conflict(_DECIDED[addressee.decision])
    if addressee.acknowledged_at is None:
        acknowledged(db, viewer, addressee)
    addressee.decision, addressee.decided_at = what, db.now()
    if what == DECLINED:
        addressee.settle(db.now())
    else:
        addressee.settled_at = addressee.remind_on = addressee.offered_due_on = addressee.offered_at = None
    act = add_act(db, viewer, addressee, what, text=text, registered=said)
    await telling.tell_sender(db, addressee, act, by=viewer.person_id or None)
    return addressee


def _refuse_no_referral(notice: Notice) -> None:
    if not notice.is_referral:
        raise Conflict(NO_REFERRAL)
