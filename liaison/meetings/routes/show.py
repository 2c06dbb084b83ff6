"""The one address of a meeting, before, during and after it; its printed form."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.i18n import N_
from liaison.mail import reasons
from liaison.mechanisms.wording import STEPS
from liaison.meetings import activity_queries, following, paper_queries, queries
from liaison.meetings.activity_models import COUNTED
from liaison.meetings.agenda_queries import agenda
from liaison.meetings.announcing import HOURS_BETWEEN_REMINDERS
from liaison.meetings.attendance import One, by_attendance, can_note_all, leave_of, to_check_in
from liaison.meetings.due import replies_due_on
from liaison.meetings.list_view import attendees_shown
from liaison.meetings.models import ACTIVITIES, PURPOSES, Meeting
from liaison.meetings.overview import Overview, overview
from liaison.meetings.paper_rules import brings_to_all
from liaison.meetings.permissions import is_host, may_record, may_schedule, may_see_list
from liaison.meetings.record_view import record
from liaison.meetings.routes.common import shown
from liaison.meetings.showing import DAY_NAMES, DELIVERY_NAMES, day_of, not_reached
from liaison.meetings.timetable import timetable
from liaison.meetings.values import decision_label
from liaison.meetings.wording import (
    ANSWER_NAMES,
    ATTENDANCE_NAMES,
    CHANGE_NAMES,
    FIGURE_NAMES,
    GROUP_NAMES,
    KIND_NAMES,
    LEAVE_NAMES,
    PURPOSE_NAMES,
    REGISTERED_NAMES,
    ROLE_NAMES,
    STATE_NAMES,
    charged,
    standing_of,
)
from liaison.web.forms import Form, row_id
from liaison.web.pages import AnyRequest, page, words_of

DONE = {
    "scheduled": N_("The draft is saved. Nobody has been told yet."),
    "sent": N_("The notice is on its way."),
    "noted": N_("Noted as told. No mail left: those asked are told another way."),
    "saved": N_("Saved. Nobody has been told of it yet."),
    "unchanged": N_("Nothing was changed, and nothing was sent."),
    "nothing_to_tell": N_("Saved. There was nothing to tell: everybody holds this notice already."),
    "reminded": N_("The reminder is on its way."),
    "resent": N_("The notice goes out once more."),
    "answered": N_("Your answer is recorded."),
    "registered": N_("The answer is registered."),
    "slip": N_("The slip is recorded."),
    "removed": N_("Taken off the list."),
    "asked": N_("Added to the list."),
    "role": N_("The role is changed."),
    "item_removed": N_("The item is off the agenda."),
    "item_returned": N_("The item is returned. Whoever proposed it is told by mail."),
    "item_again": N_("The item is proposed again."),
    "item_deferred": N_("The item is deferred. Whoever proposed it is told by mail."),
    "paper_added": N_("The paper is there."),
    "paper_removed": N_("The paper is taken away."),
    "checked_in": N_("The attendance is saved."),
    "arrived": N_("You are checked in."),
    "approved": N_("The leave is approved."),
    "substitute_asked": N_("They are asked to send a substitute."),
    "decided": N_("The decision is saved."),
    "assigned_too": N_("The decision and its action item are saved."),
    "taken_back": N_("Undone: the decision is struck, and the action item made with it has ended."),
    "revoked": N_("The decision is revoked."),
    "assigned": N_("The action item is added."),
    "next_fixed": N_("The date of the next meeting is fixed. Nobody has been told of it yet."),
    "next_open": N_("The date of the next meeting is open again."),
    "held": N_("The meeting is recorded as held."),
    "step_shifted": N_("The step is on its new day."),
    "step_skipped": N_("The step is skipped."),
    "step_done": N_("The step is done."),
    "step_undone": N_("Taken back."),
    "counted": N_("The figures are saved."),
    "unheld": N_("The meeting is no longer recorded as held."),
}
OCCASIONS = CHANGE_NAMES | {"reinstated": N_("Reinstated")}
NAMES: dict[str, Any] = {
    "occasion_names": OCCASIONS,
    "state_names": STATE_NAMES,
    "kind_names": KIND_NAMES,
    "purpose_names": PURPOSE_NAMES,
    "answer_names": ANSWER_NAMES,
    "role_names": ROLE_NAMES,
    "registered_names": REGISTERED_NAMES,
    "change_names": CHANGE_NAMES,
    "attendance_names": ATTENDANCE_NAMES,
    "leave_names": LEAVE_NAMES,
    "leave_of": leave_of,
    "standing_of": standing_of,
    "delivery_names": DELIVERY_NAMES,
    "instant": datetime.fromisoformat,
}


@get("/meetings/{meeting_id:int}")
async def show_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """The meeting's page."""
    meeting = await queries.get(db, viewer, meeting_id)
    shown_now = await overview(db, viewer, meeting)
    takes_place = meeting.takes_place_by(db.clock.today(meeting.timezone))
    return shown(
        request,
        "meetings/show.html",
        meeting=meeting,
        view=shown_now,
        agenda=shown_now.agenda,
        answers=shown_now.answers,
        own=shown_now.own,
        act=_primary(db, meeting, shown_now),
        unreached=not_reached(shown_now.mails),
        resendable=_told(shown_now),
        due=replies_due_on(meeting, db.now()),
        steps=shown_now.steps,
        step_names=STEPS,
        today_there=db.clock.today(meeting.timezone),
        toast=_toast(request, meeting),
        to_check_in=to_check_in(viewer, meeting, shown_now.attendees, db.now()),
        check_in_form=Form(),
        **(await recorded(db, request, viewer, meeting, shown_now) if takes_place else region(db, request, meeting)),
        takes_place=takes_place,
        time_poll=await request.app.state.time_poll_of(db, viewer, meeting.id)
        if meeting.state in ("draft", "postponed")
        else None,
        **await request.app.state.minutes_beside(request, db, viewer, meeting),
        **await activity_beside(request, db, viewer, meeting),
        papers=await paper_queries.papers_of(db, viewer, meeting, [*shown_now.agenda.items, *shown_now.agenda.aside]),
        may_bring_papers=brings_to_all(viewer, meeting)
        or (meeting.held_at is None and await paper_queries.has_own_item(db, viewer, meeting)),
    )


