"""Who is whose liaison: designate. What becomes of a term is on its own page (succession)."""

from typing import Any

from litestar import get, post
from litestar.params import FromQuery

from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import designating, permissions, queries
from liaison.mechanisms.models import DEPUTY, PRINCIPAL
from liaison.mechanisms.routes.common import Db, Id, Me, Page, form_page, posted
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


handlers = [new_designation, designate]
