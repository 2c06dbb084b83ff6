"""What the pages of a proposal share: one version as its page shows it, and how a page is answered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.countersigning import showing
from liaison.countersigning.comparing import SectionCompared
from liaison.countersigning.models import ALL_AGREED, CIRCULATING, DRAFT, DocumentVersion
from liaison.countersigning.permissions import signs_for
from liaison.countersigning.standing import signer_of, standing_of, word_of
from liaison.countersigning.wording import CHANGE_NAMES
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.proposals import queries
from liaison.proposals.models import WAITING, Proposal
from liaison.proposals.permissions import NOT_LEAD, may_propose, may_register, readable_versions
from liaison.proposals.wording import STATE_LOOKS, STATE_NAMES, facts, obliges, title
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Page = Response[Any]

NAMES: dict[str, Any] = {
    "state_names": STATE_NAMES,
    "state_looks": STATE_LOOKS,
    "said_names": showing.SAID_NAMES,
    "said_looks": showing.SAID_LOOKS,
    "change_names": CHANGE_NAMES,
    "registered_names": REGISTERED_NAMES,
    "instant": datetime.fromisoformat,
    "local_day": date.fromisoformat,
    "short_root": showing.short_root,
    "scans": "/proposals/sign-offs",
}


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page of a proposal, under 机制 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(request, template, nav="mechanisms", **{"theirs": {}, **NAMES, **context})


async def to_write(db: Session, viewer: Viewer, version_id: int) -> tuple[Proposal, DocumentVersion]:
    """The version behind a form that only the lead's liaison is shown. Raises NotFound, NotPermitted."""
    proposal, version = await queries.version(db, viewer, version_id)
    if not may_propose(viewer, proposal.mechanism):
        raise NotPermitted(NOT_LEAD)
    return proposal, version


async def context_of(
    request: AnyRequest, db: Session, viewer: Viewer, proposal: Proposal, version_id: int
) -> dict[str, Any]:
    """One version, with who signs, the versions before, and what the viewer may do."""
    mechanism, document, words = proposal.mechanism, proposal.document, words_of(request)
    version = next(one for one in document.versions if one.id == version_id)
    state = proposal.state_of(version)
    today = db.clock.today(mechanism.timezone)
    members = {one.agency_id for one in await mechanisms.members_on(db, mechanism.id, today)}
    leads, runs = may_propose(viewer, mechanism), not mechanism.has_ended(today)
    own = signs_for(viewer, document)
    signs = own is not None and signer_of(version, own) is not None and state in (CIRCULATING, ALL_AGREED)
    stands = standing_of(version)
    signers = showing.signers_shown(
        viewer,
        document,
        version,
        members,
        may_register=lambda agency_id: proposal.is_open and may_register(viewer, mechanism, document, agency_id),
        decides=leads and proposal.is_open,
    )
    readable = {one.id for one in readable_versions(viewer, proposal, db.now())}
    versions = showing.versions_shown(viewer, document, readable)
    return {
        "proposal": proposal,
        "mechanism": mechanism,
        "zone": mechanism.timezone,
        "version": version,
        "at": f"/proposals/{version.id}",
        "is_agreement": proposal.joins_id is None,
        "title": title(words, version.head),
        "facts": facts(words, version.head),
        "obliges": obliges(words, version.head),
        "state": state,
        "reason": proposal.reason_beside(version),
        "stands": stands,
        "signers": signers,
        "versions": versions,
        "version_states": {one.version.id: proposal.state_of(one.version) for one in versions},
        "own_word": word_of(version, own) if signs and own is not None else None,
        "own_agency": next((one.agency for one in version.signers if one.agency_id == own), None) if signs else None,
        "may": {
            "edit": leads and runs and state in (DRAFT, CIRCULATING, ALL_AGREED),
            "circulate": leads and runs and state == DRAFT,
            "remind": leads and runs and state == CIRCULATING and bool(stands.owes),
            "put_in_force": leads and runs and state == ALL_AGREED,
            "withdraw": leads and state in (DRAFT, CIRCULATING, ALL_AGREED, WAITING),
            "sign": signs,
        },
    }


async def version_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    proposal: Proposal,
    version_id: int,
    form: Form,
    *,
    since_read: Sequence[SectionCompared] | None = None,
    toast: Any = None,
) -> Response[str]:
    """The page of one version; `since_read`: what was changed since somebody who wants to sign read it."""
    return shown(
        request,
        "proposals/show.html",
        path=f"/proposals/{version_id}",
        form=form,
        since_read=since_read,
        toast=toast,
        **await context_of(request, db, viewer, proposal, version_id),
    )
