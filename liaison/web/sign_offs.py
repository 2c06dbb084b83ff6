"""代登记 of a sign-off as a form, for every text that agencies sign: what came back on paper, with a scan, or was said another way."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar.response import Response

from liaison.calendaring.walltime import NoSuchTime, instant_of
from liaison.countersigning.models import AGREED, CHANGES_REQUESTED, PAPER
from liaison.countersigning.signing import OnPaper
from liaison.db import Session
from liaison.errors import Invalid, Message
from liaison.files import scanner
from liaison.files.kinds import REFUSED, shown_name
from liaison.files.running import run
from liaison.files.store import Brought
from liaison.i18n import N_, Words
from liaison.meetings import paper_queries
from liaison.meetings.replies import Registered
from liaison.web.forms import Form, FormAgain
from liaison.web.pages import AnyRequest, see_other, settings_of
from liaison.web.uploads import Received, received, take

SCANS: Final = ("pdf", "png", "jpg")
"""What a scanned sheet may be."""
WAYS: Final = ("phone", "in_person", "chat", "other")
"""Ways besides paper, which has fields of its own."""
NOT_CLEAN = N_("The virus scanner did not pass this file. Please bring a clean one.")
_FIELDS: Final = {"registered.how": "how", "registered.said_by": "said_by", "registered.at": "said_on"}


@dataclass(frozen=True, slots=True)
class Said:
    """What the form says: of which agency, and how it said what."""

    agency_id: int
    state: str
    paper: OnPaper | None
    registered: Registered | None


def blank(agency_id: str | None, now: datetime) -> Form:
    """The form as it is first shown. `now`: the local time."""
    return Form.of(
        agency_id=agency_id,
        came="paper",
        state=AGREED,
        signed_on=now.date(),
        how="phone",
        said_on=now.date(),
        said_at=f"{now:%H:%M}",
    )


def said(form: Form, file: Brought | None, zone: ZoneInfo) -> Said:
    """What was typed, and the scan. Raises Invalid on the fields of the form."""
    agency_id = form.id("agency_id")
    if agency_id is None:
        form.refuse("agency_id", N_("Please choose an agency."))
    if file is not None and file.kind not in SCANS:
        raise Invalid({"file": Message(REFUSED["kind"], {"kinds": ", ".join(SCANS)})})
    paper, registered, state = None, None, PAPER
    if form.raw("came") == "paper":
        paper = OnPaper(form.raw("leader"), form.date("signed_on"), _kept(file) if file else None)
    else:
        state = CHANGES_REQUESTED if form.raw("state") == CHANGES_REQUESTED else AGREED
        registered = _told(form, zone)
    form.done()
    assert agency_id is not None
    return Said(agency_id, state, paper, registered)


def by_field(refusal: Invalid) -> Invalid:
    """What a verb refused, by the fields of the form."""
    return Invalid({_FIELDS.get(name, name): one for name, one in refusal.errors.items()})


async def registered(
    request: AnyRequest,
    *,
    refuse: Callable[[Session], Awaitable[object]],
    act: Callable[[Session, Form, Brought | None], Awaitable[None]],
    again: Callable[[Session, Form], Awaitable[Response[str]]],
    done: str,
) -> Response[Any]:
    """Take the form in with its file, piece by piece. `refuse` raises for whoever may not register anything, before a byte is read; `act`
    keeps it in a transaction of its own; `again` shows the form with what was refused; else on to `done`."""
    database = request.app.state.database
    async with database.reading() as db:
        await refuse(db)
        most = await paper_queries.largest(db)

    async def keep(db: Session, got: Received, file: Brought | None) -> None:
        await act(db, got.form, file)

    async with received(request, most=most) as got:
        try:
            if got.file is None:
                got.form.done()
                async with database.writing() as db:
                    await keep(db, got, None)
            else:
                await passed(request, got)
                await take(request, got, keep)
            return see_other(done)
        except Invalid as refusal:
            got.form.take(refusal)
    async with database.reading() as db:
        raise FormAgain(await again(db, got.form))


async def passed(request: AnyRequest, got: Received) -> None:
    """What was said of a version is never written to again, so its scan is judged before it is kept. Raises Invalid (file)."""
    setting = settings_of(request).scanner
    if not setting or got.file is None:
        return
    status = await run(scanner.command(setting, str(got.file.path.absolute())), seconds=scanner.SECONDS)
    if status != scanner.CLEAN_STATUS:
        raise Invalid({"file": NOT_CLEAN})


def labels(words: Words) -> dict[str, str]:
    """What the form calls its fields."""
    return {
        "agency_id": words._("Agency"),
        "leader": words._("Leader who signed"),
        "signed_on": words._("Signed on"),
        "file": words._("Scan"),
        "how": words._("How it came"),
        "said_by": words._("Who said it"),
        "said_on": words._("Said on"),
        "said_at": words._("Said at"),
        "text": words._("Changes asked for, or a remark"),
    }


def _kept(file: Brought) -> Mapping[str, Any]:
    return {
        "file_name": shown_name(file.file_name) or f"scan.{file.kind}",
        "stored_name": file.kept.stored_name,
        "bytes": file.kept.bytes,
        "sha256": file.kept.sha256,
        "kind": file.kind,
    }


def _told(form: Form, zone: ZoneInfo) -> Registered:
    at = form.local_start("said_on", "said_at")
    form.day("said_on", at.date() if at else None)
    form.required_text("said_by", form.raw("said_by"), most=80)
    form.done()
    assert at is not None
    try:
        return Registered(form.raw("how"), form.raw("said_by"), instant_of(at, zone))
    except NoSuchTime:
        raise Invalid(
            {"said_at": N_("This time does not exist on that day: the clocks are put forward then.")}
        ) from None
