"""What hangs on the meetings of the desk: who was asked, slips, agenda, what was told, and which mails failed. Plain columns, few
statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.desk.todos import (
    Asked,
    Failure,
    Slip,
    Told,
)
from liaison.mail.models import BOUNCED, GIVEN_UP, REFUSED, OutboxMail
from liaison.meetings.models import AgencyInvitation, AgendaItem, Announcement, Attendee, Meeting
from liaison.meetings.permissions import is_host

NOT_REACHED = (REFUSED, BOUNCED, GIVEN_UP)
STANDING = ("accepted", "proposed")
"""The states of what is on an agenda, or may come onto it as it is."""


@dataclass(frozen=True, slots=True)
class Around:
    """What hangs on the meetings that lie ahead."""

    attendees: Sequence[Asked]
    slips: Sequence[Slip]
    agenda: Mapping[int, Sequence[AgendaItem]]
    """Accepted and proposed items."""
    returned: Mapping[int, Sequence[AgendaItem]]
    """Items that were returned and wait for whoever brings them."""
    told: Mapping[str, Told]
    failures: Mapping[int, Sequence[Failure]]
    tried: Mapping[int, int]


async def around(db: Session, viewer: Viewer, meetings: Sequence[Meeting]) -> Around:
    """Load it; failures and announcements only of what the viewer hosts."""
    ids = [m.id for m in meetings]
    hosted = [m for m in meetings if is_host(viewer, m)]
    failures, tried = await failures_of(db, [m.id for m in hosted if m.announced_at])
    items = await agenda_of(db, ids, states=(*STANDING, "returned"))
    return Around(
        attendees=await asked_of(db, ids),
        slips=await slips_of(db, ids),
        agenda={id_: [one for one in found if one.state != "returned"] for id_, found in items.items()},
        returned={id_: [one for one in found if one.state == "returned"] for id_, found in items.items()},
        told=await told_of(db, [m.uid for m in hosted if m.announced_at]),
        failures=failures,
        tried=tried,
    )


async def asked_of(db: Session, meeting_ids: Collection[int]) -> list[Asked]:
    """Everybody asked, by name or on a slip."""
    if not meeting_ids:
        return []
    query = select(
        Attendee.id,
        Attendee.meeting_id,
        Attendee.person_id,
        Attendee.agency_invitation_id,
        Attendee.partstat,
        Attendee.agency_id,
        Attendee.name,
        Attendee.role,
        Attendee.version,
        Attendee.leave_approved_at,
        Attendee.substitute_asked_at,
        Attendee.attendance,
    ).where(Attendee.meeting_id.in_(meeting_ids), Attendee.removed_at.is_(None))
    return [Asked(*row) for row in await db.execute(query.order_by(Attendee.id))]


async def slips_of(db: Session, meeting_ids: Collection[int]) -> list[Slip]:
    """Every agency asked."""
    if not meeting_ids:
        return []
    query = select(
        AgencyInvitation.id, AgencyInvitation.meeting_id, AgencyInvitation.agency_id, AgencyInvitation.returned_at
    ).where(AgencyInvitation.meeting_id.in_(meeting_ids), AgencyInvitation.removed_at.is_(None))
    rows = await db.execute(query.order_by(AgencyInvitation.id))
    return [Slip(id_, meeting_id, agency_id, at is not None) for id_, meeting_id, agency_id, at in rows]


async def agenda_of(
    db: Session, meeting_ids: Collection[int], *, states: Sequence[str] = STANDING
) -> dict[int, list[AgendaItem]]:
    """The items in these states, in order."""
    found: dict[int, list[AgendaItem]] = {}
    if meeting_ids:
        query = (
            select(AgendaItem)
            .where(
                AgendaItem.meeting_id.in_(meeting_ids),
                AgendaItem.removed_at.is_(None),
                AgendaItem.state.in_(states),
            )
            .options(joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter))
            .order_by(AgendaItem.position, AgendaItem.id)
        )
        for item in await db.scalars(query):
            found.setdefault(item.meeting_id, []).append(item)
    return found


async def told_of(db: Session, uids: Collection[str]) -> dict[str, Told]:
    """The newest announcement under each UID."""
    if not uids:
        return {}
    newest = select(func.max(Announcement.id)).where(Announcement.uid.in_(uids)).group_by(Announcement.uid)
    query = select(Announcement.uid, Announcement.method, Announcement.snapshot).where(Announcement.id.in_(newest))
    return {uid: Told(method, snapshot) for uid, method, snapshot in await db.execute(query)}


async def failures_of(db: Session, meeting_ids: Collection[int]) -> tuple[dict[int, list[Failure]], dict[int, int]]:
    """By meeting, the mails that were the last to their address and did not arrive; and how many went out only while the site
    was tried out, once that is over."""
    found: dict[int, list[Failure]] = {}
    tried: dict[int, int] = {}
    if meeting_ids:
        about = [f"meeting:{meeting_id}" for meeting_id in meeting_ids]
        newest = (
            select(func.max(OutboxMail.id))
            .where(OutboxMail.about.in_(about))
            .group_by(OutboxMail.about, OutboxMail.address)
        )
        query = select(OutboxMail.about, OutboxMail.display_to, OutboxMail.reason, OutboxMail.state)
        wanted = or_(OutboxMail.state.in_(NOT_REACHED), OutboxMail.trial_to.is_not(None))
        query = query.where(OutboxMail.id.in_(newest), wanted).order_by(OutboxMail.id)
        for thing, display_to, reason, state in await db.execute(query):
            meeting_id = int(thing.rpartition(":")[2])
            if state in NOT_REACHED:
                name = display_to.rpartition(" <")[0] or display_to
                found.setdefault(meeting_id, []).append(Failure(name, reason))
            else:
                tried[meeting_id] = tried.get(meeting_id, 0) + 1
    if tried and await site.trial_address(db) is not None:
        tried = {}
    return found, tried
