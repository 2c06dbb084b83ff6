"""The doors through which browsers read and keep the directory."""

from litestar import Router

from liaison.directory.routes.agencies import handlers as agency_handlers
from liaison.directory.routes.people import handlers as person_handlers
from liaison.directory.routes.show import handlers as show_handlers

router = Router("/directory", route_handlers=[*show_handlers, *agency_handlers, *person_handlers])
