"""The doors through which browsers sign in and keep their own account."""

from litestar import Router

from liaison.accounts.routes.deactivating import handlers as deactivating_handlers
from liaison.accounts.routes.entering import handlers as entering_handlers
from liaison.accounts.routes.links import handlers as link_handlers
from liaison.accounts.routes.own import handlers as own_handlers

router = Router("/", route_handlers=[*entering_handlers, *link_handlers, *own_handlers, *deactivating_handlers])
