"""The figures of a period by responsible agency."""

from datetime import date
from typing import Any

from litestar import get
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions.figure_queries import of_period
from liaison.actions.figures import Figures, total
from liaison.actions.routes.common import Db, Me, shown
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Invalid
from liaison.mechanisms import queries as mechanisms
from liaison.web.forms import Form, whole_number
from liaison.web.pages import AnyRequest, page


@get("/actions/figures")
async def show_figures(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """This year so far, unless the address names other days."""
    return shown(
        request,
        "actions/figures.html",
        path="/actions/figures",
        **await _counted(request, db, viewer),
        print=_print(request),
    )


@get("/actions/figures/print")
async def print_figures(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """The same table on A4."""
    return page(request, "actions/figures_print.html", **await _counted(request, db, viewer))


async def _counted(request: AnyRequest, db: Session, viewer: Viewer) -> dict[str, Any]:
    given, today = request.query_params, db.clock.today(db.settings.timezone)
    form = Form.of(**{"from": given.get("from") or date(today.year, 1, 1), "to": given.get("to") or today})
    chosen = whole_number(given.get("mechanism"))
    first, last = form.date("from"), form.date("to")
    found: list[tuple[Agency, Figures]] = []
    if first is not None and last is not None:
        try:
            found = await of_period(db, viewer, first, last, mechanism_id=chosen)
        except Invalid as refusal:
            form.take(refusal)
    return {
        "form": form,
        "first": first,
        "last": last,
        "found": found,
        "total": total([one for _, one in found]),
        "mechanisms": list(await mechanisms.mechanisms_visible_to(db, viewer)),
        "chosen": chosen,
    }


def _print(request: AnyRequest) -> str:
    """The address of the printed table, for the same days."""
    return "/actions/figures/print" + (f"?{request.url.query}" if request.url.query else "")


handlers = [show_figures, print_figures]
