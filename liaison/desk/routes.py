"""我的工作 and the list of meetings."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import queries as actions
from liaison.actions import reporting
from liaison.actions.showing import lines
from liaison.db import Session
from liaison.desk import queries
from liaison.desk.queries import Desk
from liaison.desk.wording import PERIOD_NAMES, PROMISE_WORDS, UNSENT_WORDS
from liaison.errors import Conflict, Message
from liaison.i18n import N_
from liaison.mail.reasons import worded
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.wording import ROLES
from liaison.meetings import agenda, announcing, replies
from liaison.meetings import queries as meetings
from liaison.meetings.audience import HIDDEN, may_see_item
from liaison.meetings.models import Meeting
from liaison.meetings.month import first_of
from liaison.meetings.permissions import may_schedule
from liaison.meetings.wording import ANSWER_NAMES, KIND_NAMES, STATE_NAMES
from liaison.web.forms import Form, row_id
from liaison.web.pages import AnyRequest, fragment, page, see_other, words_of

SHOWN = 5
"""So many of the coming meetings stand on the desk; the rest is on the list."""
PAGE = 20
CHANGED = Message(N_("Somebody changed this in the meantime, so nothing was done. The list shows how it stands now."))

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]


@get("/")
async def my_work(request: AnyRequest, db: Db, viewer: Me, month: FromQuery[str | None] = None) -> Response[str]:
    """What needs the viewer, what is coming, the month, and the promised rhythm."""
    shown = await queries.desk(db, viewer, first_of(month, db.clock.today(db.settings.timezone)))
    return page(request, "desk/show.html", nav="desk", **_context(request, viewer, shown))


@post("/desk/answers/{attendee_id:int}")
async def answer(request: AnyRequest, db: Db, viewer: Me, attendee_id: FromPath[int]) -> Response[Any]:
    """参加 / 待定 / 请假 in one press."""
    form = await Form.read(request)
    attendee = await meetings.attendee(db, attendee_id)
    await meetings.get(db, viewer, attendee.meeting_id)
    said = Message(N_("Answered: %(answer)s"), {"answer": Message(ANSWER_NAMES.get(form.raw("partstat"), ""))})
    act = replies.answer(db, viewer, attendee, partstat=form.raw("partstat"), version=form.whole("version"))
    return await _after(request, db, viewer, act, said)


@post("/desk/reminders/{meeting_id:int}")
async def remind(request: AnyRequest, db: Db, viewer: Me, meeting_id: FromPath[int]) -> Response[Any]:
    """Remind who has not answered."""
    meeting = await meetings.get(db, viewer, meeting_id)
    act = announcing.remind(db, viewer, meeting)
    return await _after(request, db, viewer, act, Message(N_("The reminder goes to everybody who has not answered.")))


@post("/desk/items/{item_id:int}")
async def accept(request: AnyRequest, db: Db, viewer: Me, item_id: FromPath[int]) -> Response[Any]:
    """审定: take a proposed item onto the agenda."""
    form = await Form.read(request)
    item = await agenda.item_of(db, viewer, item_id, unseen=True)
    title = item.title if may_see_item(viewer, item) else Message(HIDDEN)
    said = Message(N_("“%(title)s” is on the agenda."), {"title": title})
    return await _after(request, db, viewer, agenda.accept_item(db, viewer, item, version=form.whole("version")), said)


@post("/desk/actions/{action_id:int}")
async def complete(request: AnyRequest, db: Db, viewer: Me, action_id: FromPath[int]) -> Response[Any]:
    """办结 in one press; the item's page, or the toast, undoes it."""
    form = await Form.read(request)
    item = await actions.get(db, viewer, action_id)
    said = Message(N_("Done: “%(title)s”"), {"title": item.title})
    act = reporting.complete(db, viewer, item, version=form.whole("version"))
    return await _after(request, db, viewer, act, said, undo=f"/actions/{action_id}/reopen")