async def activity_beside(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    """Of a joint activity: who co-hosts it, what was counted, and who enters that."""
    if meeting.kind not in ACTIVITIES:
        return {"co_hosts": [], "counted": ()}
    return {
        "co_hosts": await activity_queries.co_hosts(db, meeting.id),
        "counted": COUNTED[meeting.kind] if meeting.held_at is not None else (),
        "figures": await activity_queries.figures(db, meeting.id) if meeting.held_at is not None else None,
        "figure_names": FIGURE_NAMES,
        "may_count": may_record(viewer, meeting, await queries.chairs(db, meeting.id)),
        "leads_referred": await request.app.state.leads_found_at(db, viewer, meeting.id)
        if meeting.held_at is not None
        else [],
        "refers": viewer.acts_for(meeting.mechanism_id) is not None
        and not meeting.mechanism.has_ended(db.clock.today(meeting.timezone)),
    }


@get("/meetings/{meeting_id:int}/print")
async def print_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """Agenda and list of those who come, as a sheet of paper; from the day of the meeting on with its decisions and the next date, of a
    held meeting with who was there."""
    meeting = await queries.get(db, viewer, meeting_id)
    view = await overview(db, viewer, meeting)
    takes_place = meeting.takes_place_by(db.clock.today(meeting.timezone))
    found = await recorded(db, request, viewer, meeting, view) if takes_place else region(db, request, meeting)
    hosts = await activity_queries.co_hosts(db, meeting.id) if meeting.kind in ACTIVITIES else []
    return page(
        request, "meetings/print.html", meeting=meeting, view=view, takes_place=takes_place, co_hosts=hosts, **found
    )


def region(db: Session, request: AnyRequest, meeting: Meeting) -> dict[str, Any]:
    """What every region of the page needs besides its own part of the overview."""
    words = words_of(request)
    reminded = meeting.reminded_at
    return {
        **NAMES,
        "zone": meeting.timezone,
        "is_open": meeting.state == "announced" and meeting.starts_at > db.now(),
        "reminded_lately": reminded is not None
        and (db.now() - reminded).total_seconds() < HOURS_BETWEEN_REMINDERS * 3600,
        "reason_of": lambda mail: reasons.worded(mail.reason, words._),
        "answer_form": None,
    }


async def recorded(
    db: Session, request: AnyRequest, viewer: Viewer, meeting: Meeting, seen: Overview | None = None
) -> dict[str, Any]:
    """What the regions show from the day of the meeting on: agenda as it goes, notes, decisions, attendance, action items; `seen` is
    what was loaded for the same page already."""
    attendees = seen.attendees if seen else await attendees_shown(db, meeting.id)
    on_it = seen.agenda if seen else await agenda(db, viewer, meeting)
    items = [item for item in on_it.items if item.state == "accepted"]
    listed = listed_to(viewer, meeting, attendees)
    found = await record(db, viewer, meeting, attendees, items)
    return {
        **region(db, request, meeting),
        "record": found,
        "items": items,
        "attendees": listed,
        "in_groups": by_attendance(listed),
        "can_note_all": can_note_all(listed),
        "proposed": [
            one
            for one in on_it.items
            if one.state == "proposed" and (found.may_arrange or one.proposed_by == viewer.person_id)
        ],
        "following": await following.fixed(db, viewer, meeting),
        "may_fix": found.may_record and may_schedule(viewer, meeting.mechanism_id) and not meeting.is_off,
        "times": timetable(meeting, items, db.now()),
        "is_host": is_host(viewer, meeting),
        "purposes": PURPOSES,
        "begins_with_actions": on_it.begins_with_actions,
        "group_names": GROUP_NAMES,
        "decision_label": decision_label,
        "charged": charged,
        "free_day": partial(_free_day, meeting),
        "form": Form(),
        **await request.app.state.actions_beside(request, db, viewer, meeting),
    }


def listed_to(viewer: Viewer, meeting: Meeting, attendees: Sequence[One]) -> Sequence[One]:
    """Those of the list that the viewer may see: of a hidden one only their own line, unless they run or record the meeting."""
    if may_see_list(viewer, meeting) or may_record(viewer, meeting, queries.chairs_among(attendees)):
        return attendees
    return [one for one in attendees if one.person_id == viewer.person_id]


def _free_day(meeting: Meeting, day: date | None) -> str:
    """What free day a due date falls on, to be translated; empty for a working day."""
    found = day_of(region_calendar(meeting.mechanism.region), day) if day else None
    return DAY_NAMES[found.kind] if found and found.is_free else ""


def _primary(db: Session, meeting: Meeting, view: Overview) -> str:
    """Which one act the page's phase calls for: send, send_changes, send_rest, remind, reinstate, answer, slip, hold or none."""
    ahead = meeting.starts_at > db.now()
    if not ahead and not meeting.is_off:
        return "" if meeting.held_at else "hold"
    if view.has_unsent_changes:
        return "send_changes"
    if view.untold and meeting.state == "announced":
        return "send_rest"
    if view.runs and meeting.state == "draft" and ahead:
        return "send"
    if view.runs and meeting.state == "postponed":
        return "reinstate"
    if meeting.state == "announced" and ahead:
        if view.own is not None and view.own.partstat == "needs_action":
            return "answer"
        if view.own_slip is not None and view.own_slip.returned_at is None:
            return "slip"
        if view.answers.may_remind:
            return "remind"
    return ""


def _told(view: Overview) -> set[str]:
    """The addresses that the newest notice went to: they can get it once more."""
    newest = view.announcements[0] if view.announcements else None
    return {one["address"] for one in newest.snapshot["addressees"]} if newest else set()


def _toast(request: AnyRequest, meeting: Meeting) -> SimpleNamespace | None:
    done = request.query_params.get("done", "")
    if done not in DONE:
        return None
    undo = None
    if done == "item_removed":
        undo = f"/agenda-items/{row_id(request.query_params.get('item'))}/restore"
    elif done in ("decided", "assigned_too") and "new" in request.query_params:
        undo = f"/decisions/{row_id(request.query_params['new'])}/take-back"
    elif done == "paper_removed":
        undo = f"/papers/{row_id(request.query_params.get('paper'))}/restore"
    return SimpleNamespace(text=words_of(request)._(DONE[done]), undo_url=undo)


handlers = [show_meeting, print_meeting]
