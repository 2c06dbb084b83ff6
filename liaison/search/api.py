"""The search for programs."""

from typing import Annotated, Any

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from liaison.accounts.viewer import Viewer
from liaison.checks import CHOOSE_ONE_OF
from liaison.db import Session
from liaison.errors import Invalid, Message
from liaison.i18n import N_
from liaison.search import queries
from liaison.search.showing import KIND_NAMES, found_json
from liaison.web.api import Paging
from liaison.web.minutes import excerpts_viewed
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Words = Annotated[str | None, QueryParameter(description="What to look for: Chinese from two characters, Latin words by their beginning; several words all have to be there.")]  # fmt: skip
OfKind = Annotated[str | None, QueryParameter(description="Only these: " + ", ".join(KIND_NAMES) + ".")]


@get("/search")
async def search(
    request: AnyRequest, db: Db, viewer: Me, paging: Page, q: Words = None, kind: OfKind = None
) -> Response[dict[str, Any]]:
    """What you may see that has these words, newest first: meetings, agenda items, decisions, action items, minutes (`id` is that of a
    version), papers, notices; people and mechanisms last. `marks` are [start, end) of the words in `excerpt`."""
    if not q:
        raise Invalid({"q": N_("Please fill this in.")})
    if kind is not None and kind not in KIND_NAMES:
        raise Invalid({"kind": Message(CHOOSE_ONE_OF, {"choices": ", ".join(KIND_NAMES)})})
    limit, after = paging.limits()
    begun = await queries.begin(db, viewer, q)
    found = await queries.find(db, begun, kind=kind, after=after or None, limit=limit)
    items = [found_json(hit.found, begun.wanted) for hit in found.hits]
    answer = Response({"items": items, "next": str(found.after) if found.after is not None else None})
    read = [hit.found.id for hit in found.hits if hit.found.kind == "minutes"]
    return excerpts_viewed(request, viewer, read, answer)


api = Router("", route_handlers=[search])
