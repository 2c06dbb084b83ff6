"""新建会议: the one form that plans a meeting, and what kind of day a chosen date is."""

from datetime import date
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import region_calendar
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings import activities, agenda, scheduling, suggesting
from liaison.meetings.activity_models import GROUPS, names_in
from liaison.meetings.asking import Asked, Guest
from liaison.meetings.models import ACTIVITIES, ATTENDEE_ROLES, KINDS, PURPOSES, Meeting
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.routes.common import (
    Choices,
    choices,
    filled_rows,
    labels_of,
    on_field,
    renamed,
    row_numbers,
    shown,
)
from liaison.meetings.showing import DAY_NAMES, Day, day_of
from liaison.meetings.wording import KIND_NAMES, PURPOSE_NAMES, ROLE_NAMES
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, fragment, see_other, words_of

ITEM = ("title", "agency_id", "presenter_id", "duration_minutes")
AGREED = ("time", "duration_minutes", "title")
OUTSIDE = ("name", "body", "job_title", "mail", "phone")
SPARE_ITEMS, SPARE_GUESTS = 3, 2
LABELS = {
    "title": N_("Title"),
    "kind": N_("Kind"),
    "date": N_("Date"),
    "time": N_("Begins at"),
    "duration_minutes": N_("Length in minutes"),
    "location": N_("Place"),
    "host_agency_id": N_("Host agency"),
    "recorder_id": N_("Recorder"),
    "co_hosts": N_("Co-hosts"),
    "audience_groups": N_("Audience"),
    "note": N_("Text of the notice"),
    "replies_due_on": N_("Answers due by"),
    "reason": N_("Reason"),
}


@get("/mechanisms/{mechanism_id:int}/meetings/new")
async def new_meeting(
    request: AnyRequest,
    db: NamedDependency[Session],
    viewer: NamedDependency[Viewer],
    mechanism_id: FromPath[int],
) -> Response[str]:
    """The empty form, filled with the next date by the series' rule (or `?date=`), its place, and whose turn it is to host; with
    `?time=`, `?duration_minutes=` and `?title=` as the agencies agreed on them."""
    mechanism = await _mechanism(db, viewer, mechanism_id)
    form = await _proposal(db, viewer, mechanism, _day(request.query_params.get("date")))
    given = {name: [text] for name in AGREED if (text := request.query_params.get(name))}
    form.values |= given
    if (kind := request.query_params.get("kind")) in ACTIVITIES:
        form.values |= {"kind": [kind], "title": given.get("title", [""])}
    return await _page(request, db, viewer, mechanism_id, form)


@post("/mechanisms/{mechanism_id:int}/meetings/new")
async def schedule_meeting(
    request: AnyRequest,
    db: NamedDependency[Session],
    viewer: NamedDependency[Viewer],
    mechanism_id: FromPath[int],
) -> Response[Any]:
    """Save the draft with everybody asked and its agenda; nobody is told."""
    form = await Form.read(request)
    mechanism = await _mechanism(db, viewer, mechanism_id)
    meeting = await attempt(
        db,
        form,
        _schedule(db, viewer, mechanism, form),
        lambda _: _page(request, db, viewer, mechanism_id, form),
    )
    return see_other(f"/meetings/{meeting.id}?done=scheduled")


