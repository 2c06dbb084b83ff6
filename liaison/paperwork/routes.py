"""The page of a meeting's papers, the files themselves, and an agency's templates."""

from typing import Any

from litestar import Router, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import queries as directory
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries as meetings
from liaison.meetings.models import Meeting
from liaison.meetings.wording import STATE_NAMES
from liaison.paperwork import fields, queries, templates, writing
from liaison.paperwork.annual_writing import make_annual
from liaison.paperwork.models import FILLED_KINDS, GENRES, KINDS, LETTER
from liaison.paperwork.permissions import may_bring_templates, may_head, may_make
from liaison.paperwork.wording import GENRE_NAMES, KIND_NAMES
from liaison.web.attached import DOCX, attached
from liaison.web.forms import Form, attempt, row_id
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
_LABELS = {
    "genre": N_("Genre"),
    "issuing_agency_id": N_("Issuing agency"),
    "doc_no": N_("Document number"),
    "dated_on": N_("Date"),
}


@get("/meetings/{meeting_id:int}/documents")
async def papers(request: AnyRequest, db: Db, viewer: Me, meeting_id: FromPath[int]) -> Response[str]:
    """Every paper that can be made of the meeting, and what its letter is headed with."""
    meeting = await _meeting(db, viewer, meeting_id)
    head = await queries.letter_of(db, meeting.id)
    form = Form.of(
        genre=head.genre if head else LETTER,
        issuing_agency_id=head.issuing_agency_id if head else meeting.host_agency_id,
        doc_no=head.doc_no if head else None,
        dated_on=head.dated_on if head else None,
        version=head.version if head else None,
    )
    return await _page(request, db, viewer, meeting, form)


@post("/meetings/{meeting_id:int}/documents")
async def head_letter(request: AnyRequest, db: Db, viewer: Me, meeting_id: FromPath[int]) -> Response[Any]:
    """Keep what was typed for the letter."""
    form = await Form.read(request)
    meeting = await _meeting(db, viewer, meeting_id)
    act = writing.head_letter(
        db,
        viewer,
        meeting,
        genre=form.raw("genre"),
        issuing_agency_id=form.id("issuing_agency_id"),
        doc_no=form.raw("doc_no"),
        dated_on=form.date("dated_on"),
        version=form.whole("version"),
    )

    async def again(theirs: Any) -> Response[str]:
        return await _page(request, db, viewer, await _meeting(db, viewer, meeting_id), form, theirs)

    await attempt(db, form, act, again)
    return see_other(f"/meetings/{meeting_id}/documents?done=saved")


@get("/meetings/{meeting_id:int}/documents/{kind:str}", include_in_schema=False)
async def paper_file(
    request: AnyRequest, db: Db, viewer: Me, meeting_id: FromPath[int], kind: FromPath[str]
) -> Response[bytes]:
    """One paper as .docx (`notice.docx`); `?to=` an agency's invitation makes a notice to that agency alone, `?guest=` one of the attendees an
    invitation letter to that guest from outside."""
    meeting = await meetings.get(db, viewer, meeting_id)
    if not kind.endswith(".docx"):
        raise NotFound
    to, guest = (request.query_params.get(name) for name in ("to", "guest"))
    kind, guest_id = kind.removesuffix(".docx"), row_id(guest) if guest else None
    return as_file(await writing.make(db, viewer, meeting, kind, row_id(to) if to else None, guest_id=guest_id))


def as_file(made: writing.Made) -> Response[bytes]:
    """The file to be kept: never opened by the browser itself."""
    return Response(made.content, headers=attached(made.file_name), media_type=DOCX)


@get("/mechanisms/{mechanism_id:int}/plan/letter.docx", include_in_schema=False)
async def annual_letter(request: AnyRequest, db: Db, viewer: Me, mechanism_id: FromPath[int]) -> Response[bytes]:
    """The year's plan as a letter (`?year=`, `doc_no`, `dated_on`); `to` an agency makes it one to that agency alone."""
    form = Form({name: [value] for name, value in request.query_params.items()})
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    to = row_id(form.raw("to")) if form.given("to") else None
    dated_on, year = form.date("dated_on"), form.whole("year") or db.clock.today(mechanism.timezone).year
    form.done()
    made = await make_annual(
        *(db, viewer, mechanism, year if 2000 <= year < 2200 else 2000),
        to=to,
        doc_no=form.raw("doc_no"),
        dated_on=dated_on,
    )
    return as_file(made)


