"""What became of mails, for programs."""

from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, Message
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mail.models import FINAL_STATES, HELD, OPEN_STATES
from liaison.system import queries
from liaison.system.values import delivery_json
from liaison.web.api import Paging, listed, reply
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


api = Router("/", route_handlers=[index, retry, release])
