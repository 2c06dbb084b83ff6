"""Outcomes, reports and briefs for programs."""

from litestar import Router

from liaison.results.api.briefs import handlers as brief_handlers
from liaison.results.api.outcomes import handlers as outcome_handlers

api = Router("/", route_handlers=[*outcome_handlers, *brief_handlers], tags=["outcomes"])
