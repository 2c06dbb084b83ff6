"""The part of a form that asks who takes over what somebody was to do at meetings."""

from typing import Any

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mechanisms import queries as mechanisms
from liaison.succession import leaving
from liaison.web.forms import Form


async def roles_form(
    db: Session, viewer: Viewer, words: Words, person: Person, form: Form | None
) -> tuple[Form, dict[str, Any]]:
    """The form with the likely successor chosen where it is shown first, and what its template shows."""
    found = await leaving.leaving(db, viewer, person)
    if form is None:
        form = Form.of(meeting_roles_to_id=found.successor.id if found.successor else None)
    people = [one for one in await mechanisms.choosable_people(db, [person.agency_id]) if one.id != person.id]
    nobody = words._("nobody yet: the host's liaison finds it among what waits for them")
    named = [(one.id, f"{one.name} · {one.job_title}" if one.job_title else one.name) for one in people]
    return form, {"leaving": found.roles, "roles_to": [("", nobody), *named]}
