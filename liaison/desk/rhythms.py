"""Promised meetings of the viewer's mechanisms that nobody has planned in time."""

from collections.abc import Mapping, Sequence
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.calendaring.deadlines import check_profile
from liaison.calendaring.workdays import WorkCalendar
from liaison.db import Session
from liaison.desk.promises import at_risk
from liaison.desk.todos import Todo
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.rhythm import YearRhythm
from liaison.meetings.suggesting import next_host


async def plans(
    db: Session,
    viewer: Viewer,
    years: Mapping[Mechanism, Sequence[YearRhythm]],
    calendars: Mapping[str, WorkCalendar],
    today: date,
) -> list[Todo]:
    """Promised meetings that nobody has planned although it is time: for the liaison of the agency whose turn it is to host."""
    todos = []
    for mechanism, found in years.items():
        mine = viewer.acts_for(mechanism.id)
        profile = check_profile(mechanism.deadlines)
        if mine is None or not (risk := at_risk(found, calendars[mechanism.region], profile, today)):
            continue
        turn = await next_host(db, viewer, mechanism)
        if mine == (turn.id if turn else mechanism.lead_agency_id):
            todos.append(Todo("plan", risk.begin_on, mechanism.id, None, mechanism.short_name, day=risk.day))
    return todos
