"""The doors through which browsers reach what is put to the members; `app.py` takes `router` and `LINK_PAGES`."""

from litestar import Router

from liaison.proposals.routes.circulating import handlers as circulating_handlers
from liaison.proposals.routes.drafting import handlers as drafting_handlers
from liaison.proposals.routes.links import PAGES as LINK_PAGES
from liaison.proposals.routes.registering import handlers as registering_handlers
from liaison.proposals.routes.show import handlers as show_handlers
from liaison.proposals.routes.signing import handlers as signing_handlers
from liaison.proposals.routes.versions import handlers as versions_handlers

__all__ = ["LINK_PAGES", "router"]

router = Router(
    "/",
    route_handlers=[
        *versions_handlers,
        *drafting_handlers,
        *show_handlers,
        *circulating_handlers,
        *signing_handlers,
        *registering_handlers,
    ],
    include_in_schema=False,
)
