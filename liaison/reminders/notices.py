"""Notices in the clock's mail: to whoever is asked at half the time and on the day, and to whoever asked the working day after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from liaison.accounts import links
from liaison.calendaring.deadlines import first_mail_day
from liaison.calendaring.workdays import WorkCalendar
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import Designation, Mechanism
from liaison.meetings.audience import HIDDEN
from liaison.notices import due
from liaison.notices.addressing import parties
from liaison.notices.due import UNANSWERED
from liaison.notices.mails import LINK_LIFE, page_of
from liaison.notices.models import Addressee, Notice
from liaison.notices.saying import named
from liaison.reminders import queries
from liaison.reminders.queries import Morning
from liaison.reminders.rules import NOTICE_SENT, Line
from liaison.reminders.wording import Entry, by_office


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """A notice in words, and who may know of it."""

    entry: Entry
    mechanism: Mechanism
    audience: frozenset[int]
    named: str
    """What a mail's subject calls it, and nothing that it says."""
    is_referral: bool


async def due_addressees(db: Session, morning: Morning) -> Sequence[Addressee]:
    """The agencies whose word is waited for, of which a step has come."""
    query = select(Addressee).join(Notice, Notice.id == Addressee.notice_id)
    query = query.join(Mechanism, Mechanism.id == Notice.mechanism_id).where(Addressee.remind_on <= morning.today)
    query = query.where(Notice.discarded_at.is_(None))
    query = query.options(joinedload(Addressee.notice).joinedload(Notice.mechanism))
    return (await db.scalars(morning.here(query).order_by(Addressee.remind_on, Addressee.id))).all()


async def notice_lines(
    db: Session, morning: Morning, calendar: WorkCalendar, addressees: Sequence[Addressee]
) -> list[Line]:
    """By office: the agency asked at its steps, the sending agency once the day has passed."""
    await queries.find_duty(db, morning, list({one.notice.mechanism for one in addressees}))
    lines: list[Line] = []
    for one in addressees:
        notice = one.notice
        if one.due_on is None or one.arrived_on is None or notice.sent_at is None:
            continue
        since = max(first_mail_day(notice.sent_at, ZoneInfo(morning.timezone)), one.arrived_on)
        step = due.newest_step(calendar, one.arrived_on, one.due_on, morning.today, since=since)
        if step is None:
            continue
        told = one.from_agency_id if step.step == UNANSWERED else one.agency_id
        for to in await queries.by_office(db, morning, notice.mechanism, told):
            lines.append(Line(NOTICE_SENT, one.id, step.step, one.due_on, *to))
    return lines


async def notice_entry(
    db: Session, line: Line, office: Designation | None, read_by: frozenset[int], locale: str
) -> NoticeEntry | None:
    """The line in words as it stands when the mail is composed; None once it was settled or the deadline is another one."""
    query = select(Addressee).where(Addressee.id == line.id)
    notice_options = (
        joinedload(Notice.mechanism),
        joinedload(Notice.from_agency),
        selectinload(Notice.addressees).joinedload(Addressee.agency),
    )
    query = query.options(joinedload(Addressee.agency), joinedload(Addressee.notice).options(*notice_options))
    one = (await db.execute(query)).unique().scalar_one_or_none()
    if one is None or not one.is_timed or one.due_on != line.due_on or one.notice.discarded_at is not None:
        return None
    notice, to_sender = one.notice, line.step == UNANSWERED
    told = office.agency_id if office is not None else line.agency_id
    if told != (one.from_agency_id if to_sender else one.agency_id):
        return None
    words = Words(locale, notice.mechanism.timezone, db.clock.today(notice.mechanism.timezone))
    audience = parties(notice)
    is_open = bool(read_by) and read_by <= audience
    agency = notice.from_agency.short_name if to_sender else one.agency.short_name
    link = page_of(db, notice)
    if is_open and not to_sender:
        expires_at = max(datetime.combine(line.due_on, time.min, notice.zone), db.now()) + LINK_LIFE
        link = await links.link_for(
            db,
            purpose=links.NOTICE,
            object_id=one.id,
            person_id=line.person_id,
            agency_id=one.agency_id,
            designation_id=line.office,
            expires_at=expires_at,
        )
    day = words.short_date(line.due_on)
    late = words.today is not None and line.due_on < words.today
    if to_sender:
        why = _late(words, notice) % {"agency": one.agency.short_name, "day": day}
        details = words._("you can write to your own leader about it")
        act = words._("Look at the referral") if notice.is_referral else words._("Look at the notice")
    else:
        why = _wanted(words, notice) % {"day": words.in_days(line.due_on)}
        details = words._("sent by %(agency)s", agency=notice.from_agency.short_name)
        act = _act(words, notice)
    entry = Entry(
        (words._("Referral %(code)s", code=named(words, notice)) if notice.is_referral else notice.subject)
        if is_open
        else words._(HIDDEN),
        why,
        "bad" if late else "warn",
        details,
        by_office(words, agency, office),
        link,
        act,
    )
    return NoticeEntry(entry, notice.mechanism, audience, _outside(words, notice, to_sender), notice.is_referral)


def _outside(words: Words, notice: Notice, to_sender: bool) -> str:
    """What a mail's subject calls it, which is read over the shoulder: whose it is, or when one's own agency sent it."""
    if to_sender and notice.sent_at is not None:
        return words._("sent on %(day)s", day=words.short_date(notice.dated_on))
    return words._("from %(agency)s", agency=notice.from_agency.short_name)


def _wanted(words: Words, notice: Notice) -> str:
    """What is waited for, and by when, of the agency asked."""
    if notice.is_referral:
        return words._("accepting it or not due %(day)s")
    return words._("answer due %(day)s") if notice.wants_answer else words._("acknowledgement due %(day)s")


def _late(words: Words, notice: Notice) -> str:
    """What did not come, for the agency that asked."""
    if notice.is_referral:
        return words._("%(agency)s has not said whether it accepts it; it was due %(day)s")
    if notice.wants_answer:
        return words._("%(agency)s has not answered; it was due %(day)s")
    return words._("%(agency)s has not acknowledged it; it was due %(day)s")


def _act(words: Words, notice: Notice) -> str:
    """What the link is for."""
    if notice.is_referral:
        return words._("Acknowledge, or decide")
    return words._("Acknowledge, or answer") if notice.wants_answer else words._("Acknowledge")