async def _schedule(db: Session, viewer: Viewer, mechanism: Mechanism, form: Form) -> Meeting:
    offered = await choices(
        db,
        _day(form.given("date")) or db.clock.today(mechanism.timezone),
        mechanism.id,
        kept_by=viewer.acts_for(mechanism.id),
    )
    asked, names = read_asked(form, offered)
    starts, minutes = form.local_start("date", "time"), form.whole("duration_minutes")
    form.required_text("title", form.raw("title"), most=200)
    form.number("duration_minutes", minutes, least=5, most=scheduling.LONGEST_MINUTES, required=True)
    typed = {
        "host_agency_id": form.id("host_agency_id"),
        "recorder_id": form.id("recorder_id"),
        "replies_due_on": form.date("replies_due_on"),
    }
    form.done()
    assert starts is not None
    assert minutes is not None
    try:
        scheduled = scheduling.schedule(
            db,
            viewer,
            mechanism.id,
            kind=form.raw("kind"),
            title=form.raw("title"),
            local_start=starts,
            duration_minutes=minutes,
            location=form.raw("location"),
            asked=asked,
            note=form.raw("note"),
            hides_attendees=form.ticked("hides_attendees"),
            **typed,  # type: ignore[arg-type]
            **await suggesting.by_rule(db, mechanism, starts.date()),
        )
        meeting = await on_field("host_agency_id", scheduled)
    except Invalid as refusal:
        raise renamed(refusal, {"starts_at": "date"} | names) from None
    try:
        await activities.describe(db, viewer, meeting, **read_activity(form, offered))
    except Invalid as refusal:
        form.take(refusal)
    for number in filled_rows(form, "items", ITEM):
        row = f"items.{number}"
        wanted: dict[str, Any] = {name: form.whole(f"{row}.{name}") for name in ITEM[1:]}
        try:
            title, purpose = form.raw(f"{row}.title"), form.raw(f"{row}.purpose")
            added = agenda.add_item(db, viewer, meeting, title=title, purpose=purpose, **wanted)
            await on_field("agency_id", added)
        except Invalid as refusal:
            form.take(renamed(refusal, {name: f"{row}.{name}" for name in (*ITEM, "purpose")}))
    return meeting


@get("/mechanisms/{mechanism_id:int}/meetings/day")
async def day_kind(
    request: AnyRequest,
    db: NamedDependency[Session],
    viewer: NamedDependency[Viewer],
    mechanism_id: FromPath[int],
) -> Response[str]:
    """What kind of day `?date=` (or `?due_on=`, of the form `?key=`) is in the mechanism's region: swapped in beside a date field
    while it is typed."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    for_due = request.query_params.get("due_on")
    day = _day(request.query_params.get("date") or for_due)
    return fragment(
        request,
        "meetings/_day.html",
        key="due-" + request.query_params.get("key", "") if for_due is not None else "day",
        day=kind_of_day(mechanism, day),
        late_joiners=[] if for_due is not None else await late_joiners(db, mechanism, day),
        day_names=DAY_NAMES,
    )


async def late_joiners(db: Session, mechanism: Mechanism, day: date | None) -> list[Member]:
    """Today's members that had not joined on that day: a meeting then is not for all of their people to see."""
    if day is None:
        return []
    then = {member.agency_id for member in await mechanisms.members_on(db, mechanism.id, day)}
    today = db.clock.today(mechanism.timezone)
    return [
        one
        for one in await mechanisms.members_on(db, mechanism.id, today)
        if one.agency_id not in then and one.joined_on > day
    ]


def kind_of_day(mechanism: Mechanism, day: date | None) -> Day | None:
    """What the forms say beside a date."""
    return day_of(region_calendar(mechanism.region), day) if day else None


async def _mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _proposal(db: Session, viewer: Viewer, mechanism: Mechanism, asked_for: date | None) -> Form:
    proposed = await suggesting.next_days(db, viewer, mechanism)
    chosen = next((s for s in proposed if asked_for in (None, s.day.date)), None)
    host = await suggesting.next_host(db, viewer, mechanism) if chosen else None
    values: dict[str, Any] = {
        "kind": "regular" if chosen else "topical",
        "date": asked_for or (chosen.day.date if chosen else None),
        "duration_minutes": 120,
        "host_agency_id": host.id if host else viewer.acts_for(mechanism.id),
    }
    if chosen is not None:
        values |= {
            "title": chosen.series.name,
            "time": f"{chosen.series.start_time:%H:%M}",
            "duration_minutes": chosen.series.duration_minutes,
            "location": chosen.series.location,
        }
    day = values["date"] or db.clock.today(mechanism.timezone)
    asked = await suggesting.last_asked(db, viewer, mechanism)
    own = viewer.acts_for(mechanism.id)
    hosts = own == values["host_agency_id"]  # who does not host asks their own agency's people only
    for agency in (await choices(db, day, mechanism.id)).members:
        if not hosts and agency.id != own:
            continue
        before, name = asked.get(agency.id), f"agency.{agency.id}"
        values |= {
            f"{name}.asked": "1",
            f"{name}.seats": before.seats if before else 1,
            f"{name}.requirement": before.requirement if before else None,
        }
    return Form.of(**values)


