"""The figures of a period by responsible agency."""

from datetime import date

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions.figure_queries import of_period
from liaison.actions.routes.common import shown
from liaison.db import Session
from liaison.errors import Invalid
from liaison.mechanisms import queries as mechanisms
from liaison.web.forms import Form, whole_number
from liaison.web.pages import AnyRequest


@get("/actions/figures")
async def show_figures(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer]
) -> Response[str]:
    """This year so far, unless the address names other days."""
    given, today = request.query_params, db.clock.today(db.settings.timezone)
    form = Form.of(**{"from": given.get("from") or date(today.year, 1, 1), "to": given.get("to") or today})
    chosen = whole_number(given.get("mechanism"))
    first, last = form.date("from"), form.date("to")
    found = []
    if first is not None and last is not None:
        try:
            found = await of_period(db, viewer, first, last, mechanism_id=chosen)
        except Invalid as refusal:
            form.take(refusal)
    return shown(
        request,
        "actions/figures.html",
        path="/actions/figures",
        form=form,
        found=found,
        mechanisms=list(await mechanisms.mechanisms_visible_to(db, viewer)),
        chosen=chosen,
    )


handlers = [show_figures]
