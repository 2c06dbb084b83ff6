"""Action items for programs: the ledger, one item, progress, how it ends, and requests for another date."""

from litestar import Router

from liaison.actions.api.escalating import handlers as escalating_handlers
from liaison.actions.api.extending import handlers as extending_handlers
from liaison.actions.api.items import handlers as item_handlers
from liaison.actions.api.ledger_file import handlers as ledger_handlers

api = Router(
    "/",
    route_handlers=[*item_handlers, *extending_handlers, *escalating_handlers, *ledger_handlers],
    tags=["action items"],
)
