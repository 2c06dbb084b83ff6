"""What is put to the members, for programs: a version of the agreement, or that an agency joins. `id` in an address is that of one
version."""

from datetime import date
from typing import Any

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.mechanisms import known
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.clauses import ClauseSaid
from liaison.mechanisms.models import ONLINE
from liaison.proposals import circulating, drafting, effect, queries, signing
from liaison.proposals.drafting import JoiningSaid, VersionSaid
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import readable_versions
from liaison.proposals.values import proposal_json, wording_json
from liaison.proposals.viewing import note_viewing
from liaison.web.afterwards import noted_afterwards
from liaison.web.api import Body, body, named, named_if_given, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest
from liaison.web.signing import ChangesGiven, CirculateGiven, ExcuseGiven, RegisterGiven, SignGiven

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[str]


class ObligationGiven(Body):
    kind: str
    amount: int | None = None
    period: str | None = None


class ClauseGiven(Body):
    number: int
    text: str
    obligation: ObligationGiven | None = None


class ProposalGiven(Body):
    """A version of the agreement (`title`, `clauses` …), or with `agency_id` that this agency joins (`text` says why)."""

    title: str | None = None
    clauses: list[ClauseGiven] | None = None
    effective_on: date | None = None
    review_on: date | None = None
    reason: str | None = None
    agency_id: str | None = None
    text: str | None = None
    joined_on: date | None = None
    takes_part: str = ONLINE
    basis_ref: str | None = None
    version: int | None = None

    def said(self) -> VersionSaid | JoiningSaid:
        """Raises Invalid for a body that is both."""
        if self.agency_id is None:
            if self.text is not None:
                raise Invalid({"agency_id": N_("Please choose an agency from the directory.")})
            return VersionSaid(
                title=self.title,
                clauses=[_clause(one) for one in self.clauses or ()],
                effective_on=self.effective_on,
                review_on=self.review_on,
                reason=self.reason,
            )
        if self.clauses is not None or self.title is not None:
            raise Invalid({"clauses": N_("Either a version of the agreement is proposed, or that an agency joins.")})
        return JoiningSaid(
            agency_id=named_if_given(self.agency_id),
            text=self.text,
            joined_on=self.joined_on,
            takes_part=self.takes_part,
            basis_ref=self.basis_ref,
        )


class ForceGiven(Body):
    doc_no: str | None = None
    signed_on: date | None = None


class WithdrawGiven(Body):
    reason: str | None = None


@get("/mechanisms/{mechanism_id:str}/agreement/versions")
async def wordings(db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """Every wording of the agreement that held, oldest first; the last one is the present."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    found = await known.wordings(db, viewer, mechanism)
    return {"items": [wording_json(n, one) for n, one in enumerate(found, 1)], "next": None}


@get("/mechanisms/{mechanism_id:str}/proposals")
async def proposals(db: Db, viewer: Me, mechanism_id: Id) -> dict[str, Any]:
    """What is and was put to the members, newest first, each in the newest version that the caller may read."""
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    items = []
    for one in await queries.of_mechanism(db, viewer, mechanism):
        readable = readable_versions(viewer, one, db.now())
        items.append(proposal_json(viewer, one, readable[-1], readable))
    return {"items": items, "next": None}


@post("/mechanisms/{mechanism_id:str}/proposals")
async def draft(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """Begin a draft that only the lead agency sees."""
    given = body(await request.body(), ProposalGiven)
    mechanism = await mechanisms.get(db, viewer, row_id(mechanism_id))
    proposal = await drafting.draft(db, viewer, mechanism.id, given.said())
    return await _answer(request, db, viewer, proposal, proposal.document.newest, status=201)


@get("/proposals/{version_id:str}")
async def one(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """One version."""
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    answer = await _answer(request, db, viewer, proposal, version)
    answer.background = noted_afterwards(request, viewer, version.id, note_viewing)
    return answer


@put("/proposals/{version_id:str}")
async def save(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Write it as it is to read; after circulation this is a new version with an id of its own."""
    given = body(await request.body(), ProposalGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    version = await drafting.save(db, viewer, proposal, given.said(), seen=(version.id, seen(request, given.version)))
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/circulate", status_code=200)
async def circulate(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Fix this version and ask every member agency to sign it, until `due_on`."""
    given = body(await request.body(), CirculateGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    version = await circulating.circulate(db, viewer, proposal, version, due_on=given.due_on)
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/sign", status_code=200)
async def sign(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """The caller's agency agrees to the text whose `root` was read; 409 if it is another one by now."""
    given = body(await request.body(), SignGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    await signing.sign(db, viewer, proposal, version, root=given.root, text=given.text)
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/request-changes", status_code=200)
async def request_changes(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """The caller's agency says what is to be changed before it agrees."""
    given = body(await request.body(), ChangesGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    await signing.request_changes(
        db, viewer, proposal, version, root=given.root, text=given.text, section_key=given.section_key
    )
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/register", status_code=200)
async def register(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Enter what an agency said on paper (`leader`, `signed_on`) or another way (`registered`, with `state` agreed or
    changes_requested)."""
    given = body(await request.body(), RegisterGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    await signing.register(
        db,
        viewer,
        proposal,
        version,
        root=given.root,
        agency_id=named(given.agency_id),
        state=given.state,
        paper=given.on_paper,
        registered=given.told,
        text=given.text,
    )
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/remind", status_code=200)
async def remind(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """Mail those once more that have not answered, each at most once a day. 409 where nobody is left to mail."""
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    await circulating.remind(db, viewer, proposal, version)
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/excuse", status_code=200)
async def excuse(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """An agency that has left the mechanism is not waited for, with the reason; `taken_back` waits for it again."""
    given = body(await request.body(), ExcuseGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    await signing.excuse(
        db, viewer, proposal, version, agency_id=named(given.agency_id), reason=given.reason, taken_back=given.taken_back
    )  # fmt: skip
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/put-in-force", status_code=200)
async def put_in_force(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """It holds from its day on; 409 until every member agency has agreed to this version."""
    given = body(await request.body(), ForceGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    await effect.put_in_force(db, viewer, proposal, version, doc_no=given.doc_no, signed_on=given.signed_on)
    return await _answer(request, db, viewer, proposal, version)


@post("/proposals/{version_id:str}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """It is put to the members no more; a reason is needed once it was circulated."""
    given = body(await request.body(), WithdrawGiven)
    proposal, version = await queries.version(db, viewer, row_id(version_id))
    await drafting.withdraw(db, viewer, proposal, reason=given.reason)
    return await _answer(request, db, viewer, proposal, version)


def _clause(given: ClauseGiven) -> ClauseSaid:
    one = given.obligation
    if one is None:
        return ClauseSaid(given.number, given.text, says_obligation=True)
    return ClauseSaid(given.number, given.text, one.kind, one.amount, one.period, True)


async def _answer(
    request: AnyRequest, db: Session, viewer: Viewer, proposal: Proposal, version: DocumentVersion, *, status: int = 200
) -> Response[bytes]:
    readable = readable_versions(viewer, proposal, db.now())
    return await reply(request, db, viewer, proposal_json(viewer, proposal, version, readable), status=status)


api = Router(
    "",
    route_handlers=[
        wordings,
        proposals,
        draft,
        one,
        save,
        circulate,
        sign,
        request_changes,
        register,
        remind,
        excuse,
        put_in_force,
        withdraw,
    ],
    tags=["mechanisms"],
)
