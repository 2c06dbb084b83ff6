"""What the pages of mechanisms share: what was typed, how a form is shown, who keeps a mechanism."""

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import permissions, queries, wording
from liaison.mechanisms.models import Mechanism
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Page = Response[Any]
Theirs = Mapping[str, Any]
AGREED = N_("This was agreed by all members and is changed by the operator on their word.")


async def posted(request: AnyRequest, shown_at: str | None = None) -> Form:
    """What was typed; `shown_at`: where a GET shows the same form."""
    request.state.form_path = shown_at or request.url.path  # where the other language finds the form again
    return await Form.read(request)


def form_page(request: AnyRequest, name: str, form: Form, theirs: Theirs, **context: Any) -> Page:
    """A form of a mechanism, with its words and what was stored meanwhile (`theirs`)."""
    words = words_of(request)
    labels = {name: words._(label) for name, label in wording.FIELDS.items()}
    options = [(agency.id, agency.short_name) for agency in context.get("agencies", ())]
    context |= {"form": form, "theirs": theirs, "wording": wording, "labels": labels, "options": options}
    return page(request, f"mechanisms/{name}.html", nav="mechanisms", **context)


async def kept(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    """The mechanism, for a form that only the operator fills."""
    mechanism = await queries.get(db, viewer, mechanism_id)
    if not permissions.may_keep(viewer):
        raise NotPermitted(AGREED)
    return mechanism
