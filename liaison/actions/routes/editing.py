"""Changing what an action item says: wording, responsible agency, owner, supporting agencies, due date; correcting a wrong date."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, dating, queries
from liaison.actions.beside import owners
from liaison.actions.models import ActionItem
from liaison.actions.permissions import CORRECTS, may_change
from liaison.actions.routes.common import Db, Me, choice_of_owner, renamed, shown
from liaison.actions.routes.show import acted
from liaison.db import Session
from liaison.directory.models import Agency, AgencyShown, Person, PersonShown
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.meetings.scheduling import UNSET
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

_Choice = tuple[Agency | AgencyShown, Sequence[Person | PersonShown]]


@get("/actions/{action_id:int}/edit")
async def edit_form(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[str]:
    """The form, filled with what holds now."""
    item = await queries.get(db, viewer, action_id)
    form = Form.of(
        title=item.title,
        who=f"person:{item.owner_id}" if item.owner_id else f"agency:{item.lead_agency_id}",
        supporting=[one.agency_id for one in item.supports],
        due_on=item.due_on,
    )
    return await _page(request, db, viewer, action_id, form, {})


@post("/actions/{action_id:int}/edit")
async def change(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """Save it."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    agency_id, owner_id = choice_of_owner(form)
    if owner_id is not None:
        agency_id = item.lead_agency_id if owner_id == item.owner_id else await queries.agency_of(db, owner_id)
    act = assigning.change(
        db,
        viewer,
        item,
        version=form.whole("version"),
        title=form.raw("title"),
        lead_agency_id=agency_id or 0,
        owner_id=owner_id,
        supporting_agency_ids=form.ids("supporting"),
        due_on=form.date("due_on") if "due_on" in form.values else UNSET,
        reason=form.raw("reason"),
    )
    await attempt(db, form, act, lambda theirs: _page(request, db, viewer, action_id, form, theirs))
    return see_other(f"/actions/{action_id}?done=changed")


@post("/actions/{action_id:int}/due-date")
async def correct_date(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """Put a wrong due date right, with the reason."""
    form = await Form.read(request)
    item = await queries.get(db, viewer, action_id)
    due_on = form.date("right_due_on")
    if due_on is None:
        form.refuse("right_due_on", N_("Please give a date."))
    act = renamed(
        assigning.change(db, viewer, item, due_on=due_on, reason=form.raw("why_wrong"), version=form.whole("version")),
        due_on="right_due_on",
        reason="why_wrong",
    )
    return await acted(request, db, viewer, action_id, form, act, "date_corrected")


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, action_id: int, form: Form, theirs: Mapping[str, Any]
) -> Response[str]:
    item = await queries.get(db, viewer, action_id)
    if not may_change(viewer, item):
        raise NotPermitted(N_("Only liaison officers and deputies of this mechanism may do this."))
    words = words_of(request)
    sets_date = await dating.sets_date_as(db, viewer, item)
    labels = {
        "title": words._("Action item"),
        "who": words._("Responsible agency and owner"),
        "supporting": words._("Supporting agencies"),
        "due_on": words._("Due date"),
        "reason": words._("Why date or owner change"),
    }
    for name, field in (("lead_agency_id", "who"), ("owner_id", "who"), ("supporting_agency_ids", "supporting")):
        if name in form.errors:
            form.errors.setdefault(field, form.errors.pop(name))
    return shown(
        request,
        "actions/edit.html",
        path=f"/actions/{action_id}/edit",
        form=form,
        labels=labels,
        item=item,
        owners=_with_present(item, await owners(db, [item.mechanism_id], db.clock.today(item.mechanism.timezone))),
        theirs=theirs,
        sets_date=sets_date,
        corrects=sets_date == CORRECTS,
    )


def _with_present(item: ActionItem, offered: Sequence[_Choice]) -> list[_Choice]:
    """The choices with whom the item names now, also where they left since: saving something else must not choose anew."""
    agencies = {agency.id for agency, _ in offered}
    present = {item.lead_agency.id: item.lead_agency} | {one.agency_id: one.agency for one in item.supports}
    groups: list[_Choice] = [*offered, *((agency, ()) for agency in present.values() if agency.id not in agencies)]
    owner = item.owner
    if owner is None or any(
        person.id == owner.id for agency, people in groups if agency.id == item.lead_agency_id for person in people
    ):
        return groups
    return [
        (
            agency,
            [*people, owner] if agency.id == item.lead_agency_id else [one for one in people if one.id != owner.id],
        )
        for agency, people in groups
    ]


handlers = [edit_form, change, correct_date]
