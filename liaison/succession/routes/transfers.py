"""Moving somebody to another agency: what ends and what stays is counted before."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import queries as directory
from liaison.directory.permissions import may_transfer
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.wording import ROLES
from liaison.succession import transferring
from liaison.succession.routes.roles_form import roles_form
from liaison.succession.transferring import LIAISON, NOBODY
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Page = Response[Any]

_LABELS = {
    "agency_id": N_("Agency"),
    "department": N_("Department"),
    "job_title": N_("Job title"),
    "mail": N_("Mail address"),
    "phone": N_("Phone"),
    "open_items": N_("Open action items"),
    "meeting_roles_to_id": N_("Who does it then"),
}


@get("/directory/people/{person_id:int}/transfer")
async def transfer_form(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """The form of a transfer to another agency."""
    person = await directory.person(db, viewer, person_id)
    form, _ = await roles_form(db, viewer, words_of(request), person, None)
    form.values |= Form.of(mail=person.mail, phone=person.phone, version=person.version, open_items=LIAISON).values
    return await _page(request, db, viewer, person_id, form, {})


@post("/directory/people/{person_id:int}/transfer")
async def transfer(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """Move a person to another agency."""
    form = await Form.read(request)
    agency_id = form.id("agency_id")
    if agency_id is None:
        form.refuse("agency_id", N_("Please choose an agency."))
        agency_id = (await directory.person(db, viewer, person_id)).agency_id
    act = transferring.transfer(
        db,
        viewer,
        person_id,
        agency_id=agency_id,
        open_items=form.raw("open_items") or LIAISON,
        meeting_roles_to_id=form.id("meeting_roles_to_id"),
        version=form.whole("version"),
        department=form.raw("department"),
        job_title=form.raw("job_title"),
        mail=form.raw("mail"),
        phone=form.raw("phone"),
    )
    await attempt(db, form, act, lambda theirs: _page(request, db, viewer, person_id, form, theirs))
    return see_other(f"/directory/people/{person_id}")


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, person_id: int, form: Form, theirs: Mapping[str, Any]
) -> Page:
    person = await directory.person(db, viewer, person_id)
    has_admin = await directory.has_admin(db, person.agency_id)
    if not may_transfer(viewer, person.agency_id, 0, has_admin=has_admin):
        raise NotPermitted(N_("Only the operator of this site moves people to another agency."))
    request.state.form_path = f"/directory/people/{person_id}"
    if theirs:
        form.values["version"] = [str(theirs["version"])]
    words = words_of(request)
    form, shown = await roles_form(db, viewer, words, person, form)
    agencies = await directory.agencies_in_order(db, viewer)
    return page(
        request,
        "directory/transfer_form.html",
        nav="directory",
        form=form,
        theirs=theirs,
        labels={name: words._(label) for name, label in _LABELS.items()},
        back=f"/directory/people/{person_id}",
        person=person,
        **shown,
        held=await transferring.held(db, person),
        roles=ROLES,
        items_go=[
            (LIAISON, words._("to the liaison in office of %(agency)s", agency=person.agency.short_name)),
            (NOBODY, words._("to nobody until the agency names somebody; its liaison is reminded")),
        ],
        agencies=[
            (each.id, each.name) for each in agencies if each.deactivated_at is None and each.id != person.agency_id
        ],
    )


handlers = [transfer_form, transfer]
