"""The doors through which browsers reach outcomes."""

from litestar import Router

from liaison.results.routes.briefs import handlers as brief_handlers
from liaison.results.routes.confirming import handlers as confirming_handlers
from liaison.results.routes.importing import handlers as importing_handlers
from liaison.results.routes.lines import handlers as line_handlers
from liaison.results.routes.overview import handlers as overview_handlers
from liaison.results.routes.report import handlers as report_handlers

router = Router(
    "/",
    route_handlers=[
        *overview_handlers,
        *line_handlers,
        *importing_handlers,
        *confirming_handlers,
        *report_handlers,
        *brief_handlers,
    ],
)
"""成效: the overview, the lines of a mechanism, tables that are taken in, periods that are confirmed, reports and briefs."""
