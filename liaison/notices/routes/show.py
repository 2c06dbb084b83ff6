"""One notice: what it says, how each agency stands to it, and what the viewer can do with it."""

from types import SimpleNamespace

from litestar import get
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound
from liaison.i18n import N_, Words
from liaison.mail.reasons import worded
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import PAPER
from liaison.meetings import queries as meetings
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.notices import queries
from liaison.notices.models import ACTION_ITEM, AGENDA_ITEM, RETURNED, Notice
from liaison.notices.permissions import is_enterer, is_sender, may_answer, may_register
from liaison.notices.routes.common import Db, Id, Me, field_names, shown
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, words_of

DONE = {
    "kept": N_("The draft is kept. Nobody else has seen it."),
    "sent": N_("Sent."),
    "opened": N_("Opened. The sender sees that."),
    "acknowledged": N_("Acknowledged."),
    "answered": N_("Your agency's answer is recorded, and its sender is told."),
    "offered": N_("The other date is offered; the sender says whether it will do."),
    "moved": N_("The other date is offered. It lay on a free day, and was moved to the next working day."),
    "agreed": N_("Agreed. The deadline has moved, and the agency is told."),
    "refused": N_("The deadline stays, and the agency is told."),
    "passed_on": N_("Passed on. That agency and the sender are told."),
    "registered": N_("Registered."),
    "corrected": N_("Corrected. It is open again, and the sender is told."),
    "closed": N_("Closed. Those who still owed an answer are told."),
    "escalated": N_("Sent to your own leader."),
    "escalation_kept": N_("The text is kept with the notice, for your own agency alone."),
    "paper_added": N_("The paper is added."),
    "paper_removed": N_("The paper is removed."),
    "accept": N_("Accepted. The sender is told, and waits for your feedback."),
    "decline": N_("Not accepted. The sender is told why."),
    "return": N_("Returned. The sender is told what is missing; the days stop until it is supplied."),
    "supplement": N_("Supplied. The agency is told, and its working days begin again."),
    "feedback": N_("The feedback is recorded, and the sender is told."),
    "agenda_item": N_("It is on the agenda, as an item of your agency."),
    "action_item": N_("It is an action item now."),
}


@get("/notices/{notice_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, notice_id: Id) -> Response[str]:
    """The notice; an agency that has not opened it sees what it is, and opens it by an act that its sender sees."""
    return await notice_page(request, db, viewer, notice_id)


async def notice_page(
    request: AnyRequest, db: Session, viewer: Viewer, notice_id: int, form: Form | None = None, *, at: str = ""
) -> Response[str]:
    """The page; `form` was refused, `at` the part of the page where it stands."""
    notice = await queries.get(db, viewer, notice_id)
    words, today = words_of(request), db.clock.today(notice.mechanism.timezone)
    own_id = viewer.acts_for(notice.mechanism_id)
    own = notice.addressee(own_id)
    sends = is_sender(viewer, notice)
    answers = own is not None and notice.sent_at is not None and may_answer(viewer, notice, own.agency_id)
    members = await mechanisms.members_on(db, notice.mechanism_id, today)
    done = request.query_params.get("done", "")
    is_open = sends or own is None or own.opened_at is not None or not own.asked or notice.sent_at is None
    brings = sends and (notice.sent_at is None or _is_back(notice))
    acts = [act for one in notice.addressees for act in one.acts]
    return shown(
        request,
        "notices/show.html",
        path=f"/notices/{notice_id}",
        notice=notice,
        zone=notice.mechanism.timezone,
        own=own if answers else None,
        own_id=own_id,
        passed_on_to=next((one.passed_on_to for one in notice.addressees if one.agency_id == own_id), None),
        sends=sends,
        is_open=is_open,
        may_take_back=is_enterer(viewer, notice) and notice.is_untouched,
        may_correct=own is not None and answers and own.registered_stands,
        registers={
            one.agency_id
            for one in notice.addressees
            if notice.sent_at and one.owes and may_register(viewer, notice, one.agency_id) and one is not own
        },
        deliveries=await queries.deliveries(db, notice_id) if sends and notice.sent_at else {},
        reason_of=lambda code: worded(code, words._) if code else "",
        unanswered=notice.unanswered_on(today) if sends else [],
        escalations=await queries.escalations(db, viewer, notice) if sends else [],
        on_paper={one.agency_id for one in members if one.takes_part == PAPER},
        passes_to=[
            (one.agency_id, one.agency.name)
            for one in members
            if one.agency_id != notice.from_agency_id
            and not any(e.asked and e.agency_id == one.agency_id for e in notice.addressees)
        ]
        if answers and notice.answers_id is None
        else [],
        meetings=await _meetings(db, viewer, notice, words) if (answers or sends) and notice.sent_at else [],
        activity=await _activity(db, viewer, notice),
        brings=brings,
        removes=brings,
        takes_up=(answers or sends) and notice.sent_at is not None,
        made={act.what: act.object_id for act in acts if act.what in (AGENDA_ITEM, ACTION_ITEM)},
        form=form or Form(),
        empty_form=Form(),
        at=at,
        labels={
            **field_names(words, at),
            "due_on": words._("Other date"),
            "to_agency_id": words._("Agency"),
            "meeting_id": words._("Meeting"),
            "file": words._("File"),
        },
        toast=SimpleNamespace(text=words._(DONE[done]), undo_url=None) if done in DONE else None,
    )


async def _activity(db: Session, viewer: Viewer, notice: Notice) -> Meeting | None:
    """The joint activity at which a lead was found, as far as the viewer may know of it."""
    try:
        return await meetings.get(db, viewer, notice.activity_id) if notice.activity_id else None
    except NotFound:
        return None


def _is_back(notice: Notice) -> bool:
    """Whether a lead waits for what its sender has to supply, papers too."""
    return notice.is_referral and notice.closed_at is None and notice.lead_line().decision == RETURNED


async def _meetings(db: Session, viewer: Viewer, notice: Notice, words: Words) -> list[tuple[int, str]]:
    """The coming meetings of its mechanism on whose agenda it can be put, soonest first; meetings of a series are called alike, so that
    several are told apart by their day."""
    coming = await meetings.upcoming(db, viewer, mechanism_id=notice.mechanism_id)
    found = [one for one in coming if one.held_at is None and one.kind not in ACTIVITIES]
    if len(found) < 2:
        return [(one.id, one.title) for one in found]
    today = db.clock.today(notice.mechanism.timezone)
    return [(one.id, f"{words.short_date(one.local_start.date(), today)} {one.title}") for one in found]


handlers = [show]
