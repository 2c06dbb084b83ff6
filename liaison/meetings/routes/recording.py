"""The page of a meeting while it is held and after: attendance, current item, notes that save themselves, decisions, 已召开."""

import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import NotPermitted
from liaison.meetings import agenda, holding, queries, recording
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_RECORDER
from liaison.meetings.recorded import note as note_of
from liaison.meetings.routes.common import shown
from liaison.meetings.routes.show import DONE, recorded, region
from liaison.web.forms import Form, attempt, whole_number
from liaison.web.pages import AnyRequest, fragment, see_other, words_of


@post("/meetings/{meeting_id:int}/notes")
async def save_note(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """Keep what was typed; somebody else's newer text is shown beside it, and nothing is lost."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    item_id = form.id("agenda_item_id")
    act = recording.save_note(
        db,
        viewer,
        meeting,
        form.raw("text"),
        agenda_item_id=item_id,
        version=form.whole("version"),
        tried=form.raw("tried") if "tried" in form.values else None,
    )
    again = _note_line if request.htmx else _note_page
    note = await attempt(db, form, act, lambda theirs: again(request, db, viewer, meeting_id, form, theirs))
    if not request.htmx:
        return see_other(f"/meetings/{meeting_id}#item-{item_id}" if item_id else f"/meetings/{meeting_id}#running")
    return fragment(
        request,
        "meetings/_note_saved.html",
        meeting=meeting,
        item_id=item_id,
        note=note,
        theirs=None,
        **region(db, request, meeting),
    )


async def _note_line(
    request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form, theirs: Mapping[str, Any]
) -> Response[str]:
    """Below the field, which keeps what was typed: their text, or what is wrong with this one."""
    meeting, item_id = await queries.get(db, viewer, meeting_id), form.id("agenda_item_id")
    return fragment(
        request,
        "meetings/_note_saved.html",
        meeting=meeting,
        item_id=item_id,
        note=(note := await note_of(db, viewer, meeting_id, item_id)),
        saver=await db.get(Person, note.saved_by) if note and note.saved_by else None,
        theirs=theirs,
        form=form,
        **region(db, request, meeting),
    )


async def _note_page(
    request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form, theirs: Mapping[str, Any]
) -> Response[str]:
    """The same on a page of its own, for a browser without JavaScript."""
    meeting = await queries.get(db, viewer, meeting_id)
    return shown(
        request,
        "meetings/note.html",
        path=f"/meetings/{meeting_id}",
        meeting=meeting,
        **{**await recorded(db, request, viewer, meeting), "form": form},
        note=await note_of(db, viewer, meeting_id, form.id("agenda_item_id")),
        theirs=theirs,
    )


@post("/agenda-items/{item_id:int}/begin")
async def begin_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """Take this item up."""
    item = await agenda.item_of(db, viewer, item_id, unseen=True)
    await holding.begin_item(db, viewer, item)
    return await _running(request, db, viewer, item.meeting)


@post("/agenda-items/{item_id:int}/settle")
async def settle_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """已议; the next one is taken up."""
    item = await agenda.item_of(db, viewer, item_id, unseen=True)
    await holding.settle_item(db, viewer, item)
    return await _running(request, db, viewer, item.meeting)


@post("/agenda-items/{item_id:int}/skip")
async def skip_item(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], item_id: FromPath[int]
) -> Response[Any]:
    """暂时跳过; the next one is taken up."""
    item = await agenda.item_of(db, viewer, item_id, unseen=True)
    await holding.skip_item(db, viewer, item)
    return await _running(request, db, viewer, item.meeting)


async def _running(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting) -> Response[Any]:
    if not request.htmx:
        return see_other(f"/meetings/{meeting.id}#running")
    await db.flush()
    return fragment(request, "meetings/_running.html", meeting=meeting, **await recorded(db, request, viewer, meeting))


@post("/meetings/{meeting_id:int}/attendance")
async def check_in(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """签到登记: what was chosen for each person; with `everybody` all who said they would come are present."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    chosen, seen = (
        {
            whole_number(name.removeprefix(prefix)) or 0: form.raw(name) or None
            for name in form.values
            if name.startswith(prefix)
        }
        for prefix in ("attendance.", "seen.")
    )
    await holding.check_in_all(db, viewer, meeting, chosen, seen=seen, everybody=form.ticked("everybody"))
    if not request.htmx:
        return see_other(f"/meetings/{meeting_id}?done=checked_in#attendance")
    await db.flush()
    return fragment(
        request, "meetings/_attendance.html", meeting=meeting, **await recorded(db, request, viewer, meeting)
    )


