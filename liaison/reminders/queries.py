"""What is due, and what waits, for the clock's mail of one working day in one zone and region."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.directory.models import Address, Agency, Person
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import PAPER, Mechanism
from liaison.mechanisms.queries import OnDuty
from liaison.meetings.attendance import OPEN, leave_of
from liaison.meetings.models import AgencyInvitation, AgendaItem, Announcement, Attendee, Meeting
from liaison.meetings.queries import PERSON_ADDRESS
from liaison.reminders.models import Reminder
from liaison.reminders.rules import Line, To


@dataclass(slots=True)
class Morning:
    """One working day in one zone and region, with who was found to be in office by mechanism."""

    today: date
    timezone: str
    region: str
    duty: dict[int, OnDuty] = field(default_factory=dict)
    meeting_of: dict[str, int] = field(default_factory=dict)
    """By what a line is about (an attendee, a slip), its meeting."""

    def here(self, query: Select[Any]) -> Select[Any]:
        """The rows of mechanisms in this zone and region that have not ended; the query has joined Mechanism."""
        return query.where(
            Mechanism.timezone == self.timezone, Mechanism.region == self.region, mechanisms.in_force(self.today)
        )


async def due_items(db: Session, morning: Morning) -> Sequence[ActionItem]:
    """The open items one of whose reminder steps has come."""
    query = select(ActionItem).join(Mechanism, Mechanism.id == ActionItem.mechanism_id)
    query = query.where(ActionItem.remind_on <= morning.today, ActionItem.ended_at.is_(None))
    query = query.where(ActionItem.reported_done_at.is_(None))
    owner = joinedload(ActionItem.owner).options(*PERSON_ADDRESS)
    query = query.options(joinedload(ActionItem.mechanism), joinedload(ActionItem.meeting), owner)
    return (await db.scalars(morning.here(query).order_by(ActionItem.remind_on, ActionItem.id))).all()


async def due_meetings(db: Session, morning: Morning) -> Sequence[Meeting]:
    """The meetings whose reminder has come."""
    query = select(Meeting).join(Mechanism, Mechanism.id == Meeting.mechanism_id)
    query = query.where(Meeting.remind_on <= morning.today).options(joinedload(Meeting.mechanism))
    return (await db.scalars(morning.here(query).order_by(Meeting.remind_on, Meeting.id))).all()


async def stepping_meetings(db: Session, morning: Morning) -> Sequence[Meeting]:
    """The meetings at whose steps the clock looks today."""
    query = select(Meeting).join(Mechanism, Mechanism.id == Meeting.mechanism_id)
    query = query.where(Meeting.step_on <= morning.today).options(joinedload(Meeting.mechanism))
    return (await db.scalars(morning.here(query).order_by(Meeting.step_on, Meeting.id))).all()


async def agencies_with_items(db: Session, meeting_ids: Collection[int]) -> dict[int, set[int]]:
    """By meeting, the agencies in whose name an item stands on its agenda or waits to be accepted."""
    found: dict[int, set[int]] = {meeting_id: set() for meeting_id in meeting_ids}
    query = select(AgendaItem.meeting_id, AgendaItem.agency_id).where(
        AgendaItem.meeting_id.in_(found),
        AgendaItem.removed_at.is_(None),
        AgendaItem.agency_id.is_not(None),
        AgendaItem.state.in_(("accepted", "proposed")),
    )
    for meeting_id, agency_id in await db.execute(query) if found else ():
        found[meeting_id].add(agency_id or 0)
    return found


async def proposed_items(db: Session, meeting_ids: Collection[int]) -> dict[int, int]:
    """By meeting, how many items wait to be accepted."""
    query = select(AgendaItem.meeting_id, func.count()).where(
        AgendaItem.meeting_id.in_(meeting_ids), AgendaItem.removed_at.is_(None), AgendaItem.state == "proposed"
    )
    rows = await db.execute(query.group_by(AgendaItem.meeting_id)) if meeting_ids else ()
    return {row[0]: row[1] for row in rows}


async def chairs_of(db: Session, meeting_ids: Collection[int]) -> Sequence[tuple[int, int]]:
    """(meeting, person) of who chairs them."""
    query = select(Attendee.meeting_id, Attendee.person_id).where(
        Attendee.meeting_id.in_(meeting_ids),
        Attendee.role == "chair",
        Attendee.removed_at.is_(None),
        Attendee.person_id.is_not(None),
    )
    rows = await db.execute(query.order_by(Attendee.id)) if meeting_ids else ()
    return [(meeting_id, person_id) for meeting_id, person_id in rows if person_id]


async def waiting_items(db: Session, morning: Morning, since: datetime) -> Sequence[ActionItem]:
    """Every open item that was there at that time, with its owner."""
    query = select(ActionItem).join(Mechanism, Mechanism.id == ActionItem.mechanism_id)
    query = query.where(ActionItem.ended_at.is_(None), ActionItem.assigned_at <= since)
    query = query.where(ActionItem.reported_done_at.is_(None))
    query = query.options(joinedload(ActionItem.mechanism), joinedload(ActionItem.owner).options(*PERSON_ADDRESS))
    return (await db.scalars(morning.here(query).order_by(ActionItem.id))).all()


async def waiting_meetings(db: Session, morning: Morning, since: datetime) -> Sequence[Meeting]:
    """Meetings still to come of which nothing newer was announced after that time."""
    query = select(Meeting).join(Mechanism, Mechanism.id == Meeting.mechanism_id)
    query = query.where(
        Meeting.starts_at > db.now(),
        Meeting.announced_at.is_not(None),
        Meeting.dtstamp <= since,
        Meeting.cancelled_at.is_(None),
        Meeting.postponed_at.is_(None),
        Meeting.held_at.is_(None),
    ).options(joinedload(Meeting.mechanism))
    return (await db.scalars(morning.here(query).order_by(Meeting.id))).all()


async def newest_snapshots(db: Session, uids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """By UID, what the newest announcement says: what people were told, whatever was changed since."""
    newest = select(func.max(Announcement.id)).where(Announcement.uid.in_(uids)).group_by(Announcement.uid)
    rows = await db.execute(select(Announcement.uid, Announcement.snapshot).where(Announcement.id.in_(newest)))
    return {row.uid: row.snapshot for row in rows}


async def asked_by_name(db: Session, meeting_ids: Collection[int]) -> Sequence[Attendee]:
    """Everybody asked by name to these meetings who has not declined."""
    query = select(Attendee).where(
        Attendee.meeting_id.in_(meeting_ids),
        Attendee.removed_at.is_(None),
        Attendee.agency_invitation_id.is_(None),
        Attendee.person_id.is_not(None),
        Attendee.partstat != "declined",
    )
    return (await db.scalars(query.order_by(Attendee.id))).all() if meeting_ids else ()


async def invitations(db: Session, meeting_ids: Collection[int]) -> Sequence[AgencyInvitation]:
    """Every agency asked to these meetings that has not said that nobody comes."""
    query = select(AgencyInvitation).where(
        AgencyInvitation.meeting_id.in_(meeting_ids),
        AgencyInvitation.removed_at.is_(None),
        or_(AgencyInvitation.returned_at.is_(None), AgencyInvitation.declined.is_(False)),
    )
    return (await db.scalars(query.order_by(AgencyInvitation.id))).all() if meeting_ids else ()


async def find_duty(db: Session, morning: Morning, mechanisms_due: Collection[Mechanism]) -> None:
    """Who is in office in these mechanisms, all at once: `by_office` asks for one at a time what is not known yet."""
    unknown = [one for one in mechanisms_due if one.id not in morning.duty]
    if unknown:
        morning.duty |= await mechanisms.on_duty_of(db, unknown, morning.today)


async def on_leave(db: Session, meeting_id: int, agency_id: int) -> list[str]:
    """The names of an agency's people whose leave from this meeting it has not approved, nor asked to send somebody instead."""
    query = select(Attendee).where(
        Attendee.meeting_id == meeting_id,
        Attendee.agency_id == agency_id,
        Attendee.removed_at.is_(None),
        Attendee.partstat == "declined",
    )
    found = await db.scalars(query.options(joinedload(Attendee.agency)).order_by(Attendee.id))
    return [one.name for one in found if leave_of(one) == OPEN]


