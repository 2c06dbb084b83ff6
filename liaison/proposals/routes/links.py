"""What mailed links to a proposal open: the text to sign, without account; and what became of it."""

from typing import Any
from zoneinfo import ZoneInfo

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
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.proposals import queries, signing
from liaison.proposals.models import Proposal
from liaison.proposals.wording import STATE_LOOKS, STATE_NAMES, facts, obliges, title
from liaison.web.forms import Form, FormAgain
from liaison.web.links import LinkPages, opened
from liaison.web.pages import AnyRequest, page, words_of
from liaison.web.signing import BEING_CHANGED, CHOOSE, ITS_OWN, NOT_YOURS, REPLACED, said_by_link


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The text, what the agency has said, and what it can say; changes nothing."""
    proposal, version, agency_id = await _asked(request, db, link, viewer)
    return await _page(request, proposal, version, agency_id, Form.of(root=version.root))


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Record the agency's word, and say so."""
    proposal, version, agency_id = await _asked(request, db, link, viewer)
    form, speaks_json = await said_by_link(request)
    try:
        if form.raw("act") == "agree":
            await signing.sign(db, viewer, proposal, version, root=form.raw("root"), text=form.raw("text"))
        elif form.raw("act") == "changes":
            await signing.request_changes(db, viewer, proposal, version, root=form.raw("root"), text=form.raw("text"))
        else:
            raise Invalid({"act": CHOOSE})
    except (Invalid, Conflict) as refusal:
        if speaks_json:
            raise
        await db.rollback()
        link, viewer = await opened(request, db, request.path_params["token"])
        proposal, version, agency_id = await _asked(request, db, link, viewer)
        if isinstance(refusal, Invalid):
            form.take(refusal)
        form.values["root"] = [version.root]
        refused = refusal.message.worded(words_of(request)._) if isinstance(refusal, Conflict) else None
        shown = await _page(request, proposal, version, agency_id, form, refused=refused)
        raise FormAgain(shown, refusal.status) from None
    await db.flush()
    return await _page(request, proposal, version, agency_id, Form.of(root=version.root), said=form.raw("act"))


async def _asked(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> tuple[Proposal, DocumentVersion, int]:
    """The proposal with the version that the link was mailed for, and the agency it signs for. Raises Gone where its holder may not sign for
    that agency any more, and for an agency's own link once it has a liaison; Conflict where the text was replaced."""
    try:
        proposal, version = await queries.of_version(db, link.object_id)
    except NotFound:
        raise Gone(NOT_YOURS) from None
    mechanism, newest = proposal.mechanism, proposal.document.newest
    agency_id = link.agency_id or viewer.agency_id
    if signer_of(version, agency_id) is None or not may_sign(viewer, proposal.document, agency_id):
        raise Gone(NOT_YOURS)
    if viewer.person_id == NOBODY:
        today = db.clock.today(mechanism.timezone)
        if (await mechanisms.in_office(db, mechanism.id, today)).get(agency_id) is not None:
            raise Gone(ITS_OWN)
    if version.number != newest.number and proposal.is_open:
        if newest.circulated_at is None:
            raise Conflict(BEING_CHANGED)
        day = newest.circulated_at.astimezone(ZoneInfo(mechanism.timezone)).date()
        raise Conflict(REPLACED, old=version.number, new=newest.number, day=words_of(request).date(day))
    return proposal, version, agency_id


async def _page(
    request: AnyRequest,
    proposal: Proposal,
    version: DocumentVersion,
    agency_id: int,
    form: Form,
    *,
    said: str | None = None,
    refused: str | None = None,
) -> Response[str]:
    words, own = words_of(request), word_of(version, agency_id)
    own_facts = sign_off_facts(words, version, own, own.text, REGISTERED_NAMES, section=own.section_key) if own else []
    state = proposal.state_of(version)
    context: dict[str, Any] = {
        "agency": names_of(version, [agency_id])[0],
        "own": own,
        "own_facts": own_facts,
        "wants_changes": own is not None and own.state == CHANGES_REQUESTED,
    }
    return page(
        request,
        "proposals/link.html",
        form=form,
        labels={"text": words._("Words"), "act": words._("Answer")},
        proposal=proposal,
        mechanism=proposal.mechanism,
        version=version,
        title=title(words, version.head),
        state_name=words._(STATE_NAMES[state]),
        state_look=STATE_LOOKS[state],
        facts=facts(words, version.head),
        sections=[(one.key, one.title, one.text.split("\n")) for one in version.sections],
        obliges=obliges(words, version.head),
        reason=proposal.reason_beside(version),
        progress=progress(words, version),
        signs=proposal.is_open,
        said=said,
        refused=refused,
        viewer=None,
        path=request.url.path,
        **context,
    )


PAGES = {links.PROPOSAL: LinkPages(show, act)}
