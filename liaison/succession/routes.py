"""One term: hand the office over, take that back, end the term or let it run on."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import designating, permissions, wording
from liaison.mechanisms import queries as mechanisms
from liaison.succession import handover, moving, queries
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Page = Response[Any]


@get("/designations/{designation_id:int}")
async def term(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """One term, and what passes when it is handed over."""
    return await _term_page(request, db, viewer, designation_id, None, {})


@post("/designations/{designation_id:int}/end")
async def change_end(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """End a term on a date, move its end, or let it run on."""
    form = await _posted(request, designation_id)
    act = designating.change_end(
        db, viewer, designation_id, ends_on=form.date("ends_on"), version=form.whole("version")
    )
    ended = await attempt(db, form, act, lambda theirs: _term_page(request, db, viewer, designation_id, form, theirs))
    return see_other(f"/mechanisms/{ended.mechanism_id}#terms")


@post("/designations/{designation_id:int}/handover")
async def hand_over(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """End a term on a day, begin the successor's, and let pass what is ticked."""
    form = await _posted(request, designation_id)
    act = handover.hand_over(
        db,
        viewer,
        designation_id,
        to_person_id=form.id("to_person_id"),
        starts_on=form.date("starts_on"),
        basis_ref=form.given("basis_ref"),
        acting=form.ticked("acting"),
        ends_deputy=form.ticked("ends_deputy"),
        keep_ids=set(form.ids("offered")) - set(form.ids("moves")),
        version=form.whole("version"),
    )
    begun = await attempt(db, form, act, lambda theirs: _term_page(request, db, viewer, designation_id, form, theirs))
    return see_other(f"/mechanisms/{begun.mechanism_id}#terms")


@post("/designations/{designation_id:int}/handover/take-back")
async def take_back(db: Db, viewer: Me, designation_id: Id) -> Page:
    """The handover whose day has not come is undone."""
    await handover.take_back(db, viewer, designation_id)
    return see_other(f"/designations/{designation_id}")


async def _posted(request: AnyRequest, designation_id: int) -> Form:
    request.state.form_path = f"/designations/{designation_id}"  # where the other language finds the form again
    return await Form.read(request)


async def _term_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    designation_id: int,
    form: Form | None,
    theirs: Mapping[str, Any],
) -> Page:
    designation = await mechanisms.designation(db, viewer, designation_id)
    mechanism, agency_id = designation.mechanism, designation.agency_id
    if not permissions.may_designate(viewer, mechanism.id, agency_id):
        raise NotPermitted(N_("Each agency designates its own people: its administrator or its liaison in office."))
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    ahead = await queries.ahead_of(db, designation_id)
    moves = await moving.found(db, moving.Office(designation, ahead.starts_on if ahead else today), viewer)
    if form is None:
        every = [thing.id for kind, things in moves if kind.may_stay for thing in things]
        form = Form.of(ends_on=designation.ends_on, starts_on=today, ends_deputy=1, moves=every)
    return page(
        request,
        "succession/term.html",
        nav="mechanisms",
        form=form,
        theirs=theirs,
        wording=wording,
        labels={name: words._(label) for name, label in wording.FIELDS.items()},
        mechanism=mechanism,
        designation=designation,
        ahead=ahead,
        may_take_back=ahead is not None and ahead.starts_on > today,
        moves=moves,
        at_stake=await mechanisms.at_stake(db, designation),
        people=await mechanisms.choosable_people(db, [agency_id]),
        letter=permissions.needs_letter(viewer, mechanism.id, agency_id),
    )


router = Router("/", route_handlers=[term, change_end, hand_over, take_back], include_in_schema=False)
