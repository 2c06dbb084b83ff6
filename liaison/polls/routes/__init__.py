"""The doors through which browsers look for a time; `app.py` takes `router` and `LINK_PAGES`."""

from litestar import Router

from liaison.polls.routes.answering import handlers as answering_handlers
from liaison.polls.routes.asking import handlers as asking_handlers
from liaison.polls.routes.links import PAGES as LINK_PAGES
from liaison.polls.routes.show import handlers as show_handlers

__all__ = ["LINK_PAGES", "router"]

router = Router("/", route_handlers=[*asking_handlers, *show_handlers, *answering_handlers])
"""会议时间征询: the questions of a mechanism, one question, its answers and its end."""
