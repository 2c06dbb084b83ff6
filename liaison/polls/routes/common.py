"""What the pages share on which a time is looked for: how one is shown, and what an answer's form says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.i18n import Words
from liaison.meetings.showing import DAY_NAMES
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.polls.models import CHOICES, PollAnswer, TimePoll
from liaison.polls.wording import CHOICE_LOOKS, CHOICE_NAMES, STATE_LOOKS, STATE_NAMES
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page under 会议 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(request, template, nav="meetings", **{**names(words_of(request)), "theirs": {}, **context})


def names(words: Words) -> dict[str, Any]:
    """The words that templates need for codes."""
    return {
        "choices": [(choice, words._(CHOICE_NAMES[choice])) for choice in CHOICES],
        "choice_names": CHOICE_NAMES,
        "choice_looks": CHOICE_LOOKS,
        "state_names": STATE_NAMES,
        "state_looks": STATE_LOOKS,
        "day_names": DAY_NAMES,
        "registered_names": REGISTERED_NAMES,
        "instant": datetime.fromisoformat,
    }


def answer_form(row: PollAnswer) -> Form:
    """What the agency answered so far, to be changed."""
    said = {f"choices.{candidate_id}": choice for candidate_id, choice in row.choices.items()}
    return Form.of(comment=row.comment, version=row.version, **said)


def read_choices(form: Form, poll: TimePoll) -> dict[int, str]:
    """By time, what was chosen for it."""
    return {one.id: form.raw(f"choices.{one.id}") for one in poll.candidates if form.given(f"choices.{one.id}")}


def answer_labels(words: Words, poll: TimePoll, **more: str) -> Mapping[str, str]:
    """For the summary of errors: what each field of an answer is called."""
    zone = poll.mechanism.timezone
    starts = {f"choices.{one.id}": words.moment(one.local_start, zone=zone) for one in poll.candidates}
    return {**starts, "comment": words._("Comment"), **more}
