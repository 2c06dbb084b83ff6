"""What the page of one meeting shows this viewer, loaded at once: agenda, answers, who is missing, mails, announcements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.calendaring.itip import Method
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.mail import outbox
from liaison.mail.outbox import Told
from liaison.mechanisms.models import PAPER, Designation
from liaison.meetings import queries
from liaison.meetings.address_models import AddressAnswer
from liaison.meetings.agenda_queries import left_for_others
from liaison.meetings.agenda_view import STATES, Agenda, agenda_of
from liaison.meetings.attendee_shown import AttendeeShown
from liaison.meetings.list_view import attendees_shown
from liaison.meetings.models import AgencyInvitation, Announcement, Attendee, Meeting
from liaison.meetings.permissions import (
    is_host,
    may_answer,
    may_approve_leave,
    may_ask,
    may_change,
    may_fill_slip,
    may_register,
    may_see_list,
    may_see_remarks,
)
from liaison.meetings.planning import Everybody, everybody_of, is_news, plan
from liaison.meetings.recipients import Addressee
from liaison.meetings.showing import (
    AgencyAnswers,
    Line,
    MailLine,
    Waiting,
    answer_of,
    mail_lines,
    mail_of,
    only_tried,
    phone_of,
    tallied,
)
from liaison.meetings.snapshot import listed, still_waiting
from liaison.meetings.stepping import steps_shown
from liaison.meetings.steps import StepOf, items_due_on


@dataclass(frozen=True, slots=True)
class Answers:
    """Who is asked and what they said; `waiting` only for those who run the meeting."""

    agencies: Sequence[AgencyAnswers]
    counts: Mapping[str, int]
    waiting: Sequence[Waiting]
    may_remind: bool
    sees_list: bool
    by_address: Sequence[AddressAnswer]
    """What the calendars of shared addresses answered, beside their people; for those who run the meeting."""

    @property
    def missing_people(self) -> int:
        """How many people have not answered."""
        return self.counts.get("needs_action", 0)

    @property
    def missing_slips(self) -> int:
        """How many agencies have not returned their slip."""
        return sum(one.is_slip_missing for one in self.agencies)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked. Of a held meeting nobody is mailed any more: who acts for whom by now, and at which address, is not loaded."""

    attendees: Sequence[Attendee | AttendeeShown]
    invitations: Sequence[AgencyInvitation]
    everybody: Everybody | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page of a meeting."""

    agenda: Agenda
    answers: Answers
    attendees: Sequence[Attendee | AttendeeShown]
    """Everybody asked by name or named on a slip, whoever may see them."""
    own: Attendee | AttendeeShown | None
    own_slip: AgencyInvitation | None
    recorder: Person | None
    announcements: Sequence[Announcement]
    announced_by: Mapping[int, str]
    mails: Sequence[MailLine]
    runs: bool
    has_unsent_changes: bool
    """It was announced, and changed since in a way that its people do not know of. Told only to those who run it, and only until
    the meeting has begun."""
    untold: int
    """To how many addresses the notice went only while the site was tried out; told to those who run it once that is over."""
    successors: list[Addressee]
    """Who holds by now an office that was told, at an address that was not: they can be sent the notice at once."""
    may_ask_any: bool
    may_ask_own: bool
    steps: Sequence[StepOf]
    """The steps around it, for those who run it."""


async def overview(db: Session, viewer: Viewer, meeting: Meeting) -> Overview:
    """Load the page; `meeting` with mechanism and host, which the viewer may see."""
    runs = may_change(viewer, meeting)
    asked = await _asked(db, meeting)
    items = await queries.agenda(db, meeting.id, states=STATES)
    chairs = queries.chairs_among(asked.attendees)
    steps = await steps_shown(db, meeting)
    announcements = await queries.announcements(db, meeting.id) if runs else []
    last = next((one for one in announcements if one.uid == meeting.uid), None)
    mails = await outbox.told(db, f"meeting:{meeting.id}") if announcements else []
    ahead = meeting.starts_at > db.now() and meeting.held_at is None
    everybody = asked.everybody if announcements and (ahead or meeting.is_off) else None
    found = everybody.addressees(db.settings.locale)[0] if everybody else []
    tried = only_tried(last, mails) if everybody and not meeting.is_off else []
    if tried and await site.trial_address(db) is not None:
        tried = []
    return Overview(
        agenda=agenda_of(
            viewer,
            meeting,
            [*items, *await left_for_others(db, viewer, meeting, chairs)],
            chairs,
            begins_with_actions=await queries.follows_another(db, meeting),
            due_on=items_due_on(steps),
        ),
        answers=_answers(
            db,
            viewer,
            meeting,
            asked,
            await outbox.newest_by_person(db, f"meeting:{meeting.id}", mails),
            last,
            await _by_address(db, meeting) if runs else [],
        ),
        attendees=asked.attendees,
        own=next((a for a in asked.attendees if may_answer(viewer, a) and a.agency_invitation_id is None), None),
        own_slip=next((i for i in asked.invitations if may_fill_slip(viewer, i, meeting.mechanism_id)), None),
        recorder=await db.get(Person, meeting.recorder_id) if meeting.recorder_id else None,
        announcements=announcements,
        announced_by=await _names(db, {a.by_id for a in announcements if a.by_id}),
        mails=mail_lines(mails),
        runs=runs,
        has_unsent_changes=everybody is not None and await is_news(db, meeting, items, everybody, found, last),
        untold=len(tried),
        successors=_successors(found, last) if everybody and ahead else [],
        may_ask_any=is_host(viewer, meeting),
        may_ask_own=may_ask(viewer, meeting, viewer.agency_id),
        steps=steps if runs else [],
    )


async def _asked(db: Session, meeting: Meeting) -> _Asked:
    if meeting.held_at is not None:
        shown = await attendees_shown(db, meeting.id)
        return _Asked(shown, await queries.invitations(db, meeting.id), None)
    everybody = await everybody_of(db, meeting)
    return _Asked(everybody.attendees, everybody.invitations, everybody)


def _successors(found: Sequence[Addressee], last: Announcement | None) -> list[Addressee]:
    """Today's addresses of people and agencies that the newest notice spoke of, which it did not go to."""
    if last is None or last.method == Method.CANCEL.value:
        return []
    told = listed(last.snapshot)
    addresses = {one.address for one in told}
    people = {id_ for one in told for id_ in one.attendee_ids}
    slips = {slip.invitation_id for one in told for slip in one.slips}
    present = (one.only(people, slips) for one in found if one.address not in addresses)
    return [one for one in present if one.attendee_ids or one.slips]


