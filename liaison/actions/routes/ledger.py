"""落实台账: every action item the viewer may know of, narrowed by filters that stand in the address; quick add."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, queries
from liaison.actions.beside import owners
from liaison.actions.models import ActionItem
from liaison.actions.queries import MOST_COUNTED, Filters, after_of
from liaison.actions.routes.common import Db, Me, choice_of_owner, shown
from liaison.actions.showing import STATE_NAMES, lines
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries as meetings
from liaison.meetings.recorded import decisions
from liaison.meetings.values import decision_label
from liaison.web.forms import Form, attempt, row_id, whole_number
from liaison.web.pages import AnyRequest, see_other, words_of

PAGE = 50
STATUSES = tuple(STATE_NAMES)


@get("/actions")
async def ledger(request: AnyRequest, db: Db, viewer: Me) -> Response[str]:
    """The ledger; what is due first comes first, open items unless another status is asked for."""
    form = Form.of()
    return await _page(request, db, viewer, form)


@post("/actions")
async def quick_add(request: AnyRequest, db: Db, viewer: Me) -> Response[Any]:
    """One more item, by title, who and when; from a meeting's page it belongs to that meeting."""
    form = await Form.read(request)
    meeting_id = form.id("meeting_id")
    meeting = await meetings.get(db, viewer, meeting_id) if meeting_id else None
    mechanism_id = (
        meeting.mechanism_id if meeting else (await mechanisms.get(db, viewer, row_id(form.raw("mechanism_id")))).id
    )
    agency_id, owner_id = choice_of_owner(form)
    act = assigning.assign(
        db,
        viewer,
        mechanism_id,
        meeting=meeting,
        title=form.raw("title"),
        lead_agency_id=agency_id or (await queries.agency_of(db, owner_id) if owner_id else None),
        owner_id=owner_id,
        due_on=form.date("due_on"),
        decision_id=form.id("decision_id"),
    )
    item = await attempt(db, form, act, lambda _: _page(request, db, viewer, form, meeting_id))
    if meeting is not None:
        return see_other(f"/meetings/{meeting.id}?done=assigned#actions")
    return see_other(f"/actions?added={item.id}#add")


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, form: Form, meeting_id: int | None = None
) -> Response[str]:
    """The ledger; with `meeting_id` its quick add goes on for that meeting, from whose page the form came."""
    words, given = words_of(request), request.query_params
    for name in ("lead_agency_id", "owner_id"):
        if name in form.errors:  # one list offers both
            form.errors.setdefault("who", form.errors.pop(name))
    today = db.clock.today(db.settings.timezone)
    filters = filters_of(given)
    after = _after(given)
    rows = await queries.ledger(db, viewer, filters, today=today, after=after, limit=PAGE + 1)
    mine = list(await mechanisms.mechanisms_visible_to(db, viewer))
    acting = [one for one in mine if viewer.acts_for(one.id) is not None]
    if meeting_id:  # who got so far may add there: an officer, or its recorder
        mechanism_id = (await meetings.get(db, viewer, meeting_id)).mechanism_id
        acting = [one for one in mine if one.id == mechanism_id]
    return shown(
        request,
        "actions/ledger.html",
        path="/actions",
        form=form,
        filters=filters,
        chosen=given.get("status", "open"),
        lines=lines(words, viewer, rows[:PAGE], db.now(), await queries.carried(db, rows[:PAGE])),
        counts=await queries.counts(db, viewer, filters, today=today),
        most_counted=MOST_COUNTED,
        mechanisms=mine,
        agencies=await queries.agencies_of(db, [one.id for one in mine]),
        add=await _quick(db, acting, form, viewer, today),
        of_meeting=await meetings.get(db, viewer, meeting_id) if meeting_id else None,
        decisions=await decisions(db, viewer, meeting_id, revoked=False) if meeting_id else [],
        decision_label=decision_label,
        added=await _added(db, viewer, given.get("added")),
        following=_next(given, rows[PAGE - 1]) if len(rows) > PAGE else None,
        is_first=after is None,
        address=lambda **changes: _address(given, changes),
        export="/actions/ledger.xlsx" + _address(given, {}).removeprefix("/actions"),
        may_import=viewer.acts_in_any(),
        taken=whole_number(given.get("taken")),
    )


async def _quick(
    db: Session, acting: Sequence[Mechanism], form: Form, viewer: Viewer, today: date
) -> Mapping[str, Any] | None:
    """What the quick add offers: mechanisms, whom to choose, and the date two weeks ahead; None when the viewer may add none."""
    if not acting:
        return None
    return {
        "mechanisms": acting,
        "owners": await owners(db, [one.id for one in acting], today),
        "who": form.raw("who") or f"person:{viewer.person_id}",
        "due_on": form.raw("due_on") or (today + timedelta(days=assigning.DEFAULT_DAYS)).isoformat(),
    }


async def _added(db: Session, viewer: Viewer, item_id: str | None) -> ActionItem | None:
    return await queries.get(db, viewer, row_id(item_id)) if item_id else None


def filters_of(given: Mapping[str, str]) -> Filters:
    """What the address narrows the ledger to; what cannot be read is left out."""
    status = given.get("status", "open")
    return Filters(
        mechanism_id=whole_number(given.get("mechanism")),
        agency_id=whole_number(given.get("agency")),
        owner_id=whole_number(given.get("owner")),
        status=status if status in STATUSES else None,
        due_before=_day(given.get("due_before")),
    )


def _after(given: Mapping[str, str]) -> tuple[date | None, int] | None:
    last = whole_number(given.get("after"))
    return (_day(given.get("after_due")), last) if last else None


def _address(given: Mapping[str, str], changes: Mapping[str, Any]) -> str:
    """The ledger's address with other filters, on its first page."""
    kept = {name: given[name] for name in ("mechanism", "agency", "owner", "status", "due_before") if given.get(name)}
    kept |= {name: str(value) for name, value in changes.items() if value}
    for name, value in changes.items():
        if not value:
            kept.pop(name, None)
    return f"/actions?{urlencode(kept)}" if kept else "/actions"


def _next(given: Mapping[str, str], last: ActionItem) -> str:
    first = _address(given, {})
    return first + ("&" if "?" in first else "?") + urlencode(after_of(last))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


handlers = [ledger, quick_add]
