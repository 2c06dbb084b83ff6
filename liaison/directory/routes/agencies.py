"""Pages of one agency and its offices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import get, post

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import agencies, offices, queries
from liaison.directory.fields import KINDS, AgencyFields, OfficeFields
from liaison.directory.permissions import may_keep_agencies
from liaison.directory.routes.common import Db, Id, May, Me, Page, Theirs, ask, form_page, may_in
from liaison.directory.values import agency_json, office_json
from liaison.directory.wording import KIND_NAMES
from liaison.i18n import N_
from liaison.mail.bounces import bad_addresses
from liaison.mechanisms.queries import lists_confirmed
from liaison.web.confirming import confirm_page
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other


@get("/agencies/{agency_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """One agency: how to reach it, its offices and its people."""
    agency = await queries.agency(db, viewer, agency_id)
    may = await may_in(db, viewer, agency_id)
    people = await queries.people_of(db, viewer, agency_id)
    return page(
        request,
        "directory/agency.html",
        nav="directory",
        agency=agency,
        kind_names=KIND_NAMES,
        offices=await queries.offices(db, viewer, agency_id=agency_id),
        closed_offices=await queries.offices(db, viewer, agency_id=agency_id, deactivated=True),
        people=people,
        bad=await bad_addresses(db, {each.mail for each in people if each.mail}),
        left=await queries.people_of(db, viewer, agency_id, deactivated=True),
        may=may,
        confirmed=_newest(await lists_confirmed(db, agency_id=agency_id)) if may.read_contact else None,
        reachable={agency_id} if may.read_contact else set(),
    )


def _newest(confirmed: Mapping[int, tuple[datetime, str | None]]) -> tuple[datetime, str | None] | None:
    """When the agency last said in any mechanism that its list is right."""
    return max(confirmed.values(), key=lambda each: each[0], default=None)


@get("/agencies/new")
async def new(request: AnyRequest, viewer: Me) -> Page:
    """The form of a new agency."""
    ask(may_keep_agencies(viewer))
    return _form(request, Form.of(kind="administration", sort_order=100), {}, None)


@post("/agencies/new")
async def add(request: AnyRequest, db: Db, viewer: Me) -> Page:
    """Add an agency."""
    form = await Form.read(request)

    async def again(theirs: Theirs) -> Page:
        ask(may_keep_agencies(viewer))
        return _form(request, form, theirs, None)

    agency = await attempt(db, form, agencies.add_agency(db, viewer, **_agency(form)), again)
    return see_other(f"/directory/agencies/{agency.id}")


@get("/agencies/{agency_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """The form to change an agency."""
    agency = await queries.agency(db, viewer, agency_id)
    ask(may_keep_agencies(viewer))
    return _form(request, Form.of(**agency_json(agency)), {}, agency_id)


@post("/agencies/{agency_id:int}/edit")
async def change(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """Change an agency."""
    form = await Form.read(request)

    async def again(theirs: Theirs) -> Page:
        return _form(request, form, theirs, agency_id)

    act = agencies.change_agency(db, viewer, agency_id, version=form.whole("version"), **_agency(form))
    await attempt(db, form, act, again)
    return see_other(f"/directory/agencies/{agency_id}")


@post("/agencies/{agency_id:int}/deactivate")
async def deactivate(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """Take an agency out of use, once that was confirmed."""
    form = await Form.read(request)
    back = f"/directory/agencies/{agency_id}"
    agency = await queries.agency(db, viewer, agency_id)
    ask(may_keep_agencies(viewer))
    if not form.ticked("confirmed"):
        question = N_("Take %(name)s out of use? It disappears from lists; what happened stays as it was.")
        return confirm_page(
            request,
            nav="directory",
            question=question,
            button=N_("Deactivate"),
            action=f"{back}/deactivate",
            back=back,
            name=agency.name,
        )
    await agencies.deactivate_agency(db, viewer, agency_id)
    return see_other("/directory")


@post("/agencies/{agency_id:int}/reactivate")
async def reactivate(db: Db, viewer: Me, agency_id: Id) -> Page:
    """Take an agency into use again."""
    await agencies.reactivate_agency(db, viewer, agency_id)
    return see_other(f"/directory/agencies/{agency_id}")


@get("/agencies/{agency_id:int}/offices/new")
async def new_office(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """The form of a new office."""
    return await _office_form(request, db, viewer, agency_id, Form(), {})


@post("/agencies/{agency_id:int}/offices/new")
async def add_office(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """Add an office."""
    form = await Form.read(request)
    act = offices.add_office(db, viewer, agency_id=agency_id, **_office(form))
    await attempt(db, form, act, lambda theirs: _office_form(request, db, viewer, agency_id, form, theirs))
    return see_other(f"/directory/agencies/{agency_id}#offices")


@get("/offices/{office_id:int}/edit")
async def edit_office(request: AnyRequest, db: Db, viewer: Me, office_id: Id) -> Page:
    """The form to change an office."""
    office = await queries.office(db, viewer, office_id)
    form = Form.of(**office_json(office))
    return await _office_form(request, db, viewer, office.agency_id, form, {}, office_id)


@post("/offices/{office_id:int}/edit")
async def change_office(request: AnyRequest, db: Db, viewer: Me, office_id: Id) -> Page:
    """Change an office."""
    form = await Form.read(request)
    agency_id = (await queries.office(db, viewer, office_id)).agency_id
    act = offices.change_office(db, viewer, office_id, version=form.whole("version"), **_office(form))
    await attempt(db, form, act, lambda theirs: _office_form(request, db, viewer, agency_id, form, theirs, office_id))
    return see_other(f"/directory/agencies/{agency_id}#offices")


@post("/offices/{office_id:int}/deactivate")
async def deactivate_office(request: AnyRequest, db: Db, viewer: Me, office_id: Id) -> Page:
    """Take an office out of use, once that was confirmed."""
    form = await Form.read(request)
    office = await queries.office(db, viewer, office_id)
    ask((await may_in(db, viewer, office.agency_id)).keep_people)
    back = f"/directory/agencies/{office.agency_id}"
    if not form.ticked("confirmed"):
        question = N_("Take the office %(name)s out of use? No mail goes to its mailbox any more.")
        action = f"/directory/offices/{office_id}/deactivate"
        return confirm_page(
            request,
            nav="directory",
            question=question,
            button=N_("Deactivate"),
            action=action,
            back=back,
            name=office.name,
        )
    await offices.deactivate_office(db, viewer, office_id)
    return see_other(f"{back}#offices")


@post("/offices/{office_id:int}/reactivate")
async def reactivate_office(db: Db, viewer: Me, office_id: Id) -> Page:
    """Take an office into use again."""
    office = await offices.reactivate_office(db, viewer, office_id)
    return see_other(f"/directory/agencies/{office.agency_id}#offices")


def _agency(form: Form) -> AgencyFields:
    return {
        "short_name": form.raw("short_name"),
        "name": form.raw("name"),
        "kind": form.raw("kind"),
        "mail": form.raw("mail"),
        "phone": form.raw("phone"),
        "locale": form.given("locale"),
        "sort_order": form.whole("sort_order"),
    }


def _office(form: Form) -> OfficeFields:
    return {"name": form.raw("name"), "mail": form.raw("mail"), "phone": form.raw("phone")}


def _form(request: AnyRequest, form: Form, theirs: Theirs, agency_id: int | None) -> Page:
    back = f"/directory/agencies/{agency_id}" if agency_id else "/directory"
    kinds: list[Any] = [(kind, KIND_NAMES[kind]) for kind in KINDS]
    return form_page(request, "agency_form", form, theirs, back=back, kinds=kinds, agency_id=agency_id)


async def _office_form(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    agency_id: int,
    form: Form,
    theirs: Theirs,
    office_id: int | None = None,
) -> Page:
    agency = await queries.agency(db, viewer, agency_id)
    may: May = await may_in(db, viewer, agency_id)
    ask(may.keep_people)
    back = f"/directory/agencies/{agency_id}"
    return form_page(request, "office_form", form, theirs, back=back, agency=agency, office_id=office_id)


handlers = [
    show,
    new,
    add,
    edit,
    change,
    deactivate,
    reactivate,
    new_office,
    add_office,
    edit_office,
    change_office,
    deactivate_office,
    reactivate_office,
]