async def reached(db: Session, meeting: Meeting, *, off: bool = False) -> list[str]:
    """The addresses that sending a change now would reach: everybody on the list and everybody told before; when the meeting
    is `off`, only those who may hold it in their calendars. Empty for a draft."""
    if meeting.announced_at is None:
        return []
    held = list(await outbox.holding(db, meeting.uid))
    if off or meeting.is_off:
        return held
    planned = await plan(db, meeting)
    return list(dict.fromkeys([*planned.known, *held]))


async def answers(db: Session, viewer: Viewer, meeting: Meeting) -> Answers:
    """The answers alone, for the region that is swapped after an answer or a reminder."""
    mails = await outbox.told(db, f"meeting:{meeting.id}") if may_change(viewer, meeting) else []
    by_person = await outbox.newest_by_person(db, f"meeting:{meeting.id}", mails)
    last = await queries.newest_announcement(db, meeting.uid)
    spoken = await _by_address(db, meeting) if may_change(viewer, meeting) else []
    return _answers(db, viewer, meeting, await _asked(db, meeting), by_person, last, spoken)


async def _by_address(db: Session, meeting: Meeting) -> Sequence[AddressAnswer]:
    """What the calendars of shared addresses answered to the meeting as it stands; told to those who run it."""
    if meeting.announced_at is None or meeting.held_at is not None:
        return []
    query = select(AddressAnswer).where(
        AddressAnswer.uid == meeting.uid, AddressAnswer.sequence >= meeting.answers_from
    )
    return (await db.scalars(query.order_by(AddressAnswer.address))).all()


