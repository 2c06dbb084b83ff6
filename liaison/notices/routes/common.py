"""What the pages of notices share: how one is shown, and the words for its codes."""

from datetime import datetime
from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.notices import wording
from liaison.web.pages import AnyRequest, page

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page under 通报与移送 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(request, template, nav="notices", **{**names(), "theirs": {}, **context})


def names() -> dict[str, Any]:
    """The words that templates need for codes."""
    return {
        "purpose_names": wording.PURPOSE_NAMES,
        "state_names": wording.STATE_NAMES,
        "state_looks": wording.STATE_LOOKS,
        "category_names": wording.CATEGORY_NAMES,
        "act_names": wording.ACT_NAMES,
        "delivery_names": wording.DELIVERY_NAMES,
        "not_delivered": wording.NOT_DELIVERED,
        "registered_names": REGISTERED_NAMES,
        "instant": datetime.fromisoformat,
    }
