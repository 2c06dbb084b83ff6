"""Loading the page for one viewer: only what they may see of the mechanism as it is today."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from liaison.accounts.viewer import Viewer
from liaison.actions.due import SOON
from liaison.actions.models import DONE, ActionItem
from liaison.actions.queries import SHOWN, times_carried, visible_to
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.countersigning.standing import standing_of, state_of
from liaison.db import Session
from liaison.desk import around
from liaison.desk.queries import counts_of
from liaison.errors import NotFound
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.queries import OnDuty
from liaison.meetings import queries as meetings
from liaison.meetings.audience import title_for
from liaison.meetings.models import ACTIVITIES, NUMBERED_KINDS, Meeting
from liaison.meetings.permissions import may_see_list
from liaison.meetings.seen import visible_to as seen
from liaison.minutes import queries as minutes
from liaison.minutes.models import Minutes
from liaison.one_page.facts import Figures, NextMeeting, OnePage, Overdue, Signing, Waits

MOST_OVERDUE = 40
"""More than the page has lines; they are counted by the figures."""
LOOK_BACK = timedelta(days=366)
"""Minutes that are still not issued after a year stand in the list of meetings only."""


async def one_page(db: Session, viewer: Viewer, mechanism_id: int) -> tuple[Mechanism, OnePage]:
    """The page on this mechanism as its viewer may know it. Raises NotFound for whoever does not see the mechanism of today: people of a
    former member, and the operator, who see its frame alone."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    today = db.clock.today(mechanism.timezone)
    now_member = any(period.covers(today) for period in viewer.member_of.get(mechanism_id, ()))
    if not now_member and mechanism_id not in viewer.reader_of:
        raise NotFound
    duty = await mechanisms.on_duty(db, mechanism, today)
    coming = await meetings.upcoming(db, viewer, mechanism_id=mechanism_id)
    following = next((one for one in coming if one.announced_at), coming[0] if coming else None)
    signing = await _signing(db, viewer, mechanism)
    page = OnePage(
        mechanism=mechanism.name,
        today=today,
        members=len(duty.members),
        next_meeting=await _next(db, viewer, following, today) if following else None,
        waits=await _waits(db, viewer, mechanism, duty, coming, [one for _, one in signing], today),
        overdue=await _overdue(db, viewer, mechanism, today),
        signing=[one for one, _ in signing],
        figures=await _figures(db, viewer, mechanism, today),
    )
    return mechanism, page


async def _next(db: Session, viewer: Viewer, meeting: Meeting, today: date) -> NextMeeting:
    counts = (await counts_of(db, viewer, [meeting])).get(meeting.id)
    agenda = [one for one in await meetings.agenda(db, meeting.id) if one.state == "accepted"]
    sees = may_see_list(viewer, meeting) and meeting.announced_at is not None
    return NextMeeting(
        title=meeting.title,
        local_start=meeting.local_start,
        length=meeting.ends_at - meeting.starts_at,
        location=meeting.location,
        host=meeting.host_agency.short_name,
        announced=meeting.announced_at is not None,
        provisional=meeting.provisional,
        days_ahead=(meeting.local_on - today).days,
        coming=(counts.coming if counts else 0) if sees else None,
        waiting=counts.waiting + counts.slips if counts else 0,
        agenda=[title_for(viewer, one) for one in agenda],
    )


async def _waits(
    db: Session,
    viewer: Viewer,
    mechanism: Mechanism,
    duty: OnDuty,
    coming: Sequence[Meeting],
    owing: Sequence[Sequence[int]],
    today: date,
) -> list[Waits]:
    announced = [one.id for one in coming if one.announced_at and may_see_list(viewer, one)]
    slips = Counter(one.agency_id for one in await around.slips_of(db, announced) if not one.returned)
    sign_offs = Counter(agency_id for each in owing for agency_id in each)
    soon = add_workdays(region_calendar(mechanism.region), today, SOON).date
    late, near = await _by_agency(db, viewer, mechanism, today, soon)
    return [
        Waits(
            agency=one.agency.short_name,
            slips=slips[one.agency_id],
            sign_offs=sign_offs[one.agency_id],
            overdue=late[one.agency_id],
            due_soon=near[one.agency_id],
            vacant=duty.in_office.get(one.agency_id) is None,
        )
        for one in sorted(duty.members, key=lambda one: (one.agency.sort_order, one.agency_id))
    ]


async def _by_agency(
    db: Session, viewer: Viewer, mechanism: Mechanism, today: date, soon: date
) -> tuple[Counter[int], Counter[int]]:
    """By responsible agency, how many open items are overdue and how many due soon."""
    is_late = ActionItem.due_on < today
    query = (
        select(ActionItem.lead_agency_id, is_late, func.count())
        .where(*_owed(viewer, mechanism), ActionItem.due_on <= soon)
        .group_by(ActionItem.lead_agency_id, is_late)
    )
    late, near = Counter[int](), Counter[int]()
    for agency_id, overdue, count in await db.execute(query):
        (late if overdue else near)[agency_id] += count
    return late, near


