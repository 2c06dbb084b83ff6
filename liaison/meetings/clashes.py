"""冲突: dates of a plan on which the same people are asked to a meeting of another mechanism."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Designation, Mechanism
from liaison.meetings.annual import Proposal
from liaison.meetings.models import AgencyInvitation, Attendee, Meeting
from liaison.meetings.seen import visible_to


@dataclass(frozen=True, slots=True)
class Clash:
    """One meeting elsewhere on the same day that asks some of the same people."""

    meeting: Meeting | None
    """None where the viewer may not know which it is, only that there is one."""
    people: tuple[str, ...]
    """Who is asked to both: they belong to the viewer's own mechanism."""
    overlaps: bool
    """At the same time, not only on the same day."""


async def clashes(
    db: Session, viewer: Viewer, mechanism: Mechanism, rows: Sequence[Proposal]
) -> dict[tuple[int, date], list[Clash]]:
    """By series and date, for what lies ahead and is not left out: meetings of other mechanisms on that day to which a liaison in office or
    somebody asked by name is asked too. Drafts elsewhere count once they were announced, told of by a plan, or are the viewer's to see."""
    today = db.clock.today(mechanism.timezone)
    ahead = [row for row in rows if row.skipped is None and (row.meeting or row.day.date >= today)]
    slots = [(row, *_slot(row, mechanism)) for row in ahead]
    others = await _others(db, viewer, mechanism, [start for _, start, _ in slots])
    if not others:
        return {}
    of_row = await _named(db, [row.meeting.id for row in ahead if row.meeting])
    terms = await mechanisms.designations(db, mechanism.id)
    theirs = await _asked(db, [meeting for meeting, _ in others])
    names: set[int] = set()
    shared: list[tuple[Proposal, Meeting, bool, bool, set[int]]] = []
    zone = ZoneInfo(mechanism.timezone)
    for row, start, end in slots:
        day = start.astimezone(zone).date()
        ours = _in_office(terms, day, mechanism.timezone) | (
            of_row.get(row.meeting.id, set()) if row.meeting else set()
        )
        for other, is_seen in others:
            if other.starts_at.astimezone(zone).date() == day and (both := ours & theirs[other.id]):
                overlaps = other.starts_at < end and start < other.ends_at
                shared.append((row, other, is_seen, overlaps, both))
                names |= both
    by_id = {p.id: p.name for p in await db.scalars(select(Person).where(Person.id.in_(names)))} if names else {}
    found: dict[tuple[int, date], list[Clash]] = defaultdict(list)
    for row, other, is_seen, overlaps, both in shared:
        people = tuple(by_id[person_id] for person_id in sorted(both))
        found[row.key].append(Clash(other if is_seen else None, people, overlaps))
    return {key: sorted(some, key=lambda one: not one.overlaps) for key, some in found.items()}


def _slot(row: Proposal, mechanism: Mechanism) -> tuple[datetime, datetime]:
    if row.meeting is not None:
        return row.meeting.starts_at, row.meeting.ends_at
    local = datetime.combine(row.day.date, row.series.start_time, ZoneInfo(mechanism.timezone))
    start = local.astimezone(UTC)
    return start, start + timedelta(minutes=row.series.duration_minutes)


async def _others(
    db: Session, viewer: Viewer, mechanism: Mechanism, starts: Iterable[datetime]
) -> list[tuple[Meeting, bool]]:
    """The meetings of other mechanisms on these days, with whether the viewer may know of each."""
    zone = ZoneInfo(mechanism.timezone)
    days = sorted({start.astimezone(zone).date() for start in starts})
    if not days:
        return []
    midnights = [datetime.combine(day, time.min, zone) for day in days]
    seen = visible_to(viewer)
    query = (
        select(Meeting, seen)
        .where(
            Meeting.mechanism_id != mechanism.id,
            or_(*(and_(Meeting.starts_at >= at, Meeting.starts_at < at + timedelta(days=1)) for at in midnights)),
            Meeting.cancelled_at.is_(None),
            Meeting.postponed_at.is_(None),
            or_(Meeting.announced_at.is_not(None), Meeting.plan_sent_at.is_not(None), seen),
        )
        .options(joinedload(Meeting.mechanism))
        .order_by(Meeting.starts_at)
    )
    return [(meeting, bool(is_seen)) for meeting, is_seen in await db.execute(query)]


async def _named(db: Session, meeting_ids: Collection[int]) -> dict[int, set[int]]:
    """By meeting, who is asked by name or stands on a slip."""
    found: dict[int, set[int]] = {meeting_id: set() for meeting_id in meeting_ids}
    query = select(Attendee.meeting_id, Attendee.person_id).where(
        Attendee.meeting_id.in_(meeting_ids), Attendee.removed_at.is_(None)
    )
    for meeting_id, person_id in await db.execute(query):
        if person_id is not None:
            found[meeting_id].add(person_id)
    return found


async def _asked(db: Session, meetings: Collection[Meeting]) -> dict[int, set[int]]:
    """By meeting, who is asked by name, and the liaisons of the agencies asked."""
    found = await _named(db, [meeting.id for meeting in meetings])
    agencies: dict[int, set[int]] = defaultdict(set)
    query = select(AgencyInvitation.meeting_id, AgencyInvitation.agency_id).where(
        AgencyInvitation.meeting_id.in_(found), AgencyInvitation.removed_at.is_(None)
    )
    for meeting_id, agency_id in await db.execute(query):
        agencies[meeting_id].add(agency_id)
    terms = {each: await mechanisms.designations(db, each) for each in {m.mechanism_id for m in meetings}}
    for meeting in meetings:
        of_asked = [term for term in terms[meeting.mechanism_id] if term.agency_id in agencies[meeting.id]]
        found[meeting.id] |= _in_office(of_asked, meeting.local_on, meeting.timezone)
    return found


def _in_office(terms: list[Designation], day: date, timezone: str) -> set[int]:
    return {term.person_id for term, holds in mechanisms.with_office(terms, day, timezone) if holds}
