"""What the pages of action items share: whom a form offers, how a page is shown."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from litestar.response import Response

from liaison.actions import queries
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page


async def owners(db: Session, mechanism_ids: Collection[int], on: date) -> list[tuple[Agency, Sequence[Person]]]:
    """The member agencies of these mechanisms with their people: one of them is responsible, one of those the owner."""
    agencies = await queries.agencies_of(db, mechanism_ids, on=on)
    people = await queries.people_of(db, [agency.id for agency in agencies])
    return [(agency, [one for one in people if one.agency_id == agency.id]) for agency in agencies]


def choice_of_owner(form: Form) -> tuple[int | None, int | None]:
    """(agency, person) of the one list that offers both: "agency:2" or "person:5"; (None, None) for anything else."""
    kind, _, number = form.raw("who").partition(":")
    id_ = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else None
    return (id_, None) if kind == "agency" else (None, id_ if kind == "person" else None)


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page under 落实事项 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(request, template, nav="actions", **{"stale": [], **context})
