"""The agreement in all its versions: which held when, and what is under way."""

from litestar import get

from liaison.errors import NotFound
from liaison.mechanisms import known
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.wording import promised
from liaison.proposals import queries
from liaison.proposals.models import WAITING
from liaison.proposals.permissions import may_propose, readable_versions
from liaison.proposals.routes.common import Db, Id, Me, Page, shown
from liaison.proposals.wording import title
from liaison.web.pages import AnyRequest, words_of


@get("/mechanisms/{mechanism_id:int}/agreement/versions")
async def versions(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Every wording that held, newest first, with its days; and what is or was put to the members."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    wordings = await known.wordings(db, viewer, mechanism)
    proposals = await queries.of_mechanism(db, viewer, mechanism)
    seen = {one.id: readable_versions(viewer, one, db.now())[-1] for one in proposals}
    return shown(
        request,
        "proposals/versions.html",
        mechanism=mechanism,
        wordings=[*reversed(wordings)],
        proposals=proposals,
        seen=seen,
        states={one.id: one.state_of(seen[one.id]) for one in proposals},
        of_document={one.document_id: seen[one.id] for one in proposals},
        titles={one.id: title(words, seen[one.id].head) for one in proposals},
        may_propose=may_propose(viewer, mechanism) and not mechanism.has_ended(today),
        version_open=any((one.is_open or one.state == WAITING) and one.joins_id is None for one in proposals),
    )


@get("/mechanisms/{mechanism_id:int}/agreement/versions/{nth:int}")
async def wording(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, nth: Id) -> Page:
    """One wording, the `nth` that held, counted from 1."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    words = words_of(request)
    wordings = await known.wordings(db, viewer, mechanism)
    if not 1 <= nth <= len(wordings):
        raise NotFound
    return shown(
        request,
        "proposals/wording.html",
        mechanism=mechanism,
        wording=wordings[nth - 1],
        number=nth,
        promised=lambda said: promised(words, said),
    )


handlers = [versions, wording]
