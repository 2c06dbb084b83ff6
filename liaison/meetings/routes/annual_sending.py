"""发送年度会议安排: what would be told to whom, and the one button."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.plan_lines import POSTPONED, SKIPPED
from liaison.meetings.routes.annual import chosen_year
from liaison.meetings.sending_plan import send_plan, to_send
from liaison.meetings.showing import WHY_UNREACHABLE
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, see_other, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


@get("/mechanisms/{mechanism_id:int}/plan/send")
async def review(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, year: FromQuery[int | None] = None
) -> Response[Any]:
    """The dates that would be told, what changed since they were, who gets the mail and who is told by letter."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    chosen, words = chosen_year(db, mechanism, year), words_of(request)
    plan = await to_send(db, viewer, mechanism, chosen)
    drafts = set(plan.to_plan)
    today = db.clock.today(mechanism.timezone)
    members = await mechanisms.members_on(db, mechanism_id, today)
    return page(
        request,
        "meetings/plan_send.html",
        nav="mechanisms",
        mechanism=mechanism,
        year=chosen,
        plan=plan,
        changes=[change.said(words) for change in plan.shown_changes],
        rows=[
            (line, line.when(words), line.remark(words), (line.series_id, line.day) in drafts) for line in plan.shown
        ],
        letter=Form(),
        recipients=[
            ("", words._("All other member agencies")),
            *((str(m.agency_id), m.agency.name) for m in members if m.agency_id != viewer.acts_for(mechanism_id)),
        ],
        no_host=(SKIPPED, POSTPONED),
        why_unreachable=WHY_UNREACHABLE,
    )


@post("/mechanisms/{mechanism_id:int}/plan/send")
async def send(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Plan the drafts that are missing, and send the mails."""
    form = await Form.read(request)
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    year = chosen_year(db, mechanism, form.whole("year"))
    await send_plan(db, viewer, mechanism_id, year, number=form.whole("number"))
    return see_other(f"/mechanisms/{mechanism_id}/plan?year={year}&sent=1")


handlers = [review, send]