@post("/meetings/{meeting_id:int}/decisions")
async def decide(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """One more decision, under the next number, and where it charges an agency its action item in the same step."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    again = _decide_form if request.htmx else _decide_page
    act = _decide(request, db, viewer, meeting, form)
    decision, item = await attempt(db, form, act, lambda _: again(request, db, viewer, meeting_id, form))
    done = "decided" if item is None else "assigned_too"
    if not request.htmx:
        return see_other(f"/meetings/{meeting_id}?done={done}&new={decision.id}#decisions")
    await db.flush()
    return await _decide_form(request, db, viewer, meeting_id, form, done=done, decision=decision)


async def _decide(
    request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting, form: Form
) -> tuple[Decision, Any]:
    typed = _charge(form)
    if typed["lead_agency_id"] is None and not typed["supporting_agency_ids"]:
        typed["due_on"] = None  # the date that the form proposes is for whoever is charged
    decision = await recording.decide(
        db, viewer, meeting, text=form.raw("text"), agenda_item_id=form.id("agenda_item_id"), **typed
    )
    if not (decision.lead_agency_id and form.ticked("with_action")):
        return decision, None
    return decision, await request.app.state.assign_decided(db, viewer, decision)


def _charge(form: Form) -> dict[str, Any]:
    return {
        "lead_agency_id": form.id("lead_agency_id"),
        "supporting_agency_ids": form.ids("supporting_agency_ids"),
        "due_on": form.date("due_on"),
    }


async def _decide_form(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    meeting_id: int,
    form: Form,
    *,
    done: str = "",
    decision: Decision | None = None,
) -> Response[str]:
    """The form alone: as it was typed with what is wrong, or empty again with everything that the decision changed on the page."""
    meeting = await queries.get(db, viewer, meeting_id)
    key = form.raw("key") if re.fullmatch(r"item-\d{1,18}|all", form.raw("key")) else "all"
    undo = f"/decisions/{decision.id}/take-back" if decision and meeting.held_at is None else None
    found = await recorded(db, request, viewer, meeting)
    return fragment(
        request,
        "meetings/_decided.html",
        meeting=meeting,
        **found,
        key=key,
        item_id=form.raw("agenda_item_id") if key != "all" else "",
        here=f"/meetings/{meeting_id}",
        typed=None if done else form,
        decision=decision,
        toast=SimpleNamespace(text=words_of(request)._(DONE[done]), undo_url=undo) if done else None,
    )


async def _decide_page(request: AnyRequest, db: Session, viewer: Viewer, meeting_id: int, form: Form) -> Response[str]:
    meeting = await queries.get(db, viewer, meeting_id)
    found = await recorded(db, request, viewer, meeting)
    return shown(
        request,
        "meetings/decision.html",
        path=f"/meetings/{meeting_id}",
        meeting=meeting,
        **{**found, "form": form},
        decision=None,
        charges=found["record"].members,
        action=f"/meetings/{meeting_id}/decisions",
        theirs={},
    )


@get("/decisions/{decision_id:int}/edit")
async def decision_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], decision_id: FromPath[int]
) -> Response[str]:
    """The form to correct or revoke one decision."""
    decision = await recording.decision_of(db, viewer, decision_id)
    return await _decision_page(request, db, viewer, decision_id, _filled(decision), {})


def _filled(decision: Decision) -> Form:
    return Form.of(
        text=decision.text,
        lead_agency_id=decision.lead_agency_id,
        supporting_agency_ids=[one.agency_id for one in decision.supports],
        due_on=decision.due_on,
    )


@post("/decisions/{decision_id:int}/edit")
async def change_decision(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], decision_id: FromPath[int]
) -> Response[Any]:
    """Correct, revoke or restore it."""
    form = await Form.read(request)
    decision = await recording.decision_of(db, viewer, decision_id)
    meeting_id, version, reason = decision.meeting_id, form.whole("version"), form.raw("reason")
    match form.raw("act"):
        case "revoke":
            act, done = recording.revoke(db, viewer, decision, reason=reason, version=version), "revoked"
        case "restore":
            act, done = recording.restore(db, viewer, decision), "decided"
        case _:
            typed = {"text": form.raw("text"), **_charge(form)}
            act = recording.correct(db, viewer, decision, **typed, reason=reason, version=version)
            done = "decided"
    await attempt(db, form, act, lambda theirs: _decision_page(request, db, viewer, decision_id, form, theirs))
    return see_other(f"/meetings/{meeting_id}?done={done}&decision={decision_id}#decisions")


async def _decision_page(
    request: AnyRequest, db: Session, viewer: Viewer, decision_id: int, form: Form, theirs: Mapping[str, Any]
) -> Response[str]:
    decision = await recording.decision_of(db, viewer, decision_id)
    if not await recording.may_correct(db, viewer, decision):
        raise NotPermitted(NOT_RECORDER)
    found = await recorded(db, request, viewer, decision.meeting)
    named = [*([decision.lead_agency] if decision.lead_agency else []), *(one.agency for one in decision.supports)]
    return shown(
        request,
        "meetings/decision.html",
        path=f"/decisions/{decision_id}/edit",
        meeting=decision.meeting,
        **{**found, "form": form},
        decision=decision,
        charges=list(dict.fromkeys([*found["record"].members, *named])),
        action=f"/decisions/{decision_id}/edit",
        theirs=theirs,
    )


@get(["/meetings/{meeting_id:int}/hold", "/meetings/{meeting_id:int}/unhold"])
async def hold_form(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[str]:
    """What is about to be recorded: who was there, what is missing, the 会次."""
    return await _hold_page(request, db, viewer, meeting_id, request.url.path.rpartition("/")[2], Form())


@post("/meetings/{meeting_id:int}/hold")
async def hold(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """已召开."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    act = holding.hold(
        db,
        viewer,
        meeting,
        ordinal=form.whole("ordinal"),
        ordinal_in_year=form.whole("ordinal_in_year"),
        quorum_reason=form.given("quorum_reason"),
        version=form.whole("version"),
    )
    await attempt(db, form, act, lambda theirs: _hold_page(request, db, viewer, meeting_id, "hold", form, theirs))
    return see_other(f"/meetings/{meeting_id}?done=held")