def _answers(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    asked: _Asked,
    by_person: Mapping[int, Told],
    last: Announcement | None,
    by_address: Sequence[AddressAnswer],
) -> Answers:
    sees_list = may_see_list(viewer, meeting)
    runs = may_change(viewer, meeting)
    now = db.now()
    agencies: dict[int, AgencyAnswers] = {}
    for invitation in asked.invitations:
        if sees_list or may_fill_slip(viewer, invitation, meeting.mechanism_id):
            one = agencies.setdefault(invitation.agency_id, AgencyAnswers(invitation.agency))
            one.invitation = invitation
            one.may_fill = may_fill_slip(viewer, invitation, meeting.mechanism_id)
            one.may_register = may_register(viewer, meeting, invitation.agency_id, now)
            one.may_remove = may_ask(viewer, meeting, invitation.agency_id) and meeting.held_at is None
    for attendee in asked.attendees:
        if attendee.walked_in_at is None and (sees_list or attendee.person_id == viewer.person_id):
            one = agencies.setdefault(attendee.agency_id, AgencyAnswers(attendee.agency))
            by_name = attendee.agency_invitation_id is None
            one.lines.append(
                Line(
                    attendee,
                    answer_of(attendee),
                    mail_of(attendee, by_person),
                    by_name and may_register(viewer, meeting, attendee.agency_id, now),
                    by_name and may_ask(viewer, meeting, attendee.agency_id) and meeting.held_at is None,
                    by_name and may_approve_leave(viewer, meeting.mechanism_id, attendee.agency_id),
                )
            )
    on_paper = _on_paper(asked.everybody) if asked.everybody else frozenset()
    for one in agencies.values():
        one.is_on_paper = one.agency.id in on_paper
        one.mark_doubles()
        one.sees_remarks = may_see_remarks(viewer, meeting, one.agency.id)
    ordered = sorted(agencies.values(), key=lambda one: (one.agency.sort_order, one.agency.id))
    everybody = asked.everybody if runs and meeting.state == "announced" else None
    waiting = _waiting(viewer, ordered, everybody, by_person) if everybody else []
    return Answers(
        agencies=ordered,
        counts=tallied(line.answer for one in ordered for line in one.lines if not line.is_double),
        waiting=waiting,
        may_remind=everybody is not None
        and bool(waiting)
        and meeting.starts_at > now
        and bool(still_waiting(last, everybody.attendees, everybody.invitations)),
        sees_list=sees_list,
        by_address=by_address,
    )


def _on_paper(everybody: Everybody) -> frozenset[int]:
    return frozenset(one.agency_id for one in everybody.on_duty.members if one.takes_part == PAPER)


def _waiting(
    viewer: Viewer, agencies: Sequence[AgencyAnswers], everybody: Everybody, by_person: Mapping[int, Told]
) -> list[Waiting]:
    in_office = everybody.on_duty.in_office
    found = []
    for one in agencies:
        invitation = one.invitation
        if invitation is not None and invitation.returned_at is None:
            liaison = in_office.get(one.agency.id)
            phone, through = _phone_of_agency(invitation.agency, liaison)
            found.append(
                Waiting(
                    name=one.agency.name,
                    agency=one.agency,
                    phone=phone,
                    through=through,
                    register_path=f"/agency-invitations/{invitation.id}" if one.may_register else None,
                    mail=by_person.get(liaison.person_id) if liaison else None,
                    is_agency=True,
                    is_own=one.agency.id == viewer.agency_id,
                    is_reader=liaison is not None and liaison.person_id == viewer.person_id,
                )
            )
        for line in one.lines:
            if line.answer == "needs_action":
                attendee = line.attendee
                person = everybody.people.get(attendee.person_id) if attendee.person_id else None
                phone, through = phone_of(person) if person else (attendee.phone, None)
                path = f"/attendees/{attendee.id}/register" if line.may_register else None
                own, reader = one.agency.id == viewer.agency_id, attendee.person_id == viewer.person_id
                found.append(Waiting(attendee.name, one.agency, phone, through, path, line.mail, False, own, reader))
    return found


def _phone_of_agency(agency: Agency, liaison: Designation | None) -> tuple[str | None, str | None]:
    """The liaison's number and name, else the agency's own."""
    if liaison is not None:
        phone, through = phone_of(liaison.person)
        return phone, through or liaison.person.name
    return agency.phone, None


async def _names(db: Session, person_ids: set[int]) -> dict[int, str]:
    found = {}
    for person_id in person_ids:
        person = await db.get(Person, person_id)
        if person is not None:
            found[person_id] = person.name
    return found
