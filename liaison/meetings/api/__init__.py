"""Meetings for programs: series, meetings, who is asked, what they answer, the agenda."""

from litestar import Router

from liaison.meetings.api import activities, agenda, asked, meetings, papers, past, plan, record, series

api = Router(
    "/",
    route_handlers=[
        *meetings.HANDLERS,
        *asked.HANDLERS,
        *agenda.HANDLERS,
        *papers.HANDLERS,
        *past.HANDLERS,
        *series.HANDLERS,
        *plan.HANDLERS,
        *record.HANDLERS,
        *activities.HANDLERS,
    ],
    tags=["meetings"],
)