@post("/meetings/{meeting_id:int}/unhold")
async def unhold(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[Any]:
    """A mistaken hold is taken back, with the reason."""
    form = await Form.read(request)
    meeting = await queries.get(db, viewer, meeting_id)
    act = holding.unhold(db, viewer, meeting, reason=form.raw("reason"), version=form.whole("version"))
    await attempt(db, form, act, lambda theirs: _hold_page(request, db, viewer, meeting_id, "unhold", form, theirs))
    return see_other(f"/meetings/{meeting_id}?done=unheld")


async def _hold_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    meeting_id: int,
    name: str,
    form: Form,
    theirs: Mapping[str, Any] = {},
) -> Response[str]:
    meeting = await queries.get(db, viewer, meeting_id)
    found = await recorded(db, request, viewer, meeting)
    if not (found["record"].may_record if name == "hold" else found["record"].may_correct):
        raise NotPermitted(NOT_RECORDER)
    if not form.values and not form.errors and found["record"].ordinals:
        ordinal, in_year = found["record"].ordinals
        form = Form.of(ordinal=ordinal, ordinal_in_year=in_year)
    return shown(
        request,
        f"meetings/{name}.html",
        path=f"/meetings/{meeting_id}/{name}",
        theirs=theirs,
        meeting=meeting,
        **{**found, "form": form},
    )


handlers = [
    save_note,
    begin_item,
    settle_item,
    skip_item,
    check_in,
    decide,
    decision_form,
    change_decision,
    hold_form,
    hold,
    unhold,
]
