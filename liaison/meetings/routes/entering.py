"""补录: the one page on which a meeting held without the system is entered."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import activities, scheduling
from liaison.meetings.activity_models import GROUPS
from liaison.meetings.entering import Present, enter_held
from liaison.meetings.models import KINDS, Meeting
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.routes.common import choices, labels_of, renamed, shown
from liaison.meetings.routes.new import kind_of_day, read_activity
from liaison.meetings.showing import DAY_NAMES
from liaison.meetings.wording import KIND_NAMES
from liaison.web.forms import Form, attempt, whole_number
from liaison.web.pages import AnyRequest, see_other, words_of

LABELS = {
    "title": N_("Title"),
    "kind": N_("Kind"),
    "date": N_("Date"),
    "time": N_("Begins at"),
    "duration_minutes": N_("Length in minutes"),
    "location": N_("Place"),
    "host_agency_id": N_("Host agency"),
    "co_hosts": N_("Co-hosts"),
    "audience_groups": N_("Audience"),
    "items": N_("Agenda"),
    "decisions": N_("Decisions"),
    "notes": N_("Notes"),
    "ordinal": N_("Number in all"),
    "ordinal_in_year": N_("Number in the year"),
}


@get("/mechanisms/{mechanism_id:int}/meetings/held")
async def enter_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], mechanism_id: FromPath[int]
) -> Response[str]:
    """The empty form."""
    form = Form.of(kind="regular", duration_minutes=120, host_agency_id=viewer.acts_for(mechanism_id))
    return await _page(request, db, viewer, mechanism_id, form)


@post("/mechanisms/{mechanism_id:int}/meetings/held")
async def enter_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], mechanism_id: FromPath[int]
) -> Response[Any]:
    """Save it as held; nobody is mailed."""
    form = await Form.read(request)
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    act = _enter(db, viewer, mechanism.id, form)
    meeting = await attempt(db, form, act, lambda _: _page(request, db, viewer, mechanism_id, form))
    return see_other(f"/meetings/{meeting.id}?done=held")


async def _enter(db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Meeting:
    starts, minutes = form.local_start("date", "time"), form.whole("duration_minutes")
    form.required_text("title", form.raw("title"), most=200)
    form.number("duration_minutes", minutes, least=5, most=scheduling.LONGEST_MINUTES, required=True)
    numbers = {name: form.whole(name) for name in ("ordinal", "ordinal_in_year")}
    form.done()
    assert starts is not None
    assert minutes is not None
    there = [(name, line) for name in form.values if name.startswith("present.") for line in _lines(form, name)]
    present = [
        Present(whole_number(name.removeprefix("present.")) or 0, *_name_and_title(line)) for name, line in there
    ]
    places = {f"present.{n}": name for n, (name, _) in enumerate(there)}
    texts = {name: _lines(form, name) for name in ("items", "decisions")}
    places |= {f"{name}.{n}": name for name, lines in texts.items() for n in range(len(lines))}
    try:
        meeting = await enter_held(
            db,
            viewer,
            mechanism_id,
            kind=form.raw("kind"),
            title=form.raw("title"),
            local_start=starts,
            duration_minutes=minutes,
            location=form.raw("location"),
            host_agency_id=form.id("host_agency_id"),
            present=present,
            notes=form.raw("notes"),
            items=texts["items"],
            decisions=texts["decisions"],
            ordinal=numbers["ordinal"],
            ordinal_in_year=numbers["ordinal_in_year"],
        )
        offered = await choices(db, starts.date(), mechanism_id)
        await activities.describe(db, viewer, meeting, **read_activity(form, offered))
    except Invalid as refusal:
        raise renamed(refusal, {"starts_at": "date"} | places) from None
    return meeting


def _lines(form: Form, name: str) -> list[str]:
    return [line.strip() for line in form.raw(name).splitlines() if line.strip()]


def _name_and_title(line: str) -> tuple[str, str | None]:
    """ "陈志远 副检察长" as name and job title; a comma or a space parts them."""
    for mark in ("，", ",", "\t", "　", " "):
        name, found, title = line.partition(mark)
        if found:
            return name.strip(), title.strip() or None
    return line, None


async def _page(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Response[str]:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_schedule(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    words = words_of(request)
    # Whoever was a member at any time: the day of the meeting is still to be typed, and what was typed before stays on the page.
    agencies = list({one.agency_id: one.agency for one in await mechanisms.members(db, mechanism_id)}.values())
    people = words._("Present of %(agency)s")
    return shown(
        request,
        "meetings/enter.html",
        path=f"/mechanisms/{mechanism_id}/meetings/held",
        form=form,
        labels=labels_of(words, form, LABELS)
        | {f"present.{a.id}": people % {"agency": a.short_name} for a in agencies},
        mechanism=mechanism,
        agencies=agencies,
        day=kind_of_day(mechanism, form.typed_date("date")),
        late_joiners=(),
        day_names=DAY_NAMES,
        choices=await choices(db, form.typed_date("date") or db.clock.today(mechanism.timezone), mechanism.id),
        groups=[words._(one) for one in GROUPS],
        kinds=[(kind, words._(KIND_NAMES[kind])) for kind in KINDS],
    )


handlers = [enter_form, enter_meeting]
