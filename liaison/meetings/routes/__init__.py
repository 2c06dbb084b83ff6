"""The doors through which browsers reach meetings; `app.py` takes `router` and `LINK_PAGES`."""

from litestar import Router

from liaison.meetings.routes.activities import handlers as activity_handlers
from liaison.meetings.routes.agenda import handlers as agenda_handlers
from liaison.meetings.routes.annual import handlers as annual_handlers
from liaison.meetings.routes.annual_sending import handlers as annual_sending_handlers
from liaison.meetings.routes.answering import handlers as answering_handlers
from liaison.meetings.routes.asking import handlers as asking_handlers
from liaison.meetings.routes.attendance import handlers as attendance_handlers
from liaison.meetings.routes.calendar import handlers as calendar_handlers
from liaison.meetings.routes.changing import handlers as changing_handlers
from liaison.meetings.routes.delivery import handlers as delivery_handlers
from liaison.meetings.routes.entering import handlers as entering_handlers
from liaison.meetings.routes.following import handlers as following_handlers
from liaison.meetings.routes.links import PAGES
from liaison.meetings.routes.new import handlers as new_handlers
from liaison.meetings.routes.papers import handlers as paper_handlers
from liaison.meetings.routes.past import handlers as past_handlers
from liaison.meetings.routes.proposing import PAGES as PROPOSING
from liaison.meetings.routes.recording import handlers as recording_handlers
from liaison.meetings.routes.sending import handlers as sending_handlers
from liaison.meetings.routes.series import handlers as series_handlers
from liaison.meetings.routes.show import handlers as show_handlers
from liaison.meetings.routes.skipping import handlers as skipping_handlers

__all__ = ["LINK_PAGES", "router"]

LINK_PAGES = {**PAGES, **PROPOSING}

router = Router(
    "/",
    route_handlers=[
        *show_handlers,
        *calendar_handlers,
        *new_handlers,
        *changing_handlers,
        *asking_handlers,
        *agenda_handlers,
        *paper_handlers,
        *sending_handlers,
        *delivery_handlers,
        *answering_handlers,
        *recording_handlers,
        *attendance_handlers,
        *following_handlers,
        *entering_handlers,
        *past_handlers,
        *series_handlers,
        *annual_handlers,
        *annual_sending_handlers,
        *skipping_handlers,
        *activity_handlers,
    ],
)
