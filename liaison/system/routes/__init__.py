"""The operator's pages; `app.py` takes `router`."""

from litestar import Router

from liaison.system.routes.first_steps import handlers as first_steps_handlers
from liaison.system.routes.holidays import handlers as holidays_handlers
from liaison.system.routes.outbox import handlers as outbox_handlers
from liaison.system.routes.site import handlers as site_handlers

__all__ = ["router"]

router = Router("/", route_handlers=[*site_handlers, *outbox_handlers, *first_steps_handlers, *holidays_handlers])
