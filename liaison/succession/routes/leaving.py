"""Somebody leaves the service: what ends and what they leave open is counted before; and what a host does without."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import queries as directory
from liaison.directory.permissions import may_deactivate
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.wording import ROLES
from liaison.succession import leaving, left, transferring
from liaison.succession.routes.roles_form import roles_form
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Page = Response[Any]

_LABELS = {"meeting_roles_to_id": N_("Who does it then")}


@get("/directory/people/{person_id:int}/deactivate")
async def deactivate_form(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """What ends with the account, and who takes over what the person was to do at meetings."""
    return await _page(request, db, viewer, person_id, None, {})


@post("/directory/people/{person_id:int}/deactivate")
async def deactivate(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """Take a person's account out of use."""
    form = await Form.read(request)
    await directory.person(db, viewer, person_id)
    act = leaving.deactivate(db, viewer, person_id, meeting_roles_to_id=form.id("meeting_roles_to_id"))
    await attempt(db, form, act, lambda theirs: _page(request, db, viewer, person_id, form, theirs))
    return see_other(f"/directory/people/{person_id}")


@post("/meetings/{meeting_id:int}/left-roles")
async def do_without(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Page:
    """The host names nobody for what somebody who left was to do."""
    form = await Form.read(request)
    await left.do_without(db, viewer, meeting_id, form.raw("role"))
    return see_other("/")


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, person_id: int, form: Form | None, theirs: Mapping[str, Any]
) -> Page:
    person = await directory.person(db, viewer, person_id)
    if not may_deactivate(viewer, person.agency.keeper_id):
        raise NotPermitted(N_("Only the person's agency and the operator may deactivate somebody."))
    back = f"/directory/people/{person_id}"
    request.state.form_path = back
    words = words_of(request)
    form, shown = await roles_form(db, viewer, words, person, form)
    return page(
        request,
        "directory/deactivate_form.html",
        nav="directory",
        form=form,
        labels={name: words._(label) for name, label in _LABELS.items()},
        back=back,
        person=person,
        held=await transferring.held(db, person),
        roles=ROLES,
        **shown,
    )


handlers = [deactivate_form, deactivate, do_without]
