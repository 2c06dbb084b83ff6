"""What became of mails, and the working days of this site, for programs."""

from datetime import date
from typing import Annotated, Any

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from liaison.accounts.viewer import Viewer
from liaison.calendaring.holiday_notice import GivenDay, ScheduleRefused
from liaison.calendaring.holiday_table import gathered
from liaison.calendaring.workdays import DayKind, region_calendar
from liaison.checks import CHOOSE_ONE_OF
from liaison.db import Session
from liaison.errors import Invalid, Message
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mail.models import FINAL_STATES, HELD, OPEN_STATES
from liaison.mechanisms.rhythm import year_named
from liaison.system import holiday_queries, holidays, queries
from liaison.system.values import days_json, delivery_json
from liaison.web.api import Body, Paging, body, listed, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Operator = NamedDependency[Viewer]
Id = FromPath[str]
STATES = (*OPEN_STATES, HELD, *FINAL_STATES)


@get("/deliveries")
async def index(
    request: AnyRequest,
    db: Db,
    viewer: Me,
    paging: Page,
    meeting: FromQuery[str | None] = None,
    person: FromQuery[str | None] = None,
    in_state: Annotated[str | None, QueryParameter(name="state")] = None,  # the framework keeps `state` for itself
) -> dict[str, Any]:
    """What became of the mails about a meeting or to a person, oldest first, all or those in one `?state=`. Without either: the
    whole outbox, for the operator."""
    limit, after = paging.limits()
    if in_state is not None and in_state not in STATES:
        raise Invalid({"state": Message(N_("Please choose one of: %(choices)s."), {"choices": ", ".join(STATES)})})
    mails = await queries.deliveries(
        db,
        viewer,
        meeting_id=row_id(meeting) if meeting is not None else None,
        person_id=row_id(person) if person is not None else None,
        state=in_state,
        after=after,
        limit=limit + 1,
    )
    people = await queries.people_by_mail(db, mails)
    gettext = words_of(request)._
    return listed(mails, limit, lambda mail: delivery_json(mail, people[mail.id], gettext))


@post("/deliveries/{delivery_id:str}/retry")
async def retry(request: AnyRequest, db: Db, operator: Operator, delivery_id: Id) -> Response[bytes]:
    """Try a mail again now, with the same bytes if it had any."""
    mail = await outbox.retry(db, operator, row_id(delivery_id))
    return await _answer(request, db, operator, mail.id)


@post("/deliveries/{delivery_id:str}/release")
async def release(request: AnyRequest, db: Db, operator: Operator, delivery_id: Id) -> Response[bytes]:
    """Let a mail go that a restore has held."""
    mail = await outbox.release(db, operator, row_id(delivery_id))
    return await _answer(request, db, operator, mail.id)


async def _answer(request: AnyRequest, db: Session, viewer: Viewer, mail_id: int) -> Response[bytes]:
    await db.flush()
    mail = await queries.mail(db, mail_id)
    people = await queries.people_by_mail(db, [mail])
    return await reply(request, db, viewer, delivery_json(mail, people[mail_id], words_of(request)._))


class DayGiven(Body):
    """A day off (holiday), or a day of the weekend worked in return (makeup)."""

    date: date
    kind: str
    name: str | None = None


class DaysGiven(Body):
    """`status`: official or provisional. `move`: meetings nobody was told of follow their series' rule to other days."""

    days: list[DayGiven]
    status: str = "official"
    source: str | None = None
    move: bool = False
    version: int | None = None


@get("/calendar/{region:str}/{year:str}/days")
async def days(db: Db, viewer: Me, region: FromPath[str], year: FromPath[str]) -> dict[str, Any]:
    """The days off of a year and the days worked in return, with the state of its schedule."""
    return days_json(await holiday_queries.year_of_days(db, region, year_named(year) or 0))


@put("/calendar/{region:str}/{year:str}/days")
async def enter_days(
    request: AnyRequest, db: Db, operator: Operator, region: FromPath[str], year: FromPath[str]
) -> Response[bytes]:
    """Enter a year's schedule in place of what stood there. Meetings that were announced stay where they are."""
    given = body(await request.body(), DaysGiven)
    number = (await holiday_queries.year_of_days(db, region, year_named(year) or 0)).year
    act = holidays.EnterYear(number, given.status == "official", _days(number, region, given), given.source)
    version = seen(request, given.version)
    done = await holidays.apply(db, operator, region, act, move=given.move, version=version)
    answer = days_json(await holiday_queries.year_of_days(db, region, number))
    return await reply(request, db, operator, {**answer, "moved": done.moved, "stays": len(done.effects.stays)})


def _days(year: int, region: str, given: DaysGiven) -> tuple[GivenDay, ...]:
    """The days as they were given, each problem on its place. Raises Invalid."""
    choices = {"choices": "holiday, makeup"}
    wrong = {
        f"days.{n}.kind": Message(CHOOSE_ONE_OF, choices)
        for n, each in enumerate(given.days)
        if each.kind not in ("holiday", "makeup")
    }
    if given.status not in ("official", "provisional"):
        wrong["status"] = Message(CHOOSE_ONE_OF, {"choices": "official, provisional"})
    if wrong:
        raise Invalid(wrong)
    found = [(n, "", GivenDay(each.date, DayKind(each.kind), each.name)) for n, each in enumerate(given.days, 1)]
    try:
        return gathered(year, found, weekend=region_calendar(region).weekend).days
    except ScheduleRefused as refusal:
        fields = {f"days.{each.line - 1}.date" if each.line else "days": each.message for each in refusal.problems}
        raise Invalid(fields) from None


api = Router("/", route_handlers=[index, retry, release, days, enter_days])
