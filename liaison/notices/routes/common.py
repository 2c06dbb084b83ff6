"""What the pages of notices share: how one is shown, and the words for its codes."""

from datetime import datetime
from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.i18n import N_, Words
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


TEXT_NAMES = {
    "answer": N_("Answer"),
    "answered": N_("Answer"),
    "offer": N_("Reason"),
    "offered": N_("Reason"),
    "refused": N_("Reason"),
    "passed_on": N_("Why it is theirs"),
    "corrected": N_("What is not so"),
    "supplement": N_("What was missing"),
    "feedback": N_("Feedback"),
}
"""By where a refused form stands, what its text is called there."""


def field_names(words: Words, at: str) -> dict[str, str]:
    """What the summary of errors calls a text and a reason: as the form that was refused does."""
    reason = words._("What is missing") if at == "return" else words._("Reason")
    return {"text": words._(TEXT_NAMES.get(at, N_("Text"))), "reason": reason}
