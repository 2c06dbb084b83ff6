"""Twice a year each member agency's liaison is asked whether its list is right: once a half-year, and not right after it was said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.calendaring.workdays import WorkCalendar
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.list_checks import asked_of
from liaison.mechanisms.models import DEPUTY, Designation, ListCheck, Mechanism, Member
from liaison.reminders import queries
from liaison.reminders.queries import Morning
from liaison.reminders.rules import FRESH, LIST, LIST_CHECK, Line, half_to_ask
from liaison.reminders.wording import Entry, by_office

LINK_LIFE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Looked:
    """The memberships the clock came to today, for which half-year, and which of them are asked."""

    half: date
    passed: Sequence[int]
    """Not asked: their list was said to be right shortly before, or nobody reads for them."""
    lines: Sequence[Line]


async def looked_at(db: Session, morning: Morning, calendar: WorkCalendar) -> Looked | None:
    """Whom to ask this morning; None outside the two times of the year."""
    half = half_to_ask(calendar, morning.today)
    if half is None:
        return None
    query = select(Member).join(Mechanism, Mechanism.id == Member.mechanism_id).options(joinedload(Member.mechanism))
    members = (await db.scalars(morning.here(query).order_by(Member.id))).all()
    known: dict[int, list[ListCheck]] = {}
    for check in await asked_of(db, [member.id for member in members]):
        known.setdefault(check.member_id, []).append(check)
    passed: list[int] = []
    lines: list[Line] = []
    for member in members:
        checks = known.get(member.id, [])
        if not member.is_member_on(morning.today) or any(check.half_from == half for check in checks):
            continue
        fresh = any(check.confirmed_at and db.now() - check.confirmed_at < FRESH for check in checks)
        told = [] if fresh else await _liaison(db, morning, member, half)
        lines += told
        passed += [] if told else [member.id]
    return Looked(half, passed, lines)


async def _liaison(db: Session, morning: Morning, member: Member, half: date) -> list[Line]:
    """The agency's liaison, or while it has none the agency itself; deputies are not asked."""
    found = await queries.by_office(db, morning, member.mechanism, member.agency_id)
    deputies = {each.id for each in morning.duty[member.mechanism_id].deputies.get(member.agency_id, ())}
    return [Line(LIST, member.id, LIST_CHECK, half, *to) for to in found if to.office not in deputies]


async def note_asked(db: Session, looked: Looked, waiting: Collection[str]) -> None:
    """Remember who was asked, and who was passed over, but for those whose mail waits for tomorrow."""
    asked = {line.id for line in looked.lines if line.about not in waiting}
    for member_id in sorted({*asked, *looked.passed}):
        at = db.now() if member_id in asked else None
        db.add(ListCheck(member_id=member_id, half_from=looked.half, asked_at=at))


async def list_entry(
    db: Session, line: Line, member: Member, office: Designation | None, locale: str, timezone: str
) -> Entry | None:
    """The question in words; None once it was answered. Needs the member's agency and mechanism."""
    checks = [check for check in await asked_of(db, [member.id]) if check.half_from == line.due_on]
    if any(check.confirmed_at for check in checks) or (office is not None and office.role == DEPUTY):
        return None
    words = Words(locale, timezone, db.clock.today(timezone))
    link = await links.link_for(
        db,
        purpose=links.LIST,
        object_id=member.id,
        person_id=line.person_id,
        agency_id=member.agency_id,
        designation_id=line.office,
        expires_at=db.now() + LINK_LIFE,
    )
    return Entry(
        words._("Is the list of %(agency)s still right?", agency=member.agency.short_name),
        words._("asked twice a year"),
        "plain",
        words._("%(mechanism)s: liaison, deputies, people, addresses, phones", mechanism=member.mechanism.short_name),
        by_office(words, member.agency.short_name, office),
        link,
        words._("Look and confirm"),
    )
