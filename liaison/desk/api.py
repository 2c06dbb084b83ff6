"""The audit trail of a thing, for programs."""

from typing import Annotated, Any

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.desk.trail import Line, trail
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.web.api import Paging, listed
from liaison.web.forms import row_id

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Thing = Annotated[str | None, QueryParameter(name="object", description="A kind and an id, such as `meeting:7`.")]


@get("/audit")
async def audit_trail(db: Db, viewer: Me, paging: Page, of: Thing = None) -> dict[str, Any]:
    """Who did what to one thing, oldest first, as far as you may see it: meeting, mechanism, series, member, designation, person,
    agency, office, action, notice; mail and site for the operator."""
    if not of:
        raise Invalid({"object": N_("Please fill this in.")})
    limit, after = paging.limits()
    kind, _, number = of.partition(":")
    lines = await trail(db, viewer, kind, row_id(number), after=after, limit=limit + 1)
    return listed(lines, limit, lambda line: _as_json(line, of))


def _as_json(line: Line, thing: str) -> dict[str, Any]:
    return {
        "id": str(line.number),
        "at": line.at.isoformat(),
        "verb": line.verb,
        "object": thing,
        "person_id": str(line.person_id) if line.person_id else None,
        "via": line.via,
        "facts": line.facts,
    }


api = Router("/", route_handlers=[audit_trail])
