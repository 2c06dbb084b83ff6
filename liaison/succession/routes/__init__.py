"""The doors through which browsers hand over offices and move people; `app.py` takes `router`."""

from litestar import Router

from liaison.succession.routes.leaving import handlers as leaving_handlers
from liaison.succession.routes.terms import handlers as term_handlers
from liaison.succession.routes.transfers import handlers as transfer_handlers

__all__ = ["router"]

router = Router("/", route_handlers=[*term_handlers, *transfer_handlers, *leaving_handlers], include_in_schema=False)
