"""Writing a notice and sending it: a draft of one's own agency, which leaves at once to the liaisons of those it is addressed to."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.meetings.seen import visible_to
from liaison.notices import due, queries, telling
from liaison.notices.answering import IS_REFERRAL, note_answer
from liaison.notices.leads import MOST_TEXT, Lead, refuse_several, say_lead
from liaison.notices.locking import audit_line, lock
from liaison.notices.models import (
    FOR_ACTION,
    FOR_INFORMATION,
    IN_RESPONSE,
    INFORMATION,
    PURPOSES,
    REFERRAL,
    Addressee,
    Notice,
)
from liaison.notices.permissions import NOT_YOURS, is_sender, may_write, refuse_not_a_draft

SENT_TWICE = timedelta(minutes=1)
"""Within this time the same form, sent again, is the same notice."""
_NOT_A_MEMBER = N_("Your agency is not a member of this mechanism today.")


async def draft(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    subject: str,
    text: str,
    purpose: str = FOR_INFORMATION,
    to_agency_ids: Collection[int] = (),
    copy_to_agency_ids: Collection[int] = (),
    deadline_days: int | None = None,
    doc_no: str | None = None,
    answers_id: int | None = None,
    lead: Lead | None = None,
) -> Notice:
    """拟稿: write one in the own agency's name, for member agencies of today; nobody else knows of it until it is sent. The same form sent
    twice within a minute is one draft. With `lead` it is a referral (线索移送), to one agency.

    `deadline_days` are working days after sending; a referral has five where none are given. Raises NotPermitted, Invalid (each field),
    NotFound and Conflict (`answers_id`: not asked of the agency, closed, or passed on)."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    own = viewer.acts_for(mechanism_id)
    if own is None or not may_write(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    _refuse_ended(db, mechanism)
    notice = Notice(
        mechanism_id=mechanism_id,
        mechanism=mechanism,
        kind=INFORMATION if lead is None else REFERRAL,
        from_agency_id=own,
        from_agency=await db.get_one(Agency, own),
        answers_id=answers_id,
        dated_on=db.clock.today(mechanism.timezone),
        written_at=db.now(),
        written_by=viewer.person_id,
        version=1,
        addressees=[],
        papers=[],
    )
    if answers_id is not None:
        await _answered(db, viewer, notice, answers_id)
    check = Check()
    await _refuse_unknown_activity(db, viewer, check, notice, lead)
    await _say(
        db, check, notice, subject, text, purpose, to_agency_ids, copy_to_agency_ids, deadline_days, doc_no, lead
    )
    if (same := await _just_written(db, notice)) is not None:
        return same
    db.add(notice)
    await db.flush()
    audit_line(db, viewer, "write_notice", notice)
    return notice


async def change(
    db: Session,
    viewer: Viewer,
    notice: Notice,
    *,
    subject: str,
    text: str,
    purpose: str,
    to_agency_ids: Collection[int],
    copy_to_agency_ids: Collection[int] = (),
    deadline_days: int | None = None,
    doc_no: str | None = None,
    lead: Lead | None = None,
    version: int | None = None,
) -> Notice:
    """Change a draft; of a referral with what `lead` says; what was sent never changes. Raises NotPermitted, Invalid, Conflict (sent, or a stale form)."""
    await _lock_draft(db, viewer, notice)
    notice.check_version(version, subject=notice.subject, text=notice.text)
    if lead is not None and not notice.is_referral:
        raise Conflict(N_("A draft stays what it is: a notice, or a referral. Please write another one."))
    check = Check()
    await _refuse_unknown_activity(db, viewer, check, notice, lead)
    await _say(
        db, check, notice, subject, text, purpose, to_agency_ids, copy_to_agency_ids, deadline_days, doc_no, lead
    )
    notice.touch()
    audit_line(db, viewer, "change_notice", notice)
    return notice


async def discard(db: Session, viewer: Viewer, notice: Notice) -> Notice:
    """Throw a draft away; `restore` undoes it. Twice is once. Raises NotPermitted, Conflict (sent)."""
    await _lock_draft(db, viewer, notice)
    if notice.discarded_at is None:
        notice.discarded_at, notice.discarded_by = db.now(), viewer.person_id or None
        notice.touch()
        audit_line(db, viewer, "discard_notice", notice)
    return notice


async def restore(db: Session, viewer: Viewer, notice: Notice) -> Notice:
    """Undo `discard`. Raises NotPermitted, Conflict (sent)."""
    await _lock_draft(db, viewer, notice)
    if notice.discarded_at is not None:
        notice.discarded_at = notice.discarded_by = None
        notice.touch()
        audit_line(db, viewer, "restore_notice", notice)
    return notice


async def send(db: Session, viewer: Viewer, notice: Notice, *, version: int | None = None) -> Notice:
    """发送: from now on it stands as it is. Each agency's liaison in office is mailed at once and its deputies besides, an agency without
    liaison at its own address; one that takes part on paper is told by letter. Twice is once.

    Raises NotPermitted, Invalid (to_agency_ids: nobody, or an agency that has left), Conflict (a stale form, the
    mechanism or what it answers is over)."""
    await lock(db, notice)
    if not is_sender(viewer, notice):
        raise NotPermitted(NOT_YOURS)
    if notice.sent_at is not None:
        return notice
    notice.check_version(version, subject=notice.subject, text=notice.text)
    _refuse_ended(db, notice.mechanism)
    today = db.clock.today(notice.mechanism.timezone)
    members = {one.agency_id for one in await mechanisms.members_on(db, notice.mechanism_id, today)}
    check = Check()
    if notice.from_agency_id not in members:
        check.refuse("to_agency_ids", _NOT_A_MEMBER)
    elif not notice.asked:
        check.refuse("to_agency_ids", N_("Please choose at least one agency that this is addressed to."))
    elif left := [one.agency.short_name for one in notice.addressees if one.agency_id not in members]:
        check.refuse("to_agency_ids", N_("Not a member any more: %(agencies)s."), agencies=tuple(left))
    check.done()
    notice.sent_at, notice.sent_by, notice.discarded_at = db.now(), viewer.person_id or None, None
    notice.dated_on = today
    for one in notice.addressees:
        one.dated_on = today
        arrive(db, notice, one)
    notice.touch()
    await db.flush()
    audit_line(db, viewer, "send_notice", notice, to=[one.agency_id for one in notice.addressees])
    if notice.answers_id is not None:
        await note_answer(db, viewer, notice, await queries.whole(db, notice.answers_id))
    await telling.tell_sent(db, notice, notice.addressees, by=viewer.person_id or None)
    return notice


def arrive(db: Session, notice: Notice, addressee: Addressee) -> None:
    """It reaches an agency now: its working days begin; who is only to know of it owes nothing. Needs `mechanism`."""
    calendar, today = region_calendar(notice.mechanism.region), db.clock.today(notice.mechanism.timezone)
    addressee.arrived_on = today
    if not addressee.asked:
        addressee.settled_at = db.now()
        return
    addressee.due_on = due.due_on(calendar, today, notice.deadline_days)
    addressee.plan_reminder(calendar, today + timedelta(days=1))


def due_if_sent(db: Session, notice: Notice) -> date | None:
    """By when it would be due if it were sent today. Needs `mechanism`."""
    today = db.clock.today(notice.mechanism.timezone)
    return due.due_on(region_calendar(notice.mechanism.region), today, notice.deadline_days)


def _refuse_ended(db: Session, mechanism: Mechanism) -> None:
    """Raise Conflict once the agencies work together no more: what was sent before can still be answered and closed."""
    if mechanism.has_ended(db.clock.today(mechanism.timezone)):
        raise Conflict(N_("This mechanism has ended: nothing is sent in it any more."))


async def _lock_draft(db: Session, viewer: Viewer, notice: Notice) -> None:
    await lock(db, notice)
    refuse_not_a_draft(viewer, notice)


async def _say(
    db: Session,
    check: Check,
    notice: Notice,
    subject: str,
    text: str,
    purpose: str,
    to_agency_ids: Collection[int],
    copy_to_agency_ids: Collection[int],
    deadline_days: int | None,
    doc_no: str | None,
    lead: Lead | None,
) -> None:
    """Everything that a form says; all that is wrong is named at once."""
    notice.deadline_days = check.number("deadline_days", deadline_days, least=1, most=due.MOST_DAYS)
    if notice.is_referral:
        lead = lead or Lead(notice.case_code, notice.category, notice.clause_id, notice.activity_id)
        say_lead(check, notice, lead, subject, text, await mechanisms.clauses(db, notice.mechanism_id))
        notice.purpose, notice.deadline_days = FOR_ACTION, notice.deadline_days or due.DEFAULT_DAYS
        refuse_several(check, to_agency_ids, copy_to_agency_ids)
        if notice.answers_id is not None:
            check.refuse("answers_id", N_("A referral answers no notice."))
    else:
        notice.subject = check.required_text("subject", subject, most=200)
        notice.text = check.required_text("text", text, most=MOST_TEXT, lines=True)
        notice.purpose = check.choice("purpose", purpose, PURPOSES)
        if (notice.purpose == IN_RESPONSE) != (notice.answers_id is not None) and "purpose" not in check.errors:
            check.refuse("purpose", N_("A response answers a notice: open that one, and answer it from there."))
    notice.doc_no = check.text("doc_no", doc_no, most=60, numbers=True)
    await _address(db, check, notice, to_agency_ids, copy_to_agency_ids)
    check.done()


async def _refuse_unknown_activity(
    db: Session, viewer: Viewer, check: Check, notice: Notice, lead: Lead | None
) -> None:
    """A lead was found at an activity of the mechanism that its writer may know of. One that it names already stays, whatever kind of
    meeting that became."""
    if lead is None or lead.activity_id in (None, notice.activity_id):
        return
    query = select(Meeting.id).where(Meeting.id == lead.activity_id, Meeting.mechanism_id == notice.mechanism_id)
    if await db.scalar(query.where(Meeting.kind.in_(ACTIVITIES), visible_to(viewer))) is None:
        check.refuse("activity_id", N_("Please choose a joint activity of this mechanism."))


async def _address(db: Session, check: Check, notice: Notice, to: Collection[int], copy_to: Collection[int]) -> None:
    today = db.clock.today(notice.mechanism.timezone)
    members = {one.agency_id: one.agency for one in await mechanisms.members_on(db, notice.mechanism_id, today)}
    if not to:
        check.refuse("to_agency_ids", N_("Please choose at least one agency that this is addressed to."))
    for field, given in (("to_agency_ids", to), ("copy_to_agency_ids", copy_to)):
        if notice.from_agency_id in given:
            check.refuse(field, N_("This is your own agency."))
        elif not set(given) <= set(members):
            check.refuse(field, N_("Please choose member agencies."))
    if notice.answers_id is not None:
        asks = (await db.get_one(Notice, notice.answers_id)).from_agency_id
        for field, given, right in (("to_agency_ids", to, {asks}), ("copy_to_agency_ids", copy_to, set())):
            if set(given) != right:
                check.refuse(field, N_("An answer goes to the agency that asked, and to no other."))
    if check.errors:
        return
    wanted = dict.fromkeys(copy_to, False) | dict.fromkeys(to, True)
    kept = {one.agency_id: one for one in notice.addressees}
    found = []
    for id_ in sorted(wanted, key=lambda id_: (members[id_].sort_order, id_)):
        one = kept.get(id_) or Addressee(
            agency_id=id_,
            agency=members[id_],
            from_agency_id=notice.from_agency_id,
            dated_on=notice.dated_on,
            passed_on_to=None,
            version=1,
            acts=[],
        )
        one.asked, one.is_referral = wanted[id_], notice.is_referral
        found.append(one)
    notice.addressees = found


async def _answered(db: Session, viewer: Viewer, notice: Notice, answers_id: int) -> None:
    """Only what the own agency was asked can be answered. Raises NotFound, Conflict (closed, passed on, or only sent to know of it)."""
    answered = await queries.get(db, viewer, answers_id)
    if answered.mechanism_id != notice.mechanism_id:
        raise NotFound
    if answered.is_referral:
        raise Invalid({"answers_id": IS_REFERRAL})
    answered.line_of(notice.from_agency_id).refuse_unasked()


async def _just_written(db: Session, notice: Notice) -> Notice | None:
    query = select(Notice).where(
        Notice.mechanism_id == notice.mechanism_id,
        Notice.from_agency_id == notice.from_agency_id,
        Notice.written_by == notice.written_by,
        Notice.written_at > notice.written_at - SENT_TWICE,
        Notice.subject == notice.subject,
        Notice.text == notice.text,
        Notice.purpose == notice.purpose,
        Notice.answers_id.is_not_distinct_from(notice.answers_id),
        Notice.deadline_days.is_not_distinct_from(notice.deadline_days),
        Notice.doc_no.is_not_distinct_from(notice.doc_no),
        Notice.kind == notice.kind,
        Notice.case_code == notice.case_code,
        Notice.discarded_at.is_(None),
        Notice.entered_afterwards_at.is_(None),
    )
    query = query.options(
        joinedload(Notice.mechanism),
        joinedload(Notice.from_agency),
        selectinload(Notice.addressees).joinedload(Addressee.agency),
        selectinload(Notice.papers),
    )
    wanted = {(one.agency_id, one.asked) for one in notice.addressees}
    rows = await db.scalars(query.order_by(Notice.id))
    return next((one for one in rows if {(each.agency_id, each.asked) for each in one.addressees} == wanted), None)
