"""The doors through which browsers reach mechanisms; `app.py` takes `router`."""

from litestar import Router

from liaison.mechanisms.routes.designations import handlers as designation_handlers
from liaison.mechanisms.routes.keeping import handlers as keeping_handlers
from liaison.mechanisms.routes.lists import LINK_PAGES
from liaison.mechanisms.routes.lists import handlers as list_handlers
from liaison.mechanisms.routes.programmes import handlers as programme_handlers
from liaison.mechanisms.routes.promises import handlers as promise_handlers

__all__ = ["LINK_PAGES", "router"]

router = Router(
    "/",
    route_handlers=[*keeping_handlers, *designation_handlers, *list_handlers, *programme_handlers, *promise_handlers],
    include_in_schema=False,
)
