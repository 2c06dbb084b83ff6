"""What the pages of action items share: whom a form offers, how a page is shown."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

from litestar.di import NamedDependency
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.actions.assigning import DEFAULT_DAYS
from liaison.actions.beside import beside, owners
from liaison.actions.permissions import may_assign
from liaison.actions.showing import lines
from liaison.db import Session
from liaison.errors import Invalid
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import is_recording
from liaison.web.forms import Form, whole_number
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
T = TypeVar("T")


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


async def renamed(act: Awaitable[T], **names: str) -> T:
    """The act, whose refusals name the fields as the form does."""
    try:
        return await act
    except Invalid as refusal:
        raise Invalid({names.get(name, name): message for name, message in refusal.errors.items()}) from None


async def beside_meeting(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    """What the page of a meeting shows of action items: those it asked for, the open ones of earlier meetings, and quick add."""
    words, today = words_of(request), db.clock.today(meeting.timezone)
    found = await beside(db, viewer, meeting)
    add = None
    if may_assign(viewer, meeting.mechanism_id, recording=is_recording(viewer, meeting, db.now())):
        add = {
            "mechanisms": [],
            "owners": await owners(db, [meeting.mechanism_id], today),
            "who": f"person:{viewer.person_id}",
            "due_on": (today + timedelta(days=DEFAULT_DAYS)).isoformat(),
            "due_day": today + timedelta(days=DEFAULT_DAYS),
        }
    return {
        "actions": lines(words, viewer, found.asked_for, db.now(), found.carried),
        "carried_items": lines(words, viewer, found.before, db.now(), found.carried),
        "add": add,
    }
