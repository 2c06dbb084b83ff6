"""One term: hand the office over, take that back, end the term or let it run on; the handover sheet, and the letter to the others."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import designating, permissions, wording
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.values import decision_label
from liaison.paperwork.writing import Made
from liaison.succession import handover, moving, papers, queries
from liaison.succession.permissions import may_read_sheet, may_write_for
from liaison.succession.sheet import sheet
from liaison.succession.sheet_said import contact_rows, owner_of, passing_lines, titled
from liaison.succession.telling import note_delivered
from liaison.web.attached import DOCX, attached
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


@get("/designations/{designation_id:int}/sheet")
async def handover_sheet(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """交接单, to be printed."""
    said = await sheet(db, viewer, designation_id)
    return page(
        request,
        "succession/sheet.html",
        nav="mechanisms",
        said=said,
        rows=contact_rows(words_of(request), said),
        passing=passing_lines(words_of(request), said),
        owner_of=owner_of,
        titled=titled,
        wording=wording,
        decision_label=decision_label,
    )


@get("/designations/{designation_id:int}/sheet.docx")
async def sheet_file(db: Db, viewer: Me, designation_id: Id) -> Page:
    """交接单 as a file."""
    return _as_file(await papers.make_sheet(db, viewer, designation_id))


@get("/designations/{designation_id:int}/letter")
async def letter(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """变更联络员的函: what is typed for it, and which agencies are told by it alone."""
    designation = await mechanisms.designation(db, viewer, designation_id)
    if not may_write_for(viewer, designation):
        raise NotPermitted(papers.NOT_YOURS)
    mechanism, words = designation.mechanism, words_of(request)
    members = await mechanisms.members_on(db, mechanism.id, db.clock.today(mechanism.timezone))
    letters = await queries.letters_of(db, designation_id)
    on = letters[0].on if letters else designation.starts_on
    return page(
        request,
        "succession/letter.html",
        nav="mechanisms",
        designation=designation,
        mechanism=mechanism,
        wording=wording,
        letters=letters,
        form=Form.of(on=on),
        recipients=[
            ("", words._("All other member agencies")),
            *((str(m.agency_id), m.agency.name) for m in members if m.agency_id != designation.agency_id),
        ],
    )


@get("/designations/{designation_id:int}/letter.docx")
async def letter_file(request: AnyRequest, db: Db, viewer: Me, designation_id: Id) -> Page:
    """The letter as a file (`?doc_no=`, `dated_on`, `on`); `to` an agency makes it one to that agency alone."""
    form = Form({name: [value] for name, value in request.query_params.items()})
    made = await papers.make_letter(
        db,
        viewer,
        designation_id,
        on=form.date("on"),
        to=form.id("to"),
        doc_no=form.raw("doc_no"),
        dated_on=form.date("dated_on"),
    )
    return _as_file(made)


@post("/change-letters/{letter_id:int}/delivered")
async def delivered(db: Db, viewer: Me, letter_id: Id) -> Page:
    """An agency got its letter."""
    noted = await note_delivered(db, viewer, letter_id)
    return see_other(f"/designations/{noted.designation_id}/letter")


def _as_file(made: Made) -> Page:
    return Response(made.content, headers=attached(made.file_name), media_type=DOCX)


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
    handover = await queries.newest_of(db, designation_id)
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
        letter_of=(handover and handover.to_id) or designation.id,  # the others are told who follows, not who leaves
        at_stake=await mechanisms.at_stake(db, designation),
        people=await mechanisms.choosable_people(db, [agency_id]),
        letter=permissions.needs_letter(viewer, mechanism.id, agency_id),
        may_read_sheet=may_read_sheet(viewer, designation, None),
    )


handlers = [
    term,
    change_end,
    hand_over,
    take_back,
    handover_sheet,
    sheet_file,
    letter,
    letter_file,
    delivered,
]