async def _page(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Response[str]:
    mechanism = await _mechanism(db, viewer, mechanism_id)
    words = words_of(request)
    day = _day(form.given("date"))
    offered = await choices(
        db, day or db.clock.today(mechanism.timezone), mechanism.id, kept_by=viewer.acts_for(mechanism.id)
    )
    return shown(
        request,
        "meetings/new.html",
        path=f"/mechanisms/{mechanism_id}/meetings/new",
        form=form,
        labels=labels_of(words, form, LABELS, offered.agencies),
        mechanism=mechanism,
        choices=offered,
        suggestions=await suggesting.next_days(db, viewer, mechanism),
        day=kind_of_day(mechanism, day),
        late_joiners=await late_joiners(db, mechanism, day),
        day_names=DAY_NAMES,
        kinds=[(kind, words._(KIND_NAMES[kind])) for kind in KINDS],
        roles=[(role, words._(ROLE_NAMES[role])) for role in ATTENDEE_ROLES],
        purposes=[(purpose, words._(PURPOSE_NAMES[purpose])) for purpose in PURPOSES],
        item_rows=row_numbers(form, "items", spare=1 if form.errors else SPARE_ITEMS),
        guest_rows=row_numbers(form, "guests", spare=1 if form.errors else SPARE_GUESTS),
        other_rows=row_numbers(form, "others", spare=1),
        outside_rows=row_numbers(form, "outside", spare=1),
        groups=[words._(one) for one in GROUPS],
    )


def read_asked(form: Form, offered: Choices) -> tuple[list[Asked], dict[str, str]]:
    """Everybody the form asks, and by the verb's name of each its name in the form."""
    asked: list[Asked] = []
    names: dict[str, str] = {}

    def ask(one: Asked, name: str, chosen: str) -> None:
        names[f"attendees.{len(asked)}"] = name if one.agency_id and not chosen else f"{name}.{chosen}"
        names[f"attendees.{len(asked)}.seats"] = f"{name}.seats"
        names[f"attendees.{len(asked)}.requirement"] = f"{name}.requirement"
        names[f"attendees.{len(asked)}.role"] = f"{name}.role"
        asked.append(one)

    for agency in offered.members:
        name = f"agency.{agency.id}"
        if form.ticked(f"{name}.asked"):
            ask(_seats(form, name, agency.id), name, "asked")
    for number in row_numbers(form, "others"):
        name = f"others.{number}"
        if agency_id := form.id(f"{name}.agency_id"):
            ask(_seats(form, name, agency_id), name, "agency_id")
    for _, people in offered.people:
        for person in people:
            name = f"person.{person.id}"
            if form.ticked(f"{name}.asked"):
                ask(Asked(person_id=person.id, role=form.raw(f"{name}.role")), name, "asked")
    for number in row_numbers(form, "guests"):
        name = f"guests.{number}"
        if person_id := form.id(f"{name}.person_id"):
            ask(Asked(person_id=person_id, role=form.raw(f"{name}.role")), name, "person_id")
    for number in filled_rows(form, "outside", OUTSIDE):
        name = f"outside.{number}"
        guest = Guest(**{field: form.raw(f"{name}.{field}") for field in OUTSIDE})
        names |= {f"attendees.{len(asked)}.{field}": f"{name}.{field}" for field in OUTSIDE}
        ask(Asked(guest=guest, role=form.raw(f"{name}.role")), name, "name")
    return asked, names


def read_activity(form: Form, offered: Choices) -> dict[str, Any]:
    """What the form says of a joint activity, as `activities.describe` takes it."""
    ticked = [one.id for one in offered.agencies if form.ticked(f"co_host.{one.id}")]
    return {
        "co_host_ids": ticked,
        "co_host_names": names_in(form.raw("co_hosts")),
        "audience_groups": names_in(form.raw("audience_groups")),
    }


def _seats(form: Form, name: str, agency_id: int) -> Asked:
    seats = form.whole(f"{name}.seats")
    return Asked(
        agency_id=agency_id,
        seats=1 if seats is None else seats,
        requirement=form.raw(f"{name}.requirement"),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


handlers = [new_meeting, schedule_meeting, day_kind]
