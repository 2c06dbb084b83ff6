"""What the page of a held meeting shows, loaded as bench.flask_page loads what it shows: entities, statements put together where they
are used, and only what stands on the page."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from liaison.accounts.viewer import Viewer
from liaison.actions.assigning import DEFAULT_DAYS
from liaison.actions.models import ActionItem, Support
from liaison.actions.permissions import may_assign
from liaison.actions.showing import lines
from liaison.clock import Clock
from liaison.directory.models import Agency, Person
from liaison.i18n import Words
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Member
from liaison.mechanisms.wording import STEPS
from liaison.meetings.attendance import Quorum, attendance_of, by_attendance
from liaison.meetings.audience import ItemShown, item_shown
from liaison.meetings.due import is_late, replies_due_on
from liaison.meetings.models import (
    NUMBERED_KINDS,
    AgencyInvitation,
    AgendaItem,
    Announcement,
    Attendee,
    Decision,
    Meeting,
    Note,
)
from liaison.meetings.permissions import (
    is_host,
    may_answer,
    may_fill_slip,
    may_read_record,
    may_record,
    may_register,
    may_see_remarks,
)
from liaison.meetings.record_view import Record
from liaison.meetings.showing import AgencyAnswers, Line, answer_of, mail_of, tallied
from liaison.meetings.step_models import MeetingStep
from liaison.meetings.steps import items_due_on, steps_of
from liaison.meetings.values import decision_label
from liaison.meetings.wording import GROUP_NAMES
from liaison.web.forms import Form


def steps_content(db: Session, meeting: Meeting, now: datetime) -> dict[str, Any]:
    """The steps around the meeting, as the page shows them to its officer."""
    today = now.astimezone(meeting.zone).date()
    rows = list(db.scalars(select(MeetingStep).where(MeetingStep.meeting_id == meeting.id)))
    return {"steps": steps_of(meeting, rows, today), "step_names": STEPS, "today_there": today}


def held_content(db: Session, clock: Clock, viewer: Viewer, meeting: Meeting, words: Words) -> dict[str, Any]:
    """What the page shows to somebody who runs the mechanism."""
    now, on = datetime.now(UTC), clock.today(meeting.timezone)
    found = db.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id, AgendaItem.removed_at.is_(None), AgendaItem.state == "accepted")
        .options(joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter))
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()
    due_on = items_due_on(steps_content(db, meeting, now)["steps"])
    items = [item_shown(viewer, one, arranges=True, late=is_late(one, meeting, due_on)) for one in found]
    attendees = sorted(
        db.scalars(
            select(Attendee)
            .where(Attendee.meeting_id == meeting.id, Attendee.removed_at.is_(None))
            .options(joinedload(Attendee.agency), joinedload(Attendee.person))
        ),
        key=lambda a: (
            a.agency.sort_order,
            a.agency_id,
            a.role != "chair",
            a.person.rank if a.person and a.person.rank is not None else 99,
            a.id,
        ),
    )
    slips = db.scalars(
        select(AgencyInvitation)
        .where(AgencyInvitation.meeting_id == meeting.id, AgencyInvitation.removed_at.is_(None))
        .options(joinedload(AgencyInvitation.agency))
    ).all()
    sent = db.scalars(
        select(Announcement).where(Announcement.meeting_id == meeting.id).order_by(Announcement.id.desc())
    ).all()
    senders = {one.by_id: db.get(Person, one.by_id) for one in sent if one.by_id}
    mails: Any = db.scalars(
        select(OutboxMail)
        .where(OutboxMail.about == f"meeting:{meeting.id}")
        .options(selectinload(OutboxMail.people))
        .order_by(OutboxMail.id)
    ).all()
    by_person = {meant.person_id: mail for mail in mails for meant in mail.people}
    agencies: dict[int, AgencyAnswers] = {}
    for slip in slips:
        one = agencies.setdefault(slip.agency_id, AgencyAnswers(slip.agency))
        one.invitation, one.may_fill = slip, may_fill_slip(viewer, slip, meeting.mechanism_id)
        one.may_register = may_register(viewer, meeting, slip.agency_id, now)
    for a in attendees:
        registers = a.agency_invitation_id is None and may_register(viewer, meeting, a.agency_id, now)
        agencies.setdefault(a.agency_id, AgencyAnswers(a.agency)).lines.append(
            Line(a, answer_of(a), mail_of(a, by_person), registers, False)
        )
    for one in agencies.values():
        one.mark_doubles()
        one.sees_remarks = may_see_remarks(viewer, meeting, one.agency.id)
    ordered = sorted(agencies.values(), key=lambda one: (one.agency.sort_order, one.agency.id))
    counts = tallied(line.answer for one in ordered for line in one.lines if not line.is_double)
    return {
        "meeting": meeting,
        "view": SimpleNamespace(
            recorder=db.get(Person, meeting.recorder_id) if meeting.recorder_id else None,
            own_slip=next((slip for slip in slips if may_fill_slip(viewer, slip, meeting.mechanism_id)), None),
            announcements=sent,
            announced_by={id_: person.name for id_, person in senders.items() if person},
            mails=mails,
            runs=viewer.acts_for(meeting.mechanism_id) is not None,
            has_unsent_changes=False,
            may_ask_own=True,
        ),
        "answers": SimpleNamespace(
            agencies=ordered,
            counts=counts,
            sees_list=True,
            by_address=[],  # of a held meeting nothing is answered any more
            missing_slips=sum(one.is_slip_missing for one in ordered),
        ),
        "own": next((a for a in attendees if may_answer(viewer, a) and a.agency_invitation_id is None), None),
        "act": "",
        "due": replies_due_on(meeting, now),
        **steps_content(db, meeting, now),
        "zone": meeting.timezone,
        "is_open": False,
        "takes_place": True,
        "record": record(db, viewer, meeting, attendees, items),
        "items": items,
        "attendees": attendees,
        "begins_with_actions": follows_another(db, meeting),
        "in_groups": by_attendance(attendees),
        "group_names": GROUP_NAMES,
        "to_check_in": [],  # nobody checks in after it was held
        "decision_label": decision_label,
        "form": Form(),
        **action_items(db, clock, viewer, meeting, words, on),
    }


def record(
    db: Session, viewer: Viewer, meeting: Meeting, attendees: Sequence[Attendee], items: Sequence[ItemShown]
) -> Record:
    """Notes, decisions, attendance."""
    chairs = frozenset(one.person_id for one in attendees if one.role == "chair" and one.person_id)
    reads = may_read_record(viewer, meeting, chairs)
    notes = db.scalars(select(Note).where(Note.meeting_id == meeting.id)).all() if reads else []
    decided = select(Decision).where(Decision.meeting_id == meeting.id).order_by(Decision.number)
    return Record(
        may_record=may_record(viewer, meeting, chairs),
        may_record_of=frozenset(one.id for one in items),
        may_correct=is_host(viewer, meeting),
        speaks_for=viewer.acts_for(meeting.mechanism_id),
        may_read_notes=reads,
        notes={note.agenda_item_id: note for note in notes},
        decisions=db.scalars(decided if reads else decided.where(Decision.revoked_at.is_(None))).all(),
        current=None,
        withdrawn=[],  # the notes are all of items on the agenda, which is known without asking
        ordinals=(meeting.ordinal, meeting.ordinal_in_year or 0) if meeting.ordinal is not None else None,
        attendance=attendance_of(attendees, Quorum(None, (), frozenset())),
        missing=[],
        held_by=None,
    )


def follows_another(db: Session, meeting: Meeting) -> bool:
    """Whether a joint meeting was held before."""
    query = select(Meeting.id).where(
        Meeting.mechanism_id == meeting.mechanism_id,
        Meeting.held_at.is_not(None),
        Meeting.kind.in_(NUMBERED_KINDS),
        Meeting.starts_at < meeting.starts_at,
    )
    return meeting.kind in NUMBERED_KINDS and db.scalar(query.limit(1)) is not None


def action_items(db: Session, clock: Clock, viewer: Viewer, meeting: Meeting, words: Words, on: date) -> dict[str, Any]:
    """The items that the meeting asked for, those open from before, and whom a new one can be given to."""
    source = aliased(Meeting)
    carried = (
        select(func.count(Meeting.id))
        .where(
            Meeting.mechanism_id == ActionItem.mechanism_id,
            Meeting.held_at.is_not(None),
            Meeting.kind.in_(NUMBERED_KINDS),
            Meeting.starts_at > func.coalesce(source.starts_at, ActionItem.assigned_at),
            or_(ActionItem.ended_at.is_(None), Meeting.starts_at < ActionItem.ended_at),
        )
        .scalar_subquery()
    )
    query = (
        select(ActionItem, carried)
        .outerjoin(source, source.id == ActionItem.meeting_id)
        .where(visible_items(viewer))
        .options(
            joinedload(ActionItem.mechanism),
            joinedload(ActionItem.lead_agency),
            joinedload(ActionItem.owner),
            selectinload(ActionItem.supports).joinedload(Support.agency),
        )
    )
    mine = db.execute(query.where(ActionItem.meeting_id == meeting.id).order_by(ActionItem.id)).all()
    before = db.execute(
        query.where(
            ActionItem.mechanism_id == meeting.mechanism_id,
            or_(ActionItem.ended_at.is_(None), ActionItem.ended_at > meeting.starts_at),
            or_(ActionItem.meeting_id.is_(None), ActionItem.meeting_id != meeting.id),
            func.coalesce(source.starts_at, ActionItem.assigned_at) < meeting.starts_at,
        ).order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)
    ).all()
    counted = {item.id: times for item, times in (*mine, *before)}
    members = select(Member.agency_id).where(
        Member.mechanism_id == meeting.mechanism_id,
        Member.joined_on <= on,
        or_(Member.left_on.is_(None), Member.left_on > on),
    )
    agencies = db.scalars(select(Agency).where(Agency.id.in_(members)).order_by(Agency.sort_order, Agency.id)).all()
    people = db.scalars(
        select(Person)
        .where(Person.agency_id.in_([one.id for one in agencies]), Person.deactivated_at.is_(None))
        .order_by(func.coalesce(Person.rank, 99), Person.id)
    ).all()
    assert may_assign(viewer, meeting.mechanism_id)
    return {
        "actions": lines(words, viewer, [item for item, _ in mine], clock.now(), counted),
        "carried_items": lines(words, viewer, [item for item, _ in before], clock.now(), counted),
        "add": {
            "mechanisms": [],
            "owners": [(agency, [one for one in people if one.agency_id == agency.id]) for agency in agencies],
            "who": f"person:{viewer.person_id}",
            "due_on": (on + timedelta(days=DEFAULT_DAYS)).isoformat(),
        },
    }


def visible_items(viewer: Viewer) -> ColumnElement[bool]:
    """The action items this viewer may know of."""
    supports = select(Support.id).where(Support.action_item_id == ActionItem.id, Support.agency_id == viewer.agency_id)
    seen: list[ColumnElement[bool]] = [ActionItem.owner_id == viewer.person_id]
    if viewer.reader_of:
        seen.append(ActionItem.mechanism_id.in_(viewer.reader_of))
    for mechanism_id, periods in viewer.member_of.items():
        times = [
            and_(ActionItem.assigned_on >= one.joined_on, ActionItem.assigned_on < one.left_on)
            if one.left_on
            else ActionItem.assigned_on >= one.joined_on
            for one in periods
        ]
        own = or_(ActionItem.lead_agency_id == viewer.agency_id, supports.exists(), *times)
        seen.append(and_(ActionItem.mechanism_id == mechanism_id, own))
    return or_(*seen)
