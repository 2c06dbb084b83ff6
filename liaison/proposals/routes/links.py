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
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.proposals import queries, signing
from liaison.proposals.models import Proposal
from liaison.proposals.wording import STATE_LOOKS, STATE_NAMES, facts, obliges, title
from liaison.web.api import Body, body
from liaison.web.forms import Form, FormAgain
from liaison.web.links import LinkPages, opened
from liaison.web.pages import AnyRequest, page, words_of

NOT_YOURS = N_("You no longer sign for this agency.")
ITS_OWN = N_("Your agency has a liaison by now, who signs for it.")
WITHDRAWN = N_(
    "Version %(old)s, which this link was for, was replaced: version %(new)s was mailed on %(day)s, with a link of its own."
)
BEING_CHANGED = N_(
    "The text that this link was for is being changed. You will be mailed the new version, with a link of its own."
)


class SignGiven(Body):
    """What a program says for the agency that the link was mailed to: {"root", "agree": true, "text"?} or {"root", "changes": text}."""

    root: str
    agree: bool = False
    text: str | None = None
    changes: str | None = None


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The text, what the agency has said, and what it can say; changes nothing."""
    proposal, version, agency_id = await _asked(request, db, link, viewer)
    return await _page(request, proposal, version, agency_id, Form.of(root=version.root))


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Record the agency's word, and say so."""
    proposal, version, agency_id = await _asked(request, db, link, viewer)
    form, speaks_json = await _read(request)
    try:
        if form.raw("act") == "agree":
            await signing.sign(db, viewer, proposal, version, root=form.raw("root"), text=form.raw("text"))
        elif form.raw("act") == "changes":
            await signing.request_changes(db, viewer, proposal, version, root=form.raw("root"), text=form.raw("text"))
        else:
            raise Invalid({"act": N_("Please choose one: agree, or ask for changes.")})
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


async def _read(request: AnyRequest) -> tuple[Form, bool]:
    if request.content_type[0] != "application/json":
        return await Form.read(request), False
    given = body(await request.body(), SignGiven)
    if given.agree == (given.changes is not None):
        raise Invalid({"agree": N_("Please choose one: agree, or ask for changes.")})
    act = "agree" if given.agree else "changes"
    return Form.of(root=given.root, act=act, text=given.text if given.agree else given.changes), True


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
        raise Conflict(WITHDRAWN, old=version.number, new=newest.number, day=words_of(request).date(day))
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
