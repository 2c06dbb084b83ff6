"""The doors through which browsers reach notices; `app.py` takes `router` and `LINK_PAGES`."""

from litestar import Router

from liaison.notices.routes.acting import handlers as acting_handlers
from liaison.notices.routes.contact import handlers as contact_handlers
from liaison.notices.routes.ledger import handlers as ledger_handlers
from liaison.notices.routes.links import PAGES as LINK_PAGES
from liaison.notices.routes.lists import handlers as list_handlers
from liaison.notices.routes.papers import handlers as paper_handlers
from liaison.notices.routes.past import handlers as past_handlers
from liaison.notices.routes.referring import handlers as referring_handlers
from liaison.notices.routes.registering import handlers as registering_handlers
from liaison.notices.routes.show import handlers as show_handlers
from liaison.notices.routes.writing import handlers as writing_handlers

__all__ = ["LINK_PAGES", "router"]

router = Router(
    "/",
    route_handlers=[
        *list_handlers,
        *writing_handlers,
        *show_handlers,
        *acting_handlers,
        *referring_handlers,
        *ledger_handlers,
        *past_handlers,
        *registering_handlers,
        *paper_handlers,
        *contact_handlers,
    ],
)
"""通报与移送: the boxes, one notice, and what is done with it."""
