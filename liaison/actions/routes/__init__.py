"""The doors through which browsers reach action items; `app.py` takes `router`, `LINK_PAGES`, `beside_meeting` and `assign_decided`."""

from litestar import Router

from liaison.actions.deciding import assign_decided
from liaison.actions.routes.closing import handlers as closing_handlers
from liaison.actions.routes.common import beside_meeting
from liaison.actions.routes.deciding import handlers as deciding_handlers
from liaison.actions.routes.editing import handlers as editing_handlers
from liaison.actions.routes.escalating import handlers as escalating_handlers
from liaison.actions.routes.extending import LINK_PAGES as EXTENSION_PAGES
from liaison.actions.routes.extending import handlers as extending_handlers
from liaison.actions.routes.figures import handlers as figure_handlers
from liaison.actions.routes.ledger import handlers as ledger_handlers
from liaison.actions.routes.ledger_file import handlers as file_handlers
from liaison.actions.routes.links import PAGES
from liaison.actions.routes.reminding import handlers as reminding_handlers
from liaison.actions.routes.show import handlers as show_handlers

__all__ = ["LINK_PAGES", "assign_decided", "beside_meeting", "router"]

LINK_PAGES = {**PAGES, **EXTENSION_PAGES}
router = Router(
    "/",
    route_handlers=[
        *ledger_handlers,
        *file_handlers,
        *figure_handlers,
        *show_handlers,
        *editing_handlers,
        *extending_handlers,
        *reminding_handlers,
        *closing_handlers,
        *escalating_handlers,
        *deciding_handlers,
    ],
)
