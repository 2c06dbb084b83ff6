"""Editing a meeting and moving, postponing, cancelling, reinstating it: each saves alone, or saves and tells everybody at once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid
from liaison.i18n import N_, Words
from liaison.meetings import activities, activity_queries, announcing, overview, queries, scheduling
from liaison.meetings.activity_models import GROUPS
from liaison.meetings.models import KINDS, Meeting
from liaison.meetings.permissions import may_change_host
from liaison.meetings.routes.common import both_versions, choices, keep_version, meeting_to_change, renamed, shown
from liaison.meetings.routes.new import LABELS, kind_of_day, late_joiners, read_activity
from liaison.meetings.showing import DAY_NAMES
from liaison.meetings.wording import KIND_NAMES
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@dataclass(frozen=True, slots=True)
class Act:
    """One way to change a meeting: its page, and what its two buttons say."""

    template: str
    heading: str
    save: str
    save_and_send: Callable[[Words, int], str]
    """given to how many addresses a mail goes"""
    off: bool = False
    fields: tuple[str, ...] = ("date", "time", "duration_minutes", "location", "reason")


ACTS = {
    "edit": Act(
        "meetings/edit.html",
        N_("Edit the meeting"),
        N_("Save only"),
        lambda words, n: words.ngettext("Save and tell %(n)d address", "Save and tell %(n)d addresses", n),
        fields=(
            "title",
            "kind",
            "location",
            "host_agency_id",
            "recorder_id",
            "co_hosts",
            "audience_groups",
            "note",
            "replies_due_on",
        ),
    ),
    "move": Act(
        "meetings/when.html",
        N_("Move the meeting"),
        N_("Move only, tell later"),
        lambda words, n: words.ngettext("Move and tell %(n)d address", "Move and tell %(n)d addresses", n),
    ),
    "reinstate": Act(
        "meetings/when.html",
        N_("Reinstate the meeting"),
        N_("Reinstate only, tell later"),
        lambda words, n: words.ngettext("Reinstate and tell %(n)d address", "Reinstate and tell %(n)d addresses", n),
    ),
    "postpone": Act(
        "meetings/off.html",
        N_("Postpone, new date to follow"),
        N_("Postpone only, tell later"),
        lambda words, n: words.ngettext("Postpone and tell %(n)d address", "Postpone and tell %(n)d addresses", n),
        off=True,
        fields=("reason",),
    ),
    "cancel": Act(
        "meetings/off.html",
        N_("Cancel the meeting"),
        N_("Cancel only, tell later"),
        lambda words, n: words.ngettext("Cancel and tell %(n)d address", "Cancel and tell %(n)d addresses", n),
        off=True,
        fields=("reason",),
    ),
}


VACANT = "vacant"


@get([f"/meetings/{{meeting_id:int}}/{name}" for name in ACTS])
async def change_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """The form, filled with what holds now."""
    meeting = await meeting_to_change(db, viewer, meeting_id)
    name = request.url.path.rpartition("/")[2]
    form = Form.of(
        title=meeting.title,
        kind=meeting.kind,
        location=meeting.location,
        host_agency_id=meeting.host_agency_id,
        recorder_id=meeting.recorder_id,
        note=meeting.note,
        replies_due_on=meeting.replies_due_on,
        hides_attendees="1" if meeting.hides_attendees else None,
        date=None if name == "reinstate" else request.query_params.get("date") or meeting.local_on,
        time=request.query_params.get("time") or f"{meeting.local_start:%H:%M}",
        duration_minutes=meeting.duration_minutes,
    )
    if name == "edit":
        hosts = [one.agency for one in await activity_queries.co_hosts(db, meeting.id)]
        form.values |= {f"co_host.{one.id}": ["1"] for one in hosts if one.kept_by_id is None}
        form.values["co_hosts"] = ["、".join(one.name for one in hosts if one.kept_by_id is not None)]
        form.values["audience_groups"] = ["、".join(meeting.audience_groups or ())]
    return await _page(request, db, viewer, meeting_id, name, form)


@post("/meetings/{meeting_id:int}/edit")
async def edit_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """What the notice says, except when it takes place."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)
    # Who may not name another host has no such field; one left empty is refused.
    host = (form.id("host_agency_id") or 0) if "host_agency_id" in form.values else scheduling.UNSET
    due = form.date("replies_due_on")
    recorder = form.id("recorder_id")
    offered = await choices(db, meeting.local_on, meeting.mechanism_id)

    async def change() -> bool:
        await scheduling.change(
            db,
            viewer,
            meeting,
            version=form.whole("version"),
            title=form.raw("title"),
            kind=form.raw("kind"),
            location=form.raw("location"),
            note=form.raw("note"),
            replies_due_on=due,
            hides_attendees=form.ticked("hides_attendees"),
            host_agency_id=host,
            recorder_id=recorder,
        )
        return await activities.describe(db, viewer, meeting, **read_activity(form, offered))

    return await _change(request, db, viewer, meeting, "edit", form, change())


