"""Minutes for programs: write, circulate, sign, issue. `id` in an address is that of one version."""

from datetime import date

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session
from liaison.meetings import queries as meetings
from liaison.minutes import making, queries, reminding, signing, writing
from liaison.minutes.editing import SectionGiven
from liaison.minutes.models import Minutes
from liaison.minutes.reading import sections_for
from liaison.minutes.values import minutes_json
from liaison.web.api import Body, body, named, reply, seen
from liaison.web.forms import row_id
from liaison.web.minutes import handed_out, viewed
from liaison.web.pages import AnyRequest
from liaison.web.signing import ChangesGiven, CirculateGiven, ExcuseGiven, RegisterGiven, SignGiven

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[str]


class SectionBody(Body):
    key: str
    title: str | None = None
    text: str | None = None
    audience: list[str] | UnsetType | None = UNSET
    hash: str | None = None
    hidden: bool | None = None


class MinutesGiven(Body):
    sections: list[SectionBody]
    root: str | None = None
    version: int | None = None


class DraftGiven(Body):
    pass


class IssueGiven(Body):
    doc_no: str | None = None
    issued_on: date | None = None
    issuing_agency_id: str | None = None
    copy_to: list[str] | None = None
    report_to: list[str] | None = None


class CorrectGiven(Body):
    reason: str


@get("/meetings/{meeting_id:str}/minutes")
async def show(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """The newest minutes of the meeting that the caller may read."""
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    minutes = await queries.newest(db, viewer, meeting)
    version = await queries.seen_version(db, viewer, minutes)
    return viewed(request, viewer, version.id, await _answer(request, db, viewer, minutes, version))


@post("/meetings/{meeting_id:str}/minutes")
async def draft(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Draft them from the record; where there are minutes already, these."""
    body(await request.body(), DraftGiven)
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    minutes = await writing.draft(db, viewer, meeting)
    return await _answer(request, db, viewer, minutes, minutes.document.newest, status=201)


@put("/meetings/{meeting_id:str}/minutes")
async def save(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Write the text: the sections in their order. A section that the caller may not know of stays as it is; it may be named by its key,
    without title and text, to say where it stands. After circulation this is a new version with an id of its own."""
    given = body(await request.body(), MinutesGiven)
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    minutes, version = await writing.save(
        db,
        viewer,
        meeting,
        [_section(one) for one in given.sections],
        root=given.root,
        version=seen(request, given.version),
    )
    return await _answer(request, db, viewer, minutes, version)


@get("/minutes/{version_id:str}")
async def one(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """One version; `minutes/{id}.docx` is the same as a paper."""
    if version_id.endswith(".docx"):
        made = await making.docx(db, viewer, row_id(version_id.removesuffix(".docx")))
        return handed_out(request, viewer, made)
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    return viewed(request, viewer, version.id, await _answer(request, db, viewer, minutes, version))


@post("/minutes/{version_id:str}/circulate", status_code=200)
async def circulate(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Fix this version and ask the agencies that took part to sign it, until `due_on`."""
    given = body(await request.body(), CirculateGiven)
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    version = await writing.circulate(db, viewer, minutes, version, due_on=given.due_on)
    return await _answer(request, db, viewer, minutes, version)


@post("/minutes/{version_id:str}/sign", status_code=200)
async def sign(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """The caller's agency agrees to the text whose `root` was read; 409 if it is another one by now."""
    given = body(await request.body(), SignGiven)
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    await signing.sign(db, viewer, minutes, version, root=given.root, text=given.text)
    return await _answer(request, db, viewer, minutes, version)


@post("/minutes/{version_id:str}/request-changes", status_code=200)
async def request_changes(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """The caller's agency says what is to be changed before it agrees; about one section, who may not know of it does not read that."""
    given = body(await request.body(), ChangesGiven)
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    await signing.request_changes(
        db, viewer, minutes, version, root=given.root, text=given.text, section_key=given.section_key
    )
    return await _answer(request, db, viewer, minutes, version)


@post("/minutes/{version_id:str}/register", status_code=200)
async def register(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Enter what an agency said on paper (`leader`, `signed_on`) or another way (`registered`, with `state` agreed or
    changes_requested)."""
    given = body(await request.body(), RegisterGiven)
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    await signing.register(
        db,
        viewer,
        minutes,
        version,
        root=given.root,
        agency_id=named(given.agency_id),
        state=given.state,
        paper=given.on_paper,
        registered=given.told,
        text=given.text,
    )
    return await _answer(request, db, viewer, minutes, version)


@post("/minutes/{version_id:str}/remind", status_code=200)
async def remind(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Mail those once more that have not answered, each at most once a day; `reminded_at` of the signers says who was, and when. 409
    where nobody is left to mail."""
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    await reminding.remind(db, viewer, minutes, version)
    return await _answer(request, db, viewer, minutes, version)


@post("/minutes/{version_id:str}/excuse", status_code=200)
async def excuse(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """An agency that has left the mechanism is not waited for, with the reason; `taken_back` waits for it again."""
    given = body(await request.body(), ExcuseGiven)
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    await signing.excuse(
        db,
        viewer,
        minutes,
        version,
        agency_id=named(given.agency_id),
        reason=given.reason,
        taken_back=given.taken_back,
    )
    return await _answer(request, db, viewer, minutes, version)


@post("/minutes/{version_id:str}/issue", status_code=200)
async def issue(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """They are in force from now on; 409 until every agency has agreed to this version. A correction goes to those to whom what it
    corrects was copied and reported, unless others are given."""
    given = body(await request.body(), IssueGiven)
    minutes, version = await queries.version(db, viewer, row_id(version_id))
    await signing.issue(
        db,
        viewer,
        minutes,
        version,
        doc_no=given.doc_no,
        issued_on=given.issued_on,
        issuing_agency_id=named(given.issuing_agency_id) if given.issuing_agency_id is not None else None,
        copy_to=given.copy_to,
        report_to=given.report_to,
    )
    return await _answer(request, db, viewer, minutes, version)


@post("/minutes/{version_id:str}/correct")
async def correct(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Begin a correction of issued minutes: a new set that names them; they stay as they are."""
    given = body(await request.body(), CorrectGiven)
    minutes, _ = await queries.version(db, viewer, row_id(version_id))
    found = await writing.begin_correction(db, viewer, minutes, reason=given.reason)
    return await _answer(request, db, viewer, found, found.document.newest, status=201)


def _section(given: SectionBody) -> SectionGiven:
    audience = given.audience
    if isinstance(audience, UnsetType):
        return SectionGiven(given.key, given.title, given.text)
    return SectionGiven(given.key, given.title, given.text, frozenset(named(one) for one in audience or ()))


async def _answer(
    request: AnyRequest, db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion, *, status: int = 200
) -> Response[bytes]:
    sections = await sections_for(db, viewer, minutes, version)
    readable = {one.id for one in await queries.readable_versions(db, viewer, minutes)}
    return await reply(request, db, viewer, minutes_json(viewer, minutes, version, sections, readable), status=status)


api = Router(
    "",
    route_handlers=[show, draft, save, one, circulate, sign, request_changes, register, remind, excuse, issue, correct],
)
