"""The questions for a time in one mechanism, and the form that asks a new one."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import end_of
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.db import Session
from liaison.errors import Invalid, Message, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries as meetings
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.scheduling import LONGEST_MINUTES
from liaison.meetings.showing import day_of
from liaison.polls import asking, queries
from liaison.polls.asking import Proposed
from liaison.polls.clashes import clashes
from liaison.polls.models import MOST
from liaison.polls.routes.common import Db, Id, Me, shown
from liaison.web.forms import Form, attempt, row_id
from liaison.web.pages import AnyRequest, see_other, words_of

PAGE = 20
ALWAYS_SHOWN = 3
"""So many rows for times stand open; the others unfold."""
DAYS_TO_ANSWER = 3
"""Working days until the answers are due, unless the officer says otherwise."""
FIELDS = {
    "date": N_("Time %(n)d: date"),
    "time": N_("Time %(n)d: begins at"),
    "duration_minutes": N_("Time %(n)d: length in minutes"),
}


@get("/mechanisms/{mechanism_id:int}/time-polls")
async def index(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, before: FromQuery[str] = ""
) -> Response[str]:
    """What was asked in this mechanism, newest first."""
    mechanism = await _mechanism(db, viewer, mechanism_id)
    last = row_id(before) if before else None
    rows = await queries.of_mechanism(db, viewer, mechanism_id, before=last, limit=PAGE + 1)
    more = f"/mechanisms/{mechanism_id}/time-polls?before={rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return shown(request, "polls/index.html", mechanism=mechanism, polls=rows[:PAGE], next_url=more, first=not before)


@get("/mechanisms/{mechanism_id:int}/time-polls/new")
async def new(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, meeting: FromQuery[str] = "") -> Response[Any]:
    """The empty form; with `?meeting=` for that draft or postponed meeting, or to the question that runs for it already."""
    mechanism = await _mechanism(db, viewer, mechanism_id)
    about = await _meeting(db, viewer, mechanism_id, row_id(meeting) if meeting else None)
    if about is not None and (running := await queries.open_for(db, viewer, about.id)):
        return see_other(f"/time-polls/{running.id}")
    due = add_workdays(region_calendar(mechanism.region), db.clock.today(mechanism.timezone), DAYS_TO_ANSWER).date
    minutes = about.duration_minutes if about else 120
    form = Form.of(due_on=due, **{f"times.{n}.duration_minutes": minutes for n in range(MOST)})
    return await _page(request, db, viewer, mechanism_id, form, about)


@post("/mechanisms/{mechanism_id:int}/time-polls/new")
async def ask(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Ask the agencies; with `check` only look first at what kind of days these are and what else takes place then."""
    form = await Form.read(request)
    mechanism = await _mechanism(db, viewer, mechanism_id)
    about = await _meeting(db, viewer, mechanism_id, form.id("meeting_id"))
    proposed, rows = _read(form)
    if form.ticked("check"):
        return await _page(request, db, viewer, mechanism_id, form, about, looks=True)

    async def act() -> int:
        form.done()
        try:
            poll = await asking.ask_for_times(
                db,
                viewer,
                mechanism.id,
                candidates=proposed,
                due_on=form.date("due_on"),
                title=form.raw("title"),
                note=form.raw("note"),
                meeting=about,
            )
        except Invalid as refusal:
            raise _renamed(refusal, rows) from None
        return poll.id

    def again(_: Any) -> Any:
        return _page(request, db, viewer, mechanism_id, form, about)

    poll_id = await attempt(db, form, act(), again)
    return see_other(f"/time-polls/{poll_id}?done=asked")


def _read(form: Form) -> tuple[list[Proposed], list[int]]:
    """The times that were typed, and in which row each stands; rows without date and time are left out."""
    proposed, rows = [], []
    for n in range(MOST):
        row = f"times.{n}"
        if not form.given(f"{row}.date") and not form.given(f"{row}.time"):
            continue
        start, minutes = form.local_start(f"{row}.date", f"{row}.time"), form.whole(f"{row}.duration_minutes")
        form.number(f"{row}.duration_minutes", minutes, least=5, most=LONGEST_MINUTES, required=True)
        if start is not None and minutes is not None:
            proposed.append(Proposed(start, minutes))
            rows.append(n)
    return proposed, rows


def _renamed(refusal: Invalid, rows: list[int]) -> Invalid:
    """The same refusal with the verb's names turned into those of the form's fields."""
    errors: dict[str, Message] = {}
    for name, message in refusal.errors.items():
        parts = name.split(".")
        if len(parts) == 3:
            errors[f"times.{rows[int(parts[1])]}.{'date' if parts[2] == 'starts_at' else parts[2]}"] = message
        else:
            errors["times.0.date" if name == "candidates" else name] = message
    return Invalid(errors)


async def _mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _meeting(db: Session, viewer: Viewer, mechanism_id: int, meeting_id: int | None) -> Meeting | None:
    if meeting_id is None:
        return None
    meeting = await meetings.get(db, viewer, meeting_id)
    if meeting.mechanism_id != mechanism_id:
        raise Invalid({"meeting_id": N_("Please choose a meeting of this mechanism.")})
    return meeting


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    form: Form,
    about: Meeting | None,
    *,
    looks: bool = False,
) -> Response[str]:
    mechanism = await _mechanism(db, viewer, mechanism_id)
    today = db.clock.today(mechanism.timezone)
    asked = await mechanisms.members_on(db, mechanism_id, today)
    opened = any(form.given(f"times.{n}.date") for n in range(ALWAYS_SHOWN, MOST)) or bool(form.errors)
    return shown(
        request,
        "polls/new.html",
        path=f"/mechanisms/{mechanism_id}/time-polls/new",
        form=form,
        labels=_labels(words_of(request)),
        mechanism=mechanism,
        meeting=about,
        asked=asked,
        rows=range(MOST),
        always=ALWAYS_SHOWN,
        opened=opened,
        looked=await _looked(db, viewer, mechanism, form, [one.agency_id for one in asked], about) if looks else {},
    )


async def _looked(
    db: Session, viewer: Viewer, mechanism: Mechanism, form: Form, agency_ids: list[int], about: Meeting | None
) -> dict[int, tuple[Any, Any]]:
    """By row, what kind of day it is and which meetings that the officer may see take place then: looking alone, which nobody
    else notices, tells nothing about any others."""
    proposed, rows = _read(form)
    zone = ZoneInfo(mechanism.timezone)
    sane = [(row, one) for row, one in zip(rows, proposed, strict=True) if not form.error(f"times.{row}.date")]
    spans = [(end_of(one.local_start, 0, zone), end_of(one.local_start, one.duration_minutes, zone)) for _, one in sane]
    beside = await clashes(
        db, viewer, mechanism, spans, agency_ids, apart_from=about.id if about else None, with_unseen=False
    )
    calendar = region_calendar(mechanism.region)
    return {
        row: (day_of(calendar, one.local_start.date()), found) for (row, one), found in zip(sane, beside, strict=True)
    }


def _labels(words: Words) -> dict[str, str]:
    labels = {f"times.{n}.{name}": words._(label, n=n + 1) for n in range(MOST) for name, label in FIELDS.items()}
    return {
        **labels,
        "title": words._("What the meeting is about"),
        "note": words._("Note to the agencies"),
        "due_on": words._("Answers due by"),
    }


handlers = [index, new, ask]
