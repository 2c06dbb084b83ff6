"""Pages of one person: look up, add, change, name administrators. Moving to another agency is a page of succession."""

from litestar import get, post

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import people, queries
from liaison.directory.fields import PersonFields
from liaison.directory.routes.common import Db, Id, Me, Page, Theirs, ask, form_page, may_in
from liaison.directory.values import person_json
from liaison.i18n import LANGUAGE_NAMES, N_
from liaison.mail.bounces import bad_addresses
from liaison.mail.reasons import REASONS
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other


@get("/people/{person_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """One person."""
    return await _show(request, db, viewer, person_id, Form.of(kind="alias"))


@post("/people/{person_id:int}/addresses")
async def add_address(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """Another address whose answers by mail count for the person."""
    form = await Form.read(request)
    act = people.add_known_address(
        db, viewer, person_id, address=form.raw("address"), kind=form.raw("kind"), holder=form.given("holder")
    )
    await attempt(db, form, act, lambda theirs: _show(request, db, viewer, person_id, form, status=422))
    return see_other(f"/directory/people/{person_id}")


@post("/people/{person_id:int}/addresses/{address_id:int}/remove")
async def remove_address(request: AnyRequest, db: Db, viewer: Me, person_id: Id, address_id: Id) -> Page:
    """That address counts no longer."""
    await people.remove_known_address(db, viewer, person_id, address_id)
    return see_other(f"/directory/people/{person_id}")


@get("/agencies/{agency_id:int}/people/new")
async def new(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """The form of a new person."""
    return await _form(request, db, viewer, agency_id, Form(), {})


@post("/agencies/{agency_id:int}/people/new")
async def add(request: AnyRequest, db: Db, viewer: Me, agency_id: Id) -> Page:
    """Add a person."""
    form = await Form.read(request)
    twin = await queries.namesake(db, viewer, agency_id, form.raw("name"), form.given("mail"))
    if twin is not None and not form.ticked("is_another"):
        form.refuse(
            "is_another",
            N_("%(name)s is in the directory of this agency already. Is this somebody else with the same name?"),
            name=twin.name,
        )
    act = people.add_person(db, viewer, agency_id=agency_id, **_person(form))
    await attempt(db, form, act, lambda theirs: _form(request, db, viewer, agency_id, form, theirs))
    more = form.raw("then") == "another"
    return see_other(f"/directory/agencies/{agency_id}" + ("/people/new" if more else ""))


@get("/people/{person_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """The form to change a person."""
    person = await queries.person(db, viewer, person_id)
    return await _form(request, db, viewer, person.agency_id, Form.of(**person_json(person)), {}, person_id)


@post("/people/{person_id:int}/edit")
async def change(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """Change a person."""
    form = await Form.read(request)
    agency_id = (await queries.person(db, viewer, person_id)).agency_id
    act = people.change_person(db, viewer, person_id, version=form.whole("version"), **_person(form))
    await attempt(db, form, act, lambda theirs: _form(request, db, viewer, agency_id, form, theirs, person_id))
    return see_other(f"/directory/people/{person_id}")


@post("/people/{person_id:int}/agency-admin")
async def agency_admin(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """Name or release an administrator of the agency."""
    form = await Form.read(request)
    await people.name_agency_admin(db, viewer, person_id, is_admin=form.raw("is") == "1")
    return see_other(f"/directory/people/{person_id}")


@post("/people/{person_id:int}/operator")
async def operator(request: AnyRequest, db: Db, viewer: Me, person_id: Id) -> Page:
    """Name or release an operator of the site."""
    form = await Form.read(request)
    await people.name_operator(db, viewer, person_id, is_operator=form.raw("is") == "1")
    return see_other(f"/directory/people/{person_id}")


def _person(form: Form) -> PersonFields:
    return {
        "key": form.raw("key"),
        "name": form.raw("name"),
        "office_id": form.id("office_id"),
        "contact_id": form.id("contact_id"),
        "department": form.raw("department"),
        "job_title": form.raw("job_title"),
        "rank": form.whole("rank"),
        "mail": form.raw("mail"),
        "phone": form.raw("phone"),
        "locale": form.given("locale"),
    }


async def _show(
    request: AnyRequest, db: Session, viewer: Viewer, person_id: int, form: Form, *, status: int = 200
) -> Page:
    person = await queries.person(db, viewer, person_id)
    may = await may_in(db, viewer, person.agency_id, keeper_id=person.agency.keeper_id)
    return page(
        request,
        "directory/person.html",
        status=status,
        nav="directory",
        person=person,
        may=may,
        bad=await bad_addresses(db, [person.mail]) if person.mail and may.read_contact else {},
        addresses=await queries.addresses_of(db, person_id) if may.keep_people else [],
        reasons=REASONS,
        languages=LANGUAGE_NAMES,
        is_self=person_id == viewer.person_id,
        form=form,
    )


async def _form(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    agency_id: int,
    form: Form,
    theirs: Theirs,
    person_id: int | None = None,
) -> Page:
    agency = await queries.agency(db, viewer, agency_id)
    ask((await may_in(db, viewer, agency_id, keeper_id=agency.keeper_id if person_id else None)).keep_people)
    person = await queries.person(db, viewer, person_id) if person_id else None
    offices = await queries.offices(db, viewer, agency_id=agency_id)
    colleagues = await queries.people_of(db, viewer, agency_id)
    back = f"/directory/people/{person_id}" if person_id else f"/directory/agencies/{agency_id}"
    return form_page(
        request,
        "person_form",
        form,
        theirs,
        back=back,
        agency=agency,
        person=person,
        offices=[("", "–"), *((office.id, office.name) for office in offices)],
        colleagues=[("", "–"), *((each.id, each.name) for each in colleagues if each.id != person_id and each.mail)],
    )


handlers = [
    show,
    add_address,
    remove_address,
    new,
    add,
    edit,
    change,
    agency_admin,
    operator,
]
