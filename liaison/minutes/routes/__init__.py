"""The doors through which browsers reach minutes; `app.py` takes `router`, `beside_meeting` and `LINK_PAGES`."""

from litestar import Router

from liaison.minutes.routes.beside import beside_meeting
from liaison.minutes.routes.circulating import handlers as circulating_handlers
from liaison.minutes.routes.editing import handlers as editing_handlers
from liaison.minutes.routes.issued import handlers as issued_handlers
from liaison.minutes.routes.issuing import handlers as issuing_handlers
from liaison.minutes.routes.links import PAGES as LINK_PAGES
from liaison.minutes.routes.papers import handlers as papers_handlers
from liaison.minutes.routes.registering import handlers as registering_handlers
from liaison.minutes.routes.show import handlers as show_handlers
from liaison.minutes.routes.signing import handlers as signing_handlers

__all__ = ["LINK_PAGES", "beside_meeting", "router"]

router = Router(
    "/",
    route_handlers=[
        *show_handlers,
        *editing_handlers,
        *circulating_handlers,
        *signing_handlers,
        *registering_handlers,
        *issuing_handlers,
        *issued_handlers,
        *papers_handlers,
    ],
)
