"""What pages, API and mails read of meetings. Every list goes through `visible_to`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Membership, Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import NotFound
from liaison.mail.models import SUPERSEDED, OutboxMail
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.queries import visible_to as mechanism_visible_to
from liaison.mechanisms.rhythm import StripMark, YearRhythm, promised, year_rhythm
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.models import (
    ACTIVITIES,
    NUMBERED_KINDS,
    AgencyInvitation,
    AgendaItem,
    Announcement,
    Attendee,
    Meeting,
    Series,
)
from liaison.meetings.plan_queries import skipped_of
from liaison.meetings.seen import ITS_OWN, Place, Wanted, first_of, visible_to
from liaison.meetings.wording import KIND_NAMES

LONGEST = timedelta(days=7)
"""No meeting lasts longer (scheduling.LONGEST_MINUTES), so what began before is over."""
PERSON_ADDRESS = (joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))
_AT_ONCE = 80
"""Rows of a long list that are read before other requests have their turn."""
# What the page of a meeting reads is put together once: that costs more than reading it.
_OF: BindParameter[int] = bindparam("meeting_id")
_ATTENDEES = (
    select(Attendee)
    .where(Attendee.meeting_id == _OF, Attendee.removed_at.is_(None), Attendee.id > bindparam("after"))
    .options(joinedload(Attendee.agency), joinedload(Attendee.person).options(*PERSON_ADDRESS))
    .order_by(Attendee.id)
    .limit(_AT_ONCE)
)
_INVITATIONS = (
    select(AgencyInvitation)
    .where(AgencyInvitation.meeting_id == _OF, AgencyInvitation.removed_at.is_(None))
    .options(joinedload(AgencyInvitation.agency))
)
_AGENDA = (
    select(AgendaItem)
    .where(
        AgendaItem.meeting_id == _OF,
        AgendaItem.removed_at.is_(None),
        AgendaItem.state.in_(bindparam("states", expanding=True)),
    )
    .options(joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter))
    .order_by(AgendaItem.position, AgendaItem.id)
)
_HELD_BEFORE = (
    select(Meeting.id)
    .where(
        Meeting.mechanism_id == bindparam("mechanism_id"),
        Meeting.held_at.is_not(None),
        Meeting.kind.in_(NUMBERED_KINDS),
        Meeting.starts_at < bindparam("starts_at"),
    )
    .order_by(Meeting.starts_at.desc())  # or PostgreSQL reads the whole table in the hope that one comes soon
    .limit(1)
)
_ANNOUNCEMENTS = select(Announcement).where(Announcement.meeting_id == _OF).order_by(Announcement.id.desc())


async def get(db: Session, viewer: Viewer, meeting_id: int) -> Meeting:
    """The meeting with its mechanism and host, if this viewer may see it. Raises NotFound."""
    meeting = (await db.execute(_one(viewer), {"meeting_id": meeting_id})).scalar_one_or_none()
    if meeting is None:
        raise NotFound
    return meeting


@lru_cache(maxsize=64)  # as `visible_to` is
def _one(viewer: Viewer) -> Select[Meeting]:
    query = select(Meeting).where(Meeting.id == _OF, visible_to(viewer))
    return query.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))


async def creators_agency_id(db: Session, meeting: Meeting) -> int | None:
    """The agency of whoever scheduled the meeting; None when that was no person (an import)."""
    creator = await db.get(Person, meeting.created_by) if meeting.created_by else None
    return creator.agency_id if creator else None


async def upcoming(db: Session, viewer: Viewer, *, mechanism_id: int | None = None, limit: int = 20) -> list[Meeting]:
    """Meetings not yet over, soonest first; cancelled and postponed ones, and those recorded as held, are left out."""
    takes_place = and_(Meeting.cancelled_at.is_(None), Meeting.postponed_at.is_(None), Meeting.held_at.is_(None))
    ahead = Wanted(lambda place: [and_(place.at > db.now() - LONGEST, takes_place)])
    rows = await _first(db, viewer, ahead, mechanism_id=mechanism_id)
    return [meeting for meeting in rows if meeting.ends_at > db.now()][:limit]


async def past(
    db: Session,
    viewer: Viewer,
    *,
    mechanism_id: int | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 20,
) -> list[Meeting]:
    """Meetings that began before now, newest first, keyset-paged by `before` = (starts_at, id) of the last one shown."""

    def over(place: Place) -> list[ColumnElement[bool]]:
        begun = place.at <= db.now()
        if before is None:
            return [begun]
        return [and_(begun, place.at <= before[0], or_(place.at < before[0], place.id < before[1]))]

    return await _first(db, viewer, Wanted(over, newest_first=True), mechanism_id=mechanism_id, limit=limit)


async def listing(
    db: Session, viewer: Viewer, *, mechanism_id: int | None = None, after: int = 0, limit: int = 100
) -> list[Meeting]:
    """The meetings in the order they were entered, from the one after id `after`."""
    later = Wanted(lambda place: [place.id > after], by_time=False)
    return await _first(db, viewer, later, mechanism_id=mechanism_id, limit=limit)


async def set_aside(db: Session, viewer: Viewer, *, mechanism_id: int | None = None, limit: int = 50) -> list[Meeting]:
    """Postponed meetings without a new date, and cancelled ones that still lie ahead: what may be reinstated."""
    aside = Wanted(
        lambda place: [Meeting.postponed_at.is_not(None), and_(Meeting.cancelled_at.is_not(None), place.at > db.now())]
    )
    return await _first(db, viewer, aside, mechanism_id=mechanism_id, limit=limit)


async def of_times(
    db: Session, viewer: Viewer, times: Sequence[tuple[datetime, datetime]], *, limit: int
) -> list[Meeting]:
    """Meetings with start <= starts_at <= end of one of these times, and postponed ones; soonest first."""
    wanted = Wanted(lambda place: [Meeting.postponed_at.is_not(None), *(place.at.between(*span) for span in times)])
    return await _first(db, viewer, wanted, limit=limit)


async def between(db: Session, viewer: Viewer, mechanism_id: int, start: datetime, end: datetime) -> list[Meeting]:
    """The mechanism's meetings with start <= starts_at < end (UTC instants), for the year strip and the month calendar."""
    query = _listed(viewer, mechanism_id).where(Meeting.starts_at >= start, Meeting.starts_at < end)
    return list(await db.scalars(query.order_by(Meeting.starts_at)))


