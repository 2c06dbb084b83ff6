"""What an agency does with a notice that was sent to it: open, acknowledge, answer, pass it on. One verb for page, API, link and mail."""

from datetime import timedelta
from typing import Any

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.replies import Registered, registration
from liaison.notices import due, telling
from liaison.notices.locking import add_act, lock, lock_own
from liaison.notices.models import (
    ACKNOWLEDGED,
    ANSWERED,
    CORRECTED,
    DECISIONS,
    FEEDBACK,
    OPENED,
    PASSED_ON,
    Addressee,
    Notice,
    NoticeAct,
)
from liaison.notices.permissions import may_answer, may_register

MOST_TEXT = 20_000
WORDS = (ACKNOWLEDGED, ANSWERED, *DECISIONS, FEEDBACK)
"""What an agency says of a notice, itself or registered for it."""
IS_REFERRAL = N_("A referral is accepted, declined or returned; what came of it is told as feedback.")
NOT_TO_REGISTER = N_("You may register for your own agency; for others the agency that sent the notice does.")


async def open_(db: Session, viewer: Viewer, addressee: Addressee) -> Addressee:
    """打开: an officer of the agency reads it; the sender sees since when. Twice is once. Raises NotPermitted, Conflict."""
    await lock_own(db, viewer, addressee)
    if addressee.opened_at is None:
        addressee.opened_at = db.now()
        add_act(db, viewer, addressee, OPENED)
    return addressee


async def acknowledge(
    db: Session,
    viewer: Viewer,
    addressee: Addressee,
    *,
    text: str | None = None,
    registered: Registered | None = None,
    unverified: bool = False,
) -> Addressee:
    """签收: the agency has it. That settles one that wants no answer. Twice is once; what was only registered for an agency is replaced by
    its own word. With `registered` it came another way. Raises NotPermitted, Invalid (text, registered.…), Conflict."""
    said = await begin(db, viewer, addressee, registered)
    check = Check()
    text = check.text("text", text, most=2000, lines=True)
    check.done()
    if addressee.acknowledged_at is not None and not (said is None and _is_registered(addressee)):
        return addressee
    acknowledged(db, viewer, addressee)
    act = add_act(db, viewer, addressee, ACKNOWLEDGED, text=text, registered=said, unverified=unverified)
    if not addressee.notice.wants_answer:
        addressee.settle(db.now())
    await _tell_registered(db, viewer, addressee, act)
    return addressee


async def answer(
    db: Session,
    viewer: Viewer,
    addressee: Addressee,
    *,
    text: str,
    registered: Registered | None = None,
    unverified: bool = False,
) -> Addressee:
    """答复: the agency's answer, which settles it and is mailed to whoever asked; a further one is kept beside the first. With `registered`
    it came another way. Raises NotPermitted, Invalid (text, registered.…), Conflict."""
    said = await begin(db, viewer, addressee, registered)
    if addressee.notice.is_referral:
        raise Conflict(IS_REFERRAL)
    check = Check()
    text = check.required_text("text", text, most=MOST_TEXT, lines=True)
    check.done()
    newest = next((act for act in reversed(addressee.acts) if act.what == ANSWERED), None)
    if newest is not None and newest.text == text and (said is not None or newest.registered is None):
        return addressee  # sent twice; what was registered becomes the agency's own word
    act = _answer(db, viewer, addressee, text=text, registered=said, unverified=unverified)
    await telling.tell_sender(db, addressee, act, by=viewer.person_id or None)
    await _tell_registered(db, viewer, addressee, act)
    return addressee


async def note_answer(db: Session, viewer: Viewer, response: Notice, answered: Notice) -> None:
    """A notice that answers another one was sent: that one is answered by it, and its sender gets the notice and no mail besides. Raises
    Conflict where that one was closed or passed on meanwhile."""
    await lock(db, answered)
    addressee = answered.line_of(response.from_agency_id)
    addressee.refuse_unasked()
    _answer(db, viewer, addressee, answer_id=response.id)


