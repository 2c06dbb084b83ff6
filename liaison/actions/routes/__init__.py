"""The doors through which browsers reach action items; `app.py` takes `router` and `LINK_PAGES`."""

from litestar import Router

from liaison.actions.routes.editing import handlers as editing_handlers
from liaison.actions.routes.ledger import handlers as ledger_handlers
from liaison.actions.routes.links import PAGES as LINK_PAGES
from liaison.actions.routes.show import handlers as show_handlers

__all__ = ["LINK_PAGES", "router"]

router = Router("/", route_handlers=[*ledger_handlers, *show_handlers, *editing_handlers])