async def _first(
    db: Session, viewer: Viewer, wanted: Wanted, *, mechanism_id: int | None = None, limit: int | None = None
) -> list[Meeting]:
    query = (
        select(Meeting)
        .where(first_of(viewer, wanted, mechanism_id=mechanism_id, limit=limit))
        .options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    )
    return list(await db.scalars(query.order_by(*wanted.order(ITS_OWN)).limit(limit)))


def _listed(viewer: Viewer, mechanism_id: int | None):  # type: ignore[no-untyped-def]
    query = (
        select(Meeting)
        .where(visible_to(viewer))
        .options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    )
    return query.where(Meeting.mechanism_id == mechanism_id) if mechanism_id else query


async def attendees(db: Session, meeting_id: int) -> list[Attendee]:
    """Who is asked or named, by agency order, rank and name; with agency and, where known, person and addresses."""
    rows: list[Attendee] = []
    while True:
        after = rows[-1].id if rows else 0
        some = list(await db.scalars(_ATTENDEES, {"meeting_id": meeting_id, "after": after}))
        rows += some
        if len(some) < _AT_ONCE:
            return sorted(rows, key=attendee_order)
        await asyncio.sleep(0)


def attendee_order(attendee: Attendee) -> tuple[int, int, int, int, int]:
    """Agency order, then the chair, then rank, then as added."""
    rank = attendee.person.rank if attendee.person and attendee.person.rank is not None else 99
    return (attendee.agency.sort_order, attendee.agency_id, 0 if attendee.role == "chair" else 1, rank, attendee.id)


