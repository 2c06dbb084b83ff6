"""What mailed links to minutes open: the text to sign, without account, and the issued minutes to read. Such a page shows nothing that not
everybody may know of: links are passed on."""

from typing import Any

from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import NOBODY, Viewer
from liaison.countersigning.models import CHANGES_REQUESTED, DocumentVersion
from liaison.countersigning.permissions import may_sign
from liaison.countersigning.standing import signer_of, word_of
from liaison.countersigning.wording import names_of, progress, sign_off_facts
from liaison.db import Session
from liaison.errors import Conflict, Gone, Invalid, NotFound
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries as meetings
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.minutes import queries, signing
from liaison.minutes.models import Minutes
from liaison.minutes.wording import facts
from liaison.web.forms import Form, FormAgain
from liaison.web.links import LinkPages, opened
from liaison.web.pages import AnyRequest, page, words_of
from liaison.web.signing import BEING_CHANGED, CHOOSE, ITS_OWN, NOT_YOURS, REPLACED, said_by_link


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The text, what the agency has said, and what it can say; changes nothing. Issued minutes stand there to be read."""
    minutes, version, agency_id = await _asked(db, link, viewer)
    _refuse_old(request, minutes, version)
    return await _page(request, db, minutes, version, agency_id, _form(version))


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Record the agency's word, and say so."""
    minutes, version, agency_id = await _asked(db, link, viewer)
    _refuse_old(request, minutes, version)
    form, speaks_json = await said_by_link(request)
    try:
        minutes.document.refuse_in_force()
        if form.raw("act") == "agree":
            await signing.sign(db, viewer, minutes, version, root=form.raw("root"), text=form.raw("text"))
        elif form.raw("act") == "changes":
            await signing.request_changes(db, viewer, minutes, version, root=form.raw("root"), text=form.raw("text"))
        else:
            raise Invalid({"act": CHOOSE})
    except (Invalid, Conflict) as refusal:
        if speaks_json:
            raise
        await db.rollback()
        link, viewer = await opened(request, db, request.path_params["token"])
        minutes, version, agency_id = await _asked(db, link, viewer)
        _refuse_old(request, minutes, version)
        if isinstance(refusal, Invalid):
            form.take(refusal)
        form.values["root"] = [version.root]
        refused = refusal.message.worded(words_of(request)._) if isinstance(refusal, Conflict) else None
        shown = await _page(request, db, minutes, version, agency_id, form, refused=refused)
        raise FormAgain(shown, refusal.status) from None
    await db.flush()
    return await _page(request, db, minutes, version, agency_id, _form(version), said=form.raw("act"))


async def read(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The issued minutes."""
    try:
        minutes = await queries.by_id(db, link.object_id)
        if viewer.person_id != NOBODY:
            await meetings.get(db, viewer, minutes.meeting_id)
            if not await queries.readable(db, viewer, minutes):
                raise NotFound
    except NotFound:
        raise Gone(N_("You may not read these minutes any more.")) from None
    if minutes.issued_at is None:
        raise Gone(N_("These minutes have not been issued."))
    return await _page(request, db, minutes, minutes.document.newest, None, Form.of())


async def read_only(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """There is nothing to be done by such a link: it shows the same."""
    return await read(request, db, link, viewer)


async def _asked(db: Session, link: Link, viewer: Viewer) -> tuple[Minutes, DocumentVersion, int]:
    """The minutes with the version that the link was mailed for, and the agency it signs for. Raises Gone where its holder may not sign
    for that agency any more, and for an agency's own link once it has a liaison."""
    try:
        minutes, version = await queries.of_version(db, link.object_id)
    except NotFound:
        raise Gone(NOT_YOURS) from None
    agency_id = link.agency_id or viewer.agency_id
    if signer_of(version, agency_id) is None or not may_sign(viewer, minutes.document, agency_id):
        raise Gone(NOT_YOURS)
    if viewer.person_id == NOBODY:
        today = db.clock.today(minutes.meeting.timezone)
        if (await mechanisms.in_office(db, minutes.meeting.mechanism_id, today)).get(agency_id) is not None:
            raise Gone(ITS_OWN)
    return minutes, version, agency_id


def _refuse_old(request: AnyRequest, minutes: Minutes, version: DocumentVersion) -> None:
    """Of a text that was replaced nothing is signed; the newer mail has its own link. Issued minutes are shown by every link."""
    newest = minutes.document.newest
    if version.number == newest.number or minutes.issued_at is not None:
        return
    if newest.circulated_at is None:
        raise Conflict(BEING_CHANGED)
    day = newest.circulated_at.astimezone(minutes.meeting.zone).date()
    raise Conflict(REPLACED, old=version.number, new=newest.number, day=words_of(request).date(day))


def _form(version: DocumentVersion) -> Form:
    return Form.of(root=version.root)


async def _page(
    request: AnyRequest,
    db: Session,
    minutes: Minutes,
    version: DocumentVersion,
    agency_id: int | None,
    form: Form,
    *,
    said: str | None = None,
    refused: str | None = None,
) -> Response[str]:
    words, shown = words_of(request), minutes.document.newest if minutes.issued_at is not None else version
    own = word_of(version, agency_id) if agency_id is not None else None
    context: dict[str, Any] = {}
    if agency_id is not None:
        context = {
            "agency": names_of(version, [agency_id])[0],
            "own": own,
            "own_facts": sign_off_facts(
                words, version, own, own.text if own.section_key is None else None, REGISTERED_NAMES, section=None
            )
            if own is not None
            else [],
            "wants_changes": own is not None and own.state == CHANGES_REQUESTED,
        }
    return page(
        request,
        "minutes/link.html",
        form=form,
        labels={"text": words._("Words"), "act": words._("Answer")},
        minutes=minutes,
        meeting=minutes.meeting,
        version=shown,
        facts=facts(words, shown.head),
        sections=[(one.title, one.text.split("\n")) if one.audience is None else (None, []) for one in shown.sections],
        closed=any(one.audience is not None for one in shown.sections),
        progress=progress(words, version),
        signs=agency_id is not None and minutes.issued_at is None,
        said=said,
        refused=refused,
        viewer=None,
        path=request.url.path,
        **context,
    )


PAGES = {links.SIGN: LinkPages(show, act), links.MINUTES: LinkPages(read, read_only)}
