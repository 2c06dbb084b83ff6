"""代登记: what an agency signed on paper, with a scan, or said another way; and the scans themselves."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response, Stream

from liaison.accounts.viewer import Viewer
from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.countersigning import queries as documents
from liaison.countersigning.models import AGREED, CHANGES_REQUESTED, PAPER
from liaison.countersigning.signing import OnPaper
from liaison.countersigning.writing import NOT_CIRCULATED, NOT_NEWEST
from liaison.db import Session
from liaison.errors import Conflict, Invalid, Message, NotFound, NotPermitted
from liaison.files import scanner
from liaison.files.kinds import MEDIA_TYPES, REFUSED, shown_name
from liaison.files.running import run
from liaison.files.store import Brought
from liaison.i18n import N_
from liaison.meetings import paper_queries
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import is_host
from liaison.meetings.replies import Registered
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.minutes import queries, signing
from liaison.minutes.permissions import may_register
from liaison.minutes.routes.common import Db, Id, Me, context_of, shown
from liaison.web.forms import Form, FormAgain
from liaison.web.pages import AnyRequest, see_other, settings_of, words_of
from liaison.web.papers import kept_file
from liaison.web.uploads import STREAMED, Received, received, take

SCANS: Final = ("pdf", "png", "jpg")
"""What a scanned sheet may be."""
WAYS: Final = ("phone", "in_person", "chat", "other")
"""Ways besides paper, which has fields of its own."""
NOT_YOURS = N_("You may register answers of your own agency; others are registered by the host.")
NOT_CLEAN = N_("The virus scanner did not pass this file. Please bring a clean one.")
SAID: Final = {"registered.how": "how", "registered.said_by": "said_by", "registered.at": "said_on"}


@get("/minutes/{version_id:int}/register")
async def register_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[str]:
    """What came back from an agency (`?agency=`)."""
    minutes, _ = await queries.version(db, viewer, version_id)
    now = db.now().astimezone(minutes.meeting.zone)
    form = Form.of(
        agency_id=request.query_params.get("agency"),
        came="paper",
        state=AGREED,
        signed_on=now.date(),
        how="phone",
        said_on=now.date(),
        said_at=f"{now:%H:%M}",
    )
    return await _page(request, db, viewer, version_id, form)


@post("/minutes/{version_id:int}/register", **STREAMED)
async def register(request: AnyRequest, viewer: Me, version_id: Id) -> Response[Any]:
    """Keep it, with the scan if there is one; it counts, and is shown as registered."""
    database = request.app.state.database
    async with database.reading() as db:
        await _registrable(db, viewer, version_id)
        most = await paper_queries.largest(db)

    async def act(db: Session, got: Received, file: Brought | None) -> None:
        await _register(db, viewer, version_id, got.form, file)

    async with received(request, most=most) as got:
        try:
            if got.file is None:
                got.form.done()
                async with database.writing() as db:
                    await act(db, got, None)
            else:
                await _passed(request, got)
                await take(request, got, act)
            return see_other(f"/minutes/{version_id}?done=registered#signers")
        except Invalid as refusal:
            got.form.take(refusal)
    async with database.reading() as db:
        raise FormAgain(await _page(request, db, viewer, version_id, got.form))


@get("/sign-offs/{sign_off_id:int}/scan", include_in_schema=False)
async def scan(request: AnyRequest, db: Db, viewer: Me, sign_off_id: FromPath[int]) -> Stream:
    """The sheet that was signed on paper, for whoever reads that version; to be kept, never opened by the browser itself."""
    word = await documents.sign_off(db, sign_off_id)
    await queries.version(db, viewer, word.document_version_id)
    if not word.scan:
        raise NotFound
    return await kept_file(
        request,
        word.scan["stored_name"],
        file_name=word.scan["file_name"],
        media_type=MEDIA_TYPES[word.scan["kind"]],
    )


async def _register(db: Session, viewer: Viewer, version_id: int, form: Form, file: Brought | None) -> None:
    minutes, version = await queries.version(db, viewer, version_id)
    agency_id = form.id("agency_id")
    if agency_id is None:
        form.refuse("agency_id", N_("Please choose an agency."))
    on_paper = form.raw("came") == "paper"
    if file is not None and file.kind not in SCANS:
        raise Invalid({"file": Message(REFUSED["kind"], {"kinds": ", ".join(SCANS)})})
    paper, said, state = None, None, PAPER
    if on_paper:
        paper = OnPaper(form.raw("leader"), form.date("signed_on"), _kept(file) if file else None)
    else:
        state = CHANGES_REQUESTED if form.raw("state") == CHANGES_REQUESTED else AGREED
        said = _said(form, minutes.meeting)
    form.done()
    assert agency_id is not None
    try:
        await signing.register(
            db, viewer, minutes, version, root=form.raw("root"), agency_id=agency_id, state=state,
            paper=paper, registered=said, text=form.given("text"),
        )  # fmt: skip
    except Invalid as refusal:
        raise Invalid({SAID.get(name, name): one for name, one in refusal.errors.items()}) from None


def _kept(file: Brought) -> Mapping[str, Any]:
    return {
        "file_name": shown_name(file.file_name) or f"scan.{file.kind}",
        "stored_name": file.kept.stored_name,
        "bytes": file.kept.bytes,
        "sha256": file.kept.sha256,
        "kind": file.kind,
    }


def _said(form: Form, meeting: Meeting) -> Registered:
    """How, by whom and when it was said. Raises Invalid on the fields of the form."""
    at = form.local_start("said_on", "said_at")
    form.day("said_on", at.date() if at else None)
    form.required_text("said_by", form.raw("said_by"), most=80)
    form.done()
    assert at is not None
    try:
        return Registered(form.raw("how"), form.raw("said_by"), instant_of(at, meeting.zone))
    except NoSuchTime:
        raise Invalid(
            {"said_at": N_("This time does not exist on that day: the clocks are put forward then.")}
        ) from None


async def _passed(request: AnyRequest, got: Received) -> None:
    """What was said of a version is never written to again, so its scan is judged before it is kept. Raises Invalid (file)."""
    setting = settings_of(request).scanner
    if not setting or got.file is None:
        return
    status = await run(scanner.command(setting, str(got.file.path.absolute())), seconds=scanner.SECONDS)
    if status != scanner.CLEAN_STATUS:
        raise Invalid({"file": NOT_CLEAN})


async def _registrable(db: Session, viewer: Viewer, version_id: int) -> dict[str, Any]:
    """What the page shows, for whoever may register something. Raises NotFound, NotPermitted, Conflict (not the newest, not circulated,
    issued)."""
    minutes, version = await queries.version(db, viewer, version_id)
    meeting, document = minutes.meeting, minutes.document
    if not is_host(viewer, meeting) and not any(
        may_register(viewer, meeting, minutes.document, one.agency_id) for one in version.signers
    ):
        raise NotPermitted(NOT_YOURS)
    document.refuse_in_force()
    if version.id != document.newest.id:
        raise Conflict(NOT_NEWEST)
    if version.circulated_at is None:
        raise Conflict(NOT_CIRCULATED)
    return await context_of(db, viewer, minutes, version_id)


async def _page(request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form) -> Response[str]:
    found, words = await _registrable(db, viewer, version_id), words_of(request)
    offered = [one.signer for one in found["signers"] if one.may_register]
    return shown(
        request,
        "minutes/register.html",
        path=f"/minutes/{version_id}/register",
        form=form,
        offered=offered,
        ways=[(way, words._(REGISTERED_NAMES[way])) for way in WAYS],
        kinds=SCANS,
        megabytes=await paper_queries.largest(db) // 1024 // 1024,
        labels={
            "agency_id": words._("Agency"),
            "leader": words._("Leader who signed"),
            "signed_on": words._("Signed on"),
            "file": words._("Scan"),
            "how": words._("How it came"),
            "said_by": words._("Who said it"),
            "said_on": words._("Said on"),
            "said_at": words._("Said at"),
            "text": words._("Changes asked for, or a remark"),
        },
        **found,
    )


handlers = [register_form, register, scan]