async def attendee(db: Session, attendee_id: int) -> Attendee:
    """One attendee still asked, with meeting, mechanism and agency. Raises NotFound."""
    query = (
        select(Attendee)
        .where(Attendee.id == attendee_id, Attendee.removed_at.is_(None))
        .options(
            joinedload(Attendee.meeting).options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency)),
            joinedload(Attendee.agency),
            joinedload(Attendee.person).options(*PERSON_ADDRESS),
        )
    )
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def chairs(db: Session, meeting_id: int) -> frozenset[int]:
    """The people asked to chair the meeting, by their ids."""
    query = select(Attendee).where(
        Attendee.meeting_id == meeting_id, Attendee.role == "chair", Attendee.removed_at.is_(None)
    )
    return chairs_among(list(await db.scalars(query)))


def chairs_among(attendees: Sequence[Attendee | AttendeeShown]) -> frozenset[int]:
    """The people among these who are asked to chair, by their ids."""
    return frozenset(a.person_id for a in attendees if a.role == "chair" and a.person_id is not None)


async def invitations(db: Session, meeting_id: int) -> list[AgencyInvitation]:
    """The agencies asked, in agency order."""
    rows = list(await db.scalars(_INVITATIONS, {"meeting_id": meeting_id}))
    return sorted(rows, key=lambda i: (i.agency.sort_order, i.agency_id))


async def invitation(db: Session, invitation_id: int) -> AgencyInvitation:
    """One agency's invitation that still stands, with meeting, mechanism and agency. Raises NotFound."""
    query = (
        select(AgencyInvitation)
        .where(AgencyInvitation.id == invitation_id, AgencyInvitation.removed_at.is_(None))
        .options(
            joinedload(AgencyInvitation.meeting).options(
                joinedload(Meeting.mechanism), joinedload(Meeting.host_agency)
            ),
            joinedload(AgencyInvitation.agency),
        )
    )
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def agenda(db: Session, meeting_id: int, *, states: Sequence[str] = ("accepted", "proposed")) -> list[AgendaItem]:
    """The agenda in order, with agency and presenter, restricted items among them: what each reader is shown is `audience.item_shown`."""
    return list(await db.scalars(_AGENDA, {"meeting_id": meeting_id, "states": list(states)}))


async def announcements(db: Session, meeting_id: int) -> list[Announcement]:
    """What was announced, newest first."""
    return list(await db.scalars(_ANNOUNCEMENTS, {"meeting_id": meeting_id}))


async def follows_another(db: Session, meeting: Meeting) -> bool:
    """Whether it is a joint meeting and the mechanism held one before: then its agenda begins with what became of the action items."""
    if meeting.kind not in NUMBERED_KINDS:
        return False
    this = {"mechanism_id": meeting.mechanism_id, "starts_at": meeting.starts_at}
    return (await db.execute(_HELD_BEFORE, this)).first() is not None


async def calls_for_mail(db: Session, announcement: Announcement) -> bool:
    """Whether anybody is mailed of this announcement; those whom no mail reaches are told another way."""
    await db.flush()
    query = select(OutboxMail.id).where(OutboxMail.kind == "meeting", OutboxMail.source_id == announcement.id).limit(1)
    return (await db.execute(query)).first() is not None


async def newest_announcement(db: Session, uid: str) -> Announcement | None:
    """The newest announcement under a UID; None when nothing was announced under it."""
    query = select(Announcement).where(Announcement.uid == uid).order_by(Announcement.id.desc()).limit(1)
    return (await db.execute(query)).scalar_one_or_none()


async def former_announcements(db: Session, meeting: Meeting) -> list[Announcement]:
    """The newest announcement under each UID that this meeting had before it was reinstated, oldest first."""
    query = select(func.max(Announcement.id)).where(
        Announcement.meeting_id == meeting.id, Announcement.uid != meeting.uid
    )
    newest = query.group_by(Announcement.uid)
    return list(await db.scalars(select(Announcement).where(Announcement.id.in_(newest)).order_by(Announcement.id)))


@dataclass(frozen=True, slots=True)
class Reached:
    """State and reason code of the newest mail to each attendee and to each agency invited, by their ids."""

    attendees: dict[int, tuple[str, str | None]]
    invitations: dict[int, tuple[str, str | None]]