@get("/meetings")
async def all_meetings(
    request: AnyRequest,
    db: Db,
    viewer: Me,
    mechanism: FromQuery[str | None] = None,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """Meetings to come, those without a date, and past ones page by page; of one mechanism by the address."""
    chosen = row_id(mechanism) if mechanism else None
    known = await mechanisms.mechanisms_visible_to(db, viewer) if not viewer.operator else await _own(db, viewer)
    cursor = _cursor(before)
    now = db.now()
    coming = [] if cursor else await meetings.upcoming(db, viewer, mechanism_id=chosen, limit=200)
    aside = [] if cursor else await meetings.set_aside(db, viewer, mechanism_id=chosen)
    rows = await meetings.past(db, viewer, mechanism_id=chosen, before=cursor, limit=PAGE + 1)
    over = [m for m in rows[:PAGE] if m.ends_at <= now and m.id not in {each.id for each in aside}]
    query = f"mechanism={chosen}&" if chosen else ""
    return page(
        request,
        "meetings/index.html",
        nav="meetings",
        mechanisms=known,
        chosen=chosen,
        schedulable=[m for m in known if may_schedule(viewer, m.id) and chosen in (None, m.id)],
        coming=coming,
        aside=aside,
        over=over,
        earlier=f"/meetings?{query}before={_named(rows[PAGE - 1])}" if len(rows) > PAGE else None,
        is_first=cursor is None,
        counts=await queries.counts_of(db, viewer, [*coming, *over]),
        state_names=STATE_NAMES,
        kind_names=KIND_NAMES,
    )


async def _own(db: Session, viewer: Viewer) -> Sequence[Mechanism]:
    """An operator sees every mechanism's frame, but no meetings by that."""
    mine = viewer.shares_mechanism_ids()
    return [m for m in await mechanisms.mechanisms_visible_to(db, viewer) if m.id in mine]


async def _after(
    request: AnyRequest, db: Session, viewer: Viewer, act: Any, said: Message, *, undo: str | None = None
) -> Response[Any]:
    """The list as it is after the act, for htmx with a word about it; else the way back to the page. An act that is not
    possible any more says why above the list, without a script on the page around it (409)."""
    refusal: Message | None = None
    try:
        await act
        await db.flush()
    except Conflict as conflict:
        await db.rollback()
        refusal = CHANGED if conflict.theirs else conflict.message
    if not request.htmx and refusal is None:
        return see_other("/")
    shown = await queries.desk(db, viewer, db.clock.today(db.settings.timezone).replace(day=1))
    gettext = words_of(request)._
    context = _context(request, viewer, shown, refused=refusal.worded(gettext) if refusal else None)
    if not request.htmx:
        return page(request, "desk/show.html", nav="desk", status=409, **context)
    toast = None if refusal else SimpleNamespace(text=said.worded(gettext), undo_url=undo)
    return fragment(request, "desk/_needs.html", toast=toast, **context)


def _context(request: AnyRequest, viewer: Viewer, shown: Desk, refused: str | None = None) -> dict[str, Any]:
    roles = {office.role for office in viewer.designations}
    role = next((ROLES[name] for name in ("acting", "principal", "deputy") if name in roles), None)
    mine = [rhythm.mechanism.id for rhythm in shown.rhythms if may_schedule(viewer, rhythm.mechanism.id)]
    offices = sorted({office.mechanism_id for office in viewer.designations} | set(mine))
    words = words_of(request)
    gettext = words._
    return {
        "actions": lines(words, viewer, shown.actions, request.app.state.clock.now(), shown.carried),
        "desk": shown,
        "refused": refused,
        "counts": shown.counts,
        "coming": shown.coming[:SHOWN],
        "role": role or (N_("Operator") if viewer.operator else None),
        "schedule_in": offices,
        "state_names": STATE_NAMES,
        "kind_names": KIND_NAMES,
        "unsent_words": UNSENT_WORDS,
        "promise_words": PROMISE_WORDS,
        "period_names": PERIOD_NAMES,
        "reason_of": lambda reason: worded(reason, gettext),
    }


def _named(meeting: Meeting) -> str:
    """The place in the list after this meeting, for the address."""
    return f"{meeting.starts_at.astimezone(UTC):%Y%m%dT%H%M%S}-{meeting.id}"


def _cursor(text: str | None) -> tuple[datetime, int] | None:
    if not text:
        return None
    instant, _, number = text.partition("-")
    try:
        return datetime.strptime(instant, "%Y%m%dT%H%M%S").replace(tzinfo=UTC), row_id(number)
    except ValueError:
        return datetime.combine(date.min, datetime.min.time(), UTC), 1


router = Router("/", route_handlers=[my_work, answer, remind, accept, complete, all_meetings])