async def pass_on(
    db: Session, viewer: Viewer, addressee: Addressee, *, to_agency_id: int | None, text: str
) -> Addressee:
    """转交: it concerns another member agency, which is asked instead from now on, with working days of its own; the sender is told.

    Returns the line of the agency it went to. Raises NotPermitted, Invalid (to_agency_id, text), Conflict (answered, or itself an answer)."""
    notice = addressee.notice
    await lock(db, notice)
    if not may_answer(viewer, notice, addressee.agency_id):
        raise NotPermitted(N_("Only this agency's liaison or deputy passes it on."))
    given = notice.addressee(to_agency_id)
    if addressee.passed_on_at is not None and addressee.passed_on_to_id == to_agency_id and given is not None:
        return given
    addressee.refuse_unasked()
    if notice.is_referral:
        raise Conflict(N_("A referral is not passed on. Decline or return it, and say whom it concerns."))
    if notice.answers_id is not None:
        raise Conflict(N_("This answers a notice of your agency: it is not passed on."))
    if addressee.answered_at is not None:
        raise Conflict(N_("Your agency has answered this already."))
    check = Check()
    text = check.required_text("text", text, most=2000, lines=True)
    today = db.clock.today(notice.mechanism.timezone)
    members = {one.agency_id: one.agency for one in await mechanisms.members_on(db, notice.mechanism_id, today)}
    if to_agency_id not in members:
        check.refuse("to_agency_id", N_("Please choose a member agency."))
    elif to_agency_id == notice.from_agency_id:
        check.refuse("to_agency_id", N_("This is the agency that sent it. Tell it in your answer instead."))
    elif any(one.agency_id == to_agency_id and one.asked for one in notice.addressees):
        check.refuse("to_agency_id", N_("It was sent to that agency already."))
    check.done()
    assert to_agency_id is not None
    one = next((each for each in notice.addressees if each.agency_id == to_agency_id), None)
    if one is None:
        one = Addressee(
            agency_id=to_agency_id,
            agency=members[to_agency_id],
            passed_on_to=None,
            from_agency_id=notice.from_agency_id,
            dated_on=notice.dated_on,
            version=1,
            acts=[],
        )
        notice.addressees.append(one)
    one.asked, one.settled_at = True, None
    calendar = region_calendar(notice.mechanism.region)
    one.arrived_on, one.due_on = today, due.due_on(calendar, today, notice.deadline_days)
    plan(db, one)
    addressee.passed_on_at, addressee.passed_on_to_id = db.now(), to_agency_id
    addressee.passed_on_to = members[to_agency_id]
    addressee.settle(db.now())
    act = add_act(db, viewer, addressee, PASSED_ON, text=text)
    notice.touch()
    await db.flush()
    await telling.tell_sent(db, notice, [one], by=viewer.person_id or None, since=act.id)
    await telling.tell_sender(db, addressee, act, by=viewer.person_id or None)
    return one


async def correct(db: Session, viewer: Viewer, addressee: Addressee, *, text: str) -> Addressee:
    """更正: what another agency registered for this one was not said: it is open again, and reminders go on. Twice is once. Raises
    NotPermitted, Invalid (text), Conflict (nothing was registered, or the agency's own word stands)."""
    await lock_own(db, viewer, addressee)
    check = Check()
    text = check.required_text("text", text, most=2000, lines=True)
    check.done()
    if addressee.acts and (addressee.acts[-1].what, addressee.acts[-1].text) == (CORRECTED, text):
        return addressee
    stands = addressee.standing
    if stands is None or stands.registered is None:
        raise Conflict(N_("Nothing was registered for your agency that stands."))
    addressee.answered_at = addressee.settled_at = None
    own: list[NoticeAct] = []
    if stands.what != FEEDBACK:
        addressee.acknowledged_at = addressee.acknowledged_by = addressee.decision = addressee.decided_at = None
        own = [each for each in addressee.acts if each.what == ACKNOWLEDGED and each.registered is None]
    if own:  # that it has the notice it said itself
        addressee.acknowledged_at, addressee.acknowledged_by = own[-1].at, own[-1].by_id
    if own and not addressee.notice.wants_answer:
        addressee.settle(db.now())
    else:
        plan(db, addressee)
    act = add_act(db, viewer, addressee, CORRECTED, text=text)
    await telling.tell_sender(db, addressee, act, by=viewer.person_id or None)
    return addressee


def plan(db: Session, addressee: Addressee) -> None:
    """The clock speaks of it from tomorrow on. Needs the notice's mechanism."""
    mechanism = addressee.notice.mechanism
    tomorrow = db.clock.today(mechanism.timezone) + timedelta(days=1)
    addressee.plan_reminder(region_calendar(mechanism.region), tomorrow)


async def begin(
    db: Session, viewer: Viewer, addressee: Addressee, registered: Registered | None
) -> dict[str, object] | None:
    """Lock, ask permission, and what is stored of a registered word: how every word of an agency begins. Raises NotPermitted, Invalid, Conflict."""
    notice = addressee.notice
    if registered is None:
        await lock_own(db, viewer, addressee)
    else:
        await lock(db, notice)
        if not may_register(viewer, notice, addressee.agency_id):
            raise NotPermitted(NOT_TO_REGISTER)
    addressee.refuse_unasked()
    if registered is None:
        return None
    assert notice.sent_at is not None
    since = notice.sent_at.replace(second=0, microsecond=0)
    return registration(
        db, registered, viewer, since=since, too_early=N_("This lies before the notice was sent. Please check the day.")
    )


async def _tell_registered(db: Session, viewer: Viewer, addressee: Addressee, act: NoticeAct) -> None:
    """An agency can correct what another one registered for it only if it hears of that."""
    if act.registered is not None and viewer.acts_for(addressee.notice.mechanism_id) != addressee.agency_id:
        await telling.tell_addressee(db, addressee, act, by=viewer.person_id or None)


def acknowledged(db: Session, viewer: Viewer, addressee: Addressee) -> None:
    """The agency has it since now, by whoever says so."""
    addressee.opened_at = addressee.opened_at or db.now()
    addressee.acknowledged_at, addressee.acknowledged_by = db.now(), viewer.person_id or None


def _answer(db: Session, viewer: Viewer, addressee: Addressee, **more: Any) -> NoticeAct:
    if addressee.acknowledged_at is None:
        acknowledged(db, viewer, addressee)
    addressee.answered_at = addressee.answered_at or db.now()
    addressee.settle(db.now())
    return add_act(db, viewer, addressee, ANSWERED, **more)


def _is_registered(addressee: Addressee) -> bool:
    """Whether all that stands for the agency was registered for it."""
    words = [act for act in addressee.acts if act.what in WORDS]
    return bool(words) and all(act.registered is not None for act in words)