async def reached(db: Session, meeting_id: int) -> Reached:
    """What became of the mails of a meeting, by whom they were for; a mail that a newer one replaced does not count."""
    query = select(OutboxMail.params, OutboxMail.state, OutboxMail.reason).where(
        OutboxMail.about == f"meeting:{meeting_id}", OutboxMail.state != SUPERSEDED
    )
    found = Reached({}, {})
    for params, state, reason in await db.execute(query.order_by(OutboxMail.id)):
        addressee = params.get("addressee", {})
        for attendee_id in addressee.get("attendee_ids", ()):
            found.attendees[attendee_id] = (state, reason)
        for slip in addressee.get("slips", ()):
            found.invitations[slip["invitation_id"]] = (state, reason)
    return found


async def series(db: Session, viewer: Viewer, series_id: int) -> Series:
    """One series that this viewer may know of. Raises NotFound."""
    query = select(Series).join(Mechanism, Mechanism.id == Series.mechanism_id)
    query = query.where(Series.id == series_id, mechanism_visible_to(viewer))
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None or not _begins_for(viewer, found):
        raise NotFound
    return found


async def series_of(db: Session, mechanism_id: int, *, seen_by: Viewer | None = None) -> list[Series]:
    """The mechanism's series, oldest first; for a page only those that its reader may know of."""
    rows = await db.scalars(select(Series).where(Series.mechanism_id == mechanism_id).order_by(Series.id))
    return [one for one in rows if seen_by is None or _begins_for(seen_by, one)]


def _begins_for(viewer: Viewer, series: Series) -> bool:
    """Whether the viewer's agency is a member after the series begins, or was: what begins later is not for one that has left."""
    periods = seen_in(viewer, series.mechanism_id)
    return not periods or any(one.left_on is None or series.starts_on < one.left_on for one in periods)


async def newest_regular(db: Session, viewer: Viewer, mechanism_id: int) -> Meeting | None:
    """The regular meeting with the latest date that is not cancelled: after its host it is the next one's turn."""
    query = _listed(viewer, mechanism_id).where(Meeting.kind == "regular", Meeting.cancelled_at.is_(None))
    rows = await db.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(1))
    found: Meeting | None = rows.first()
    return found


async def rhythms_of(
    db: Session, viewer: Viewer, mechanism: Mechanism, years: Sequence[int], today: date
) -> dict[int, YearRhythm]:
    """Of each of these years (ascending) the meetings the viewer sees, and what became of the dates the series promise.

    Dates before or after the viewer's agency was a member are left out: whether they were kept is not for it to see. Nothing for
    whoever sees only the frame of the mechanism."""
    if mechanism.id not in viewer.shares_mechanism_ids():
        return {}
    start, end = (
        datetime.combine(date(y, 1, 1), time.min, ZoneInfo(mechanism.timezone)) for y in (years[0], years[-1] + 1)
    )
    marks = [mark_of(m) for m in await between(db, viewer, mechanism.id, start, end)]
    calendar, seen = region_calendar(mechanism.region), seen_in(viewer, mechanism.id)
    series, left_out = await series_of(db, mechanism.id), (await skipped_of(db, [mechanism.id]))[mechanism.id]
    return {
        year: year_rhythm(
            promised(series, calendar, year, seen, left_out), [m for m in marks if m.date.year == year], today
        )
        for year in years
    }


def seen_in(viewer: Viewer, mechanism_id: int) -> Sequence[Membership]:
    """The times as a member to which a viewer's look at the promised dates is held; none for a reader, who sees all."""
    return () if mechanism_id in viewer.reader_of else viewer.member_of.get(mechanism_id, ())


def mark_of(meeting: Meeting) -> StripMark:
    """The meeting on the year strip."""
    return StripMark(
        meeting.local_on,
        meeting.title,
        meeting.state,
        f"/meetings/{meeting.id}",
        activity=meeting.kind in ACTIVITIES,
        certain=not meeting.provisional,
        regular=meeting.kind == "regular",
        kind=KIND_NAMES[meeting.kind],
    )