@get("/directory/agencies/{agency_id:int}/document-templates")
async def agency_templates(request: AnyRequest, db: Db, viewer: Me, agency_id: FromPath[int]) -> Response[str]:
    """The agency's own layouts, and the fields that they may hold."""
    return await _templates_page(request, db, viewer, agency_id, Form())


@post("/directory/agencies/{agency_id:int}/document-templates")
async def bring(request: AnyRequest, db: Db, viewer: Me, agency_id: FromPath[int]) -> Response[Any]:
    """Take a template in."""
    form = await Form.read(request)
    file = (await request.form()).get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    act = templates.bring(
        db,
        viewer,
        agency_id,
        kind=form.raw("kind"),
        file_name=(file.filename or "") if isinstance(file, UploadFile) else "",
        content=content,
    )
    await attempt(db, form, act, lambda theirs: _templates_page(request, db, viewer, agency_id, form))
    return see_other(f"/directory/agencies/{agency_id}/document-templates")


@get("/document-templates/{template_id:int}/file", include_in_schema=False)
async def template_file(db: Db, viewer: Me, template_id: FromPath[int]) -> Response[bytes]:
    """A template as it was brought."""
    found = await queries.template_of_agency(db, viewer, template_id)
    return as_file(writing.Made(found.file_name, found.content))


@post("/document-templates/{template_id:int}/remove")
async def remove(db: Db, viewer: Me, template_id: FromPath[int]) -> Response[Any]:
    """Lay the paper out by the standard again."""
    await templates.remove(db, viewer, template_id)
    return see_other(f"/directory/agencies/{viewer.agency_id}/document-templates")


async def _meeting(db: Session, viewer: Viewer, meeting_id: int) -> Meeting:
    meeting = await meetings.get(db, viewer, meeting_id)
    if not may_make(viewer, meeting):
        raise NotPermitted(writing.NOT_YOURS)
    return meeting


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting, form: Form, theirs: Any = None
) -> Response[str]:
    words = words_of(request)
    head = await queries.letter_of(db, meeting.id)
    if theirs or not form.given("version"):  # whoever has seen the newer version answers knowing it
        form.values["version"] = [str(head.version if head else 1)]
    issuing = head.issuing_agency_id if head else meeting.host_agency_id
    members = await mechanisms.members_on(db, meeting.mechanism_id, meeting.local_on)
    labels = {name: words._(label) for name, label in _LABELS.items()}
    request.state.form_path = f"/meetings/{meeting.id}/documents"
    return page(
        request,
        "paperwork/show.html",
        nav="meetings",
        meeting=meeting,
        form=form,
        labels=labels,
        theirs=theirs,
        state_names=STATE_NAMES,
        kinds=[(kind, words._(KIND_NAMES[kind])) for kind in KINDS],
        genres=[(genre, words._(GENRE_NAMES[genre])) for genre in GENRES],
        agencies=[(str(one.agency_id), one.agency.name) for one in members if may_head(viewer, meeting, one.agency_id)],
        may_head=may_head(viewer, meeting, issuing),
        issuing=head.issuing_agency if head else meeting.host_agency,
        invitations=[one for one in await meetings.invitations(db, meeting.id) if one.agency_id != issuing],
        guests=[one for one in await meetings.attendees(db, meeting.id) if one.agency.kept_by_id is not None],
        own={one.kind for one in await queries.templates_of(db, issuing)},
        may_bring=may_bring_templates(viewer, viewer.agency_id),
        saved=request.query_params.get("done") == "saved",
    )


async def _templates_page(
    request: AnyRequest, db: Session, viewer: Viewer, agency_id: int, form: Form
) -> Response[str]:
    agency = await directory.agency(db, viewer, agency_id)
    if not may_bring_templates(viewer, agency_id):
        raise NotPermitted(N_("Only the agency itself sees its templates."))
    words = words_of(request)
    request.state.form_path = f"/directory/agencies/{agency_id}/document-templates"
    return page(
        request,
        "paperwork/templates.html",
        nav="directory",
        agency=agency,
        form=form,
        rows=await queries.templates_of(db, agency_id),
        kind_names=KIND_NAMES,
        kinds=[(kind, words._(KIND_NAMES[kind])) for kind in FILLED_KINDS],
        fields=[fields.FIELDS, fields.PEOPLE, fields.ITEMS],
    )


router = Router(
    "/", route_handlers=[papers, head_letter, paper_file, annual_letter, agency_templates, bring, template_file, remove]
)