async def by_office(db: Session, morning: Morning, mechanism: Mechanism, agency_id: int) -> list[To]:
    """Who is told what goes to an agency by office: its liaison in office today, or while it has none the agency itself at its own
    address; and its deputies, but for those who read that same address. Nobody for an agency that takes part on
    paper, which is told by letter."""
    if mechanism.id not in morning.duty:
        morning.duty[mechanism.id] = await mechanisms.on_duty(db, mechanism, morning.today)
    duty = morning.duty[mechanism.id]
    member = next((each for each in duty.members if each.agency_id == agency_id), None)
    if member is None or member.takes_part == PAPER:
        return []
    liaison = duty.in_office[agency_id]
    if liaison is not None:
        first, at = To(liaison.person_id, liaison.id), liaison.person.effective_address()
    else:
        first = To(None, None, agency_id)
        at = member.agency.own_address() if member.agency.deactivated_at is None else None
    found = [first] if at is not None else []
    for deputy in duty.deputies[agency_id]:
        address = deputy.person.effective_address()
        if address is not None and (at is None or address.mail != at.mail):
            found.append(To(deputy.person_id, deputy.id))
    return found


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a line is for, and where and in which language they read it."""

    name: str
    address: Address
    locale: str | None


async def readers(db: Session, lines: Collection[Line]) -> Mapping[To, Reader]:
    """By whom the lines are for: the people who are still there, and the agencies, as far as any mail reaches them."""
    people = await db.scalars(
        select(Person)
        .where(Person.id.in_({line.person_id for line in lines if line.person_id}), Person.deactivated_at.is_(None))
        .options(*PERSON_ADDRESS)
    )
    found = {
        To(one.id): Reader(one.name, address, one.locale or one.agency.locale)
        for one in people
        if (address := one.effective_address()) is not None
    }
    agency_ids = {line.agency_id for line in lines if line.agency_id}
    if agency_ids:
        for agency in await db.scalars(
            select(Agency).where(Agency.id.in_(agency_ids), Agency.deactivated_at.is_(None))
        ):
            if (own := agency.own_address()) is not None:
                found[To(None, None, agency.id)] = Reader(agency.name, own, agency.locale)
    return found


async def sent(db: Session, about: Collection[str]) -> set[tuple[str, str, date, To]]:
    """(about, step, due_on, to) of the reminders of these things that went out already."""
    query = select(Reminder.about, Reminder.step, Reminder.due_on, Reminder.person_id, Reminder.agency_id)
    rows = await db.execute(query.where(Reminder.about.in_(about))) if about else ()
    return {(row[0], row[1], row[2], To(row[3], None, row[4])) for row in rows}