@post("/meetings/{meeting_id:int}/move")
async def move_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """改期."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)

    async def act() -> Meeting:
        return await scheduling.move(db, viewer, meeting, reason=form.raw("reason"), **_when(form))

    return await _change(request, db, viewer, meeting, "move", form, act())


@post("/meetings/{meeting_id:int}/reinstate")
async def reinstate_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """恢复: it takes place after all, at this time."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)

    async def act() -> Meeting:
        return await scheduling.reinstate(db, viewer, meeting, **_when(form))

    return await _change(request, db, viewer, meeting, "reinstate", form, act())


@post("/meetings/{meeting_id:int}/postpone")
async def postpone_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """会议延期，时间另行通知."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)
    act = scheduling.postpone(db, viewer, meeting, reason=form.raw("reason"), version=form.whole("version"))
    return await _change(request, db, viewer, meeting, "postpone", form, act)


@post("/meetings/{meeting_id:int}/cancel")
async def cancel_meeting(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """取消."""
    form = await Form.read(request)
    meeting = await meeting_to_change(db, viewer, meeting_id)
    act = scheduling.cancel(db, viewer, meeting, reason=form.raw("reason"), version=form.whole("version"))
    return await _change(request, db, viewer, meeting, "cancel", form, act)


async def _change(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    name: str,
    form: Form,
    act: Awaitable[Meeting | bool],
) -> Response[Any]:
    """Do it; with the second button tell everybody in the same transaction. `act` gives True where it changed what `_said` does not see."""
    told = form.raw("then") == "send" and meeting.announced_at is not None
    meeting_id, before = meeting.id, _said(meeting)

    async def doing() -> str:
        try:
            more = await act is True
        except Invalid as refusal:
            raise renamed(refusal, {"starts_at": "date"}) from None
        done = "saved"
        if told:
            try:
                announcement = await announcing.send(db, viewer, meeting)
                done = "sent" if await queries.calls_for_mail(db, announcement) else "noted"
            except announcing.NothingNew:
                done = "nothing_to_tell"
            except Invalid as refusal:
                if "vacancy_reason" not in refusal.errors:
                    raise
                done = VACANT
        if done != "sent" and not more and _said(meeting) == before and meeting.announced_at is not None:
            if name == "move":
                raise Invalid(
                    {"date": N_("Nothing was changed, and nothing was sent: this is when and where it takes place.")}
                )
            done = "unchanged"
        return done

    done = await attempt(
        db, form, doing(), lambda theirs: _page(request, db, viewer, meeting_id, name, form, theirs=theirs)
    )
    if done == VACANT:  # saved, and told once a reason is given
        return see_other(f"/meetings/{meeting_id}/send#vacant")
    return see_other(f"/meetings/{meeting_id}?done={done}")


def _said(meeting: Meeting) -> tuple[Any, ...]:
    """All that these forms change, to see whether anything was; a reason goes with a change and is none."""
    return tuple(
        getattr(meeting, name)
        for name in (
            "title", "kind", "local_start", "duration_minutes", "location", "note", "host_agency_id", "recorder_id",
            "replies_due_on", "hides_attendees", "state",
        )
    )  # fmt: skip


def _when(form: Form) -> dict[str, Any]:
    starts, minutes = form.local_start("date", "time"), form.whole("duration_minutes")
    form.number("duration_minutes", minutes, least=5, most=scheduling.LONGEST_MINUTES, required=True)
    version = form.whole("version")
    form.done()
    assert isinstance(starts, datetime)
    return {
        "local_start": starts,
        "duration_minutes": minutes,
        "location": form.raw("location"),
        "version": version,
    }


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    meeting_id: int,
    name: str,
    form: Form,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    meeting = await meeting_to_change(db, viewer, meeting_id)
    words = words_of(request)
    act = ACTS[name]
    addresses = await overview.reached(db, meeting, off=act.off)
    labels = {field: words._(LABELS[field]) for field in act.fields}
    keep_version(form, meeting.version, stale=bool(theirs))
    return shown(
        request,
        act.template,
        path=f"/meetings/{meeting_id}/{name}",
        form=form,
        meeting=meeting,
        name=name,
        act=act,
        labels=labels,
        addresses=addresses,
        save=words._(act.save),
        save_and_send=act.save_and_send(words, len(addresses)),
        day=kind_of_day(meeting.mechanism, Form.of(date=form.given("date")).date("date")),
        late_joiners=await late_joiners(db, meeting.mechanism, form.typed_date("date")),
        day_names=DAY_NAMES,
        kinds=[(kind, words._(KIND_NAMES[kind])) for kind in KINDS],
        may_change_host=may_change_host(viewer, meeting, await queries.creators_agency_id(db, meeting)),
        choices=await choices(db, meeting.local_on, meeting.mechanism_id) if name == "edit" else None,
        groups=[words._(one) for one in GROUPS],
        stale=both_versions(request, form, theirs or {}, labels),
    )


handlers = [change_form, edit_meeting, move_meeting, reinstate_meeting, postpone_meeting, cancel_meeting]