async def _overdue(db: Session, viewer: Viewer, mechanism: Mechanism, today: date) -> list[Overdue]:
    query = select(ActionItem).where(*_owed(viewer, mechanism), ActionItem.due_on < today).options(*SHOWN)
    rows = (await db.scalars(query.order_by(ActionItem.due_on, ActionItem.id).limit(MOST_OVERDUE))).unique()
    return [
        Overdue(
            one.title,
            one.lead_agency.short_name,
            one.owner.name if one.owner else None,
            (today - one.due_on).days,
        )
        for one in rows
        if one.due_on is not None
    ]


async def _signing(db: Session, viewer: Viewer, mechanism: Mechanism) -> list[tuple[Signing, Sequence[int]]]:
    """Held meetings whose minutes, or a correction of them, are not issued, newest first, as far as the viewer may know of them; and who
    owes a sign-off."""
    correcting = select(Minutes.id).where(Minutes.meeting_id == Meeting.id, Minutes.issued_at.is_(None))
    query = (
        select(Meeting)
        .where(
            Meeting.mechanism_id == mechanism.id,
            Meeting.held_at.is_not(None),
            or_(Meeting.minutes_issued_at.is_(None), correcting.exists()),
            Meeting.kind.not_in(ACTIVITIES),
            Meeting.starts_at > db.now() - LOOK_BACK,
            seen(viewer),
        )
        .order_by(Meeting.starts_at.desc())
    )
    found: list[tuple[Signing, Sequence[int]]] = []
    held = (await db.scalars(query)).all()
    known = await minutes.of_meetings(db, [one.id for one in held])
    for meeting in held:
        sets = known.get(meeting.id)
        if not sets:
            if meeting.entered_afterwards_at is None:
                found.append((Signing(meeting.title, meeting.local_on, "none", 0, 0, (), (), None), ()))
            continue
        if not await minutes.readable(db, viewer, sets[-1]):
            continue
        document = sets[-1].document
        stands = standing_of(document.newest)
        names = {one.agency_id: one.agency.short_name for one in document.newest.signers}
        found.append(
            (
                Signing(
                    meeting.title,
                    meeting.local_on,
                    state_of(document),
                    len(stands.agreed),
                    len(stands.signers) - len(stands.excused),
                    [names[one] for one in stands.owes],
                    [names[one] for one in stands.wants_changes],
                    document.newest.due_on,
                ),
                stands.owes if document.newest.circulated_at else (),
            )
        )
    return found


async def _figures(db: Session, viewer: Viewer, mechanism: Mechanism, today: date) -> Figures:
    zone, first = ZoneInfo(mechanism.timezone), date(today.year, 1, 1)
    since = datetime.combine(first, time.min, zone)
    rhythm = (await meetings.rhythms_of(db, viewer, mechanism, [today.year], today)).get(today.year)
    joint = select(func.count()).where(
        Meeting.mechanism_id == mechanism.id,
        Meeting.held_at.is_not(None),
        Meeting.kind.in_(NUMBERED_KINDS),
        Meeting.starts_at >= since,
        seen(viewer),
    )
    mine = and_(ActionItem.mechanism_id == mechanism.id, visible_to(viewer))
    assigned = select(func.count()).where(mine, ActionItem.assigned_on >= first)
    # What somebody else is to close was finished when it was reported done, as in the ledger's figures.
    finished_at = func.coalesce(ActionItem.reported_done_at, ActionItem.ended_at)
    ended = select(finished_at, ActionItem.due_on).where(
        mine, ActionItem.ended_how == DONE, ActionItem.ended_at >= since
    )
    done = (await db.execute(ended)).all()
    open_, overdue, carried = await _open_figures(db, viewer, mechanism, today)
    return Figures(
        year=today.year,
        promise=rhythm.count if rhythm else None,
        held=int((await db.execute(joint)).scalar_one()),
        assigned=int((await db.execute(assigned)).scalar_one()),
        done=len(done),
        in_time=sum(due_on is None or (at is not None and at.astimezone(zone).date() <= due_on) for at, due_on in done),
        open=open_,
        overdue=overdue,
        carried=carried,
    )


async def _open_figures(db: Session, viewer: Viewer, mechanism: Mechanism, today: date) -> tuple[int, int, int]:
    """How many items are open, overdue, and carried over from earlier meetings."""
    source = aliased(Meeting)
    each = (
        select(
            and_(ActionItem.due_on < today, ActionItem.reported_done_at.is_(None)).label("late"),
            (times_carried(source.starts_at) > 0).label("was_carried"),
        )
        .outerjoin(source, source.id == ActionItem.meeting_id)
        .where(*_open(viewer, mechanism))
        .subquery()
    )
    query = select(func.count(), func.count().filter(each.c.late), func.count().filter(each.c.was_carried)).select_from(
        each
    )
    open_, late, was_carried = (await db.execute(query)).one()
    return open_, late, was_carried


def _open(viewer: Viewer, mechanism: Mechanism) -> list[ColumnElement[bool]]:
    return [ActionItem.mechanism_id == mechanism.id, ActionItem.ended_at.is_(None), visible_to(viewer)]


def _owed(viewer: Viewer, mechanism: Mechanism) -> list[ColumnElement[bool]]:
    """The open ones without those that are reported done and wait to be closed."""
    return [*_open(viewer, mechanism), ActionItem.reported_done_at.is_(None)]
