"""What the pages of action items share: whom a form offers, how a page is shown."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions import queries
from liaison.actions.assigning import DEFAULT_DAYS
from liaison.actions.permissions import may_assign
from liaison.actions.showing import lines
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import is_recording
from liaison.web.forms import Form, whole_number
from liaison.web.pages import AnyRequest, page, words_of


async def owners(db: Session, mechanism_ids: Collection[int], on: date) -> list[tuple[Agency, Sequence[Person]]]:
    """The member agencies of these mechanisms with their people: one of them is responsible, one of those the owner."""
    agencies = await queries.agencies_of(db, mechanism_ids, on=on)
    people = await queries.people_of(db, [agency.id for agency in agencies])
    return [(agency, [one for one in people if one.agency_id == agency.id]) for agency in agencies]


def choice_of_owner(form: Form) -> tuple[int | None, int | None]:
    """(agency, person) of the one list that offers both: "agency:2" or "person:5"; (None, None) for anything else."""
    kind, _, number = form.raw("who").partition(":")
    id_ = whole_number(number)
    return (id_, None) if kind == "agency" else (None, id_ if kind == "person" else None)


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page under 落实事项 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(request, template, nav="actions", **{"stale": [], "theirs": {}, **context})


async def beside_meeting(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    """What the page of a meeting shows of action items: those it asked for, the open ones of earlier meetings, and quick add."""
    words, today = words_of(request), db.clock.today(meeting.timezone)
    mine = await queries.of_meeting(db, viewer, meeting.id)
    before = await queries.before_meeting(db, viewer, meeting)
    carried = await queries.carried(db, [*mine, *before])
    add = None
    if may_assign(viewer, meeting.mechanism_id, recording=is_recording(viewer, meeting, db.now())):
        add = {
            "mechanisms": [],
            "owners": await owners(db, [meeting.mechanism_id], today),
            "who": f"person:{viewer.person_id}",
            "due_on": (today + timedelta(days=DEFAULT_DAYS)).isoformat(),
        }
    return {
        "actions": lines(words, viewer, mine, db.now(), carried),
        "carried_items": lines(words, viewer, before, db.now(), carried),
        "add": add,
    }
