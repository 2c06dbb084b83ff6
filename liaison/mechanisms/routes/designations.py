"""Who is whose liaison: designate, end a term, hand over."""

from typing import Any

from litestar import get, post
from litestar.params import FromQuery

from liaison.actions import queries as actions
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import designating, permissions, queries
from liaison.mechanisms.models import DEPUTY, PRINCIPAL
from liaison.mechanisms.routes.common import Db, Id, Me, Page, Theirs, form_page, posted
from liaison.meetings import queries as meetings
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other


@get("/mechanisms/{mechanism_id:int}/designations/new")
async def new_designation(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, role: FromQuery[str] = PRINCIPAL
) -> Page:
    """The form to designate somebody."""
    mechanism = await queries.get(db, viewer, mechanism_id)
    form = Form.of(role=role, starts_on=db.clock.today(mechanism.timezone), may_sign=1 if role != DEPUTY else None)
    return await _designate_page(request, db, viewer, mechanism_id, form)


@post("/mechanisms/{mechanism_id:int}/designations/new")
async def designate(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Name somebody of the agency its liaison, acting liaison or deputy; the agency is the person's."""
    form = await posted(request)
    given: dict[str, Any] = {name: form.date(name) for name in ("starts_on", "ends_on")}
    given |= {"person_id": form.id("person_id"), "role": form.raw("role"), "basis_ref": form.given("basis_ref")}
    given["may_sign"] = form.ticked("may_sign")
    act = designating.designate(db, viewer, mechanism_id, agency_id=None, **given)
    await attempt(db, form, act, lambda theirs: _designate_page(request, db, viewer, mechanism_id, form))
    return see_other(f"/mechanisms/{mechanism_id}#members")


async def _designate_page(request: AnyRequest, db: Db, viewer: Me, mechanism_id: int, form: Form) -> Page:
    mechanism = await queries.get(db, viewer, mechanism_id)
    members = await queries.members_on(db, mechanism_id, db.clock.today(mechanism.timezone))
    own = [m.agency_id for m in members if permissions.may_designate(viewer, mechanism_id, m.agency_id)]
    if not own:
        raise NotPermitted(N_("Each agency designates its own people: its administrator or its liaison in office."))
    letter = any(permissions.needs_letter(viewer, mechanism_id, agency_id) for agency_id in own)
    people = await queries.choosable_people(db, own)
    return form_page(request, "designate", form, {}, mechanism=mechanism, people=people, letter=letter)


@get("/designations/{designation_id:int}")
async def term(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """One term: hand it over, end it, or let it run on."""
    designation = await queries.designation(db, viewer, designation_id)
    form = Form.of(ends_on=designation.ends_on, starts_on=db.clock.today(designation.mechanism.timezone), ends_deputy=1)
    return await _term_page(request, db, viewer, designation_id, form, {})


@post("/designations/{designation_id:int}/end")
async def change_end(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """End a term on a date, move its end, or let it run on."""
    form = await posted(request, f"/designations/{designation_id}")
    act = designating.change_end(
        db, viewer, designation_id, ends_on=form.date("ends_on"), version=form.whole("version")
    )
    ended = await attempt(db, form, act, lambda theirs: _term_page(request, db, viewer, designation_id, form, theirs))
    return see_other(f"/mechanisms/{ended.mechanism_id}#terms")


@post("/designations/{designation_id:int}/handover")
async def hand_over(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """End a term on a day and begin the successor's."""
    form = await posted(request, f"/designations/{designation_id}")
    given: dict[str, Any] = {"starts_on": form.date("starts_on"), "basis_ref": form.given("basis_ref")}
    given |= {"to_person_id": form.id("to_person_id"), "acting": form.ticked("acting")}
    given["ends_deputy"] = form.ticked("ends_deputy")
    act = designating.hand_over(db, viewer, designation_id, version=form.whole("version"), **given)
    begun = await attempt(db, form, act, lambda theirs: _term_page(request, db, viewer, designation_id, form, theirs))
    return see_other(f"/mechanisms/{begun.mechanism_id}#terms")


async def _term_page(request: AnyRequest, db: Db, viewer: Me, designation_id: int, form: Form, theirs: Theirs) -> Page:
    designation = await queries.designation(db, viewer, designation_id)
    mechanism_id, agency_id = designation.mechanism_id, designation.agency_id
    if not permissions.may_designate(viewer, mechanism_id, agency_id):
        raise NotPermitted(N_("Each agency designates its own people: its administrator or its liaison in office."))
    return form_page(
        request,
        "term",
        form,
        theirs,
        mechanism=designation.mechanism,
        designation=designation,
        at_stake=await queries.at_stake(db, designation),
        open_items=await actions.ledger(
            db,
            viewer,
            actions.Filters(mechanism_id=mechanism_id, owner_id=designation.person_id, status="open"),
            today=db.clock.today(designation.mechanism.timezone),
        ),
        coming=[m for m in await meetings.upcoming(db, viewer, mechanism_id=mechanism_id, limit=200) if m.announced_at],
        people=await queries.choosable_people(db, [agency_id]),
        letter=permissions.needs_letter(viewer, mechanism_id, agency_id),
    )


handlers = [new_designation, designate, term, change_end, hand_over]
